"""The engine and the oracle given the same commands: the same verdicts, the same balances."""

from datetime import UTC, datetime
from typing import Any

from shared.rules.lines import facility
from tests.histories.commands import TODAY, YEARS, Data
from tests.histories.in_process import SOURCE, InProcessLedger
from tests.oracle.facts import LINES
from tests.oracle.model import Oracle


class SideBySide:
    """One history told to both."""

    def __init__(self, today: str = TODAY) -> None:
        self.today = today
        self.ledger = InProcessLedger(datetime.fromisoformat(today).replace(hour=12, tzinfo=UTC))
        self.oracle = Oracle()
        self.posted = 0

    def post(self, kind: str, data: Data, subject: str, role: str) -> frozenset[str]:
        """Post to both; their verdicts must be the same."""
        self.posted += 1
        event = {
            "specversion": "1.0",
            "id": f"e-{self.posted}",
            "source": SOURCE,
            "type": f"fund1035.{kind}.v1",
            "data": data,
        }
        return self.post_event(event, subject, role)

    def post_event(self, event: dict[str, Any], subject: str, role: str) -> frozenset[str]:
        """Post a whole event to both."""
        refused_by = self.ledger.post(event, subject, role)
        verdict = self.oracle.post(event, self.today, subject, role)
        assert refused_by == verdict.rules, f"{event}: engine {sorted(refused_by)}, oracle {sorted(verdict.rules)}"
        assert self.ledger.model.position == self.oracle.position
        return refused_by

    def assert_same_balances(self) -> None:
        """Both lines, year by year, and every account; the trial balance is zero."""
        accounts = self.ledger.trial_balance()
        assert accounts == self.oracle.trial_balance()
        assert sum(accounts.values()) == 0
        for year in YEARS:
            answer = facility(self.ledger.model, year)
            lines = {line: in_cents(answer["lines"][line]) for line in LINES}
            assert lines == {line: self.oracle.figures(line, year) for line in LINES}
            assert in_cents(answer["facility"]) == {
                name: sum(lines[line][name] for line in LINES) for name in lines[LINES[0]]
            }

    def assert_replay_is_the_same(self) -> None:
        """Folding the log again gives the model that decisions were taken on."""
        assert self.ledger.replayed.tables() == self.ledger.model.tables()


def in_cents(figures: dict[str, str]) -> dict[str, int]:
    """Figures as integers of cents."""
    return {name: int(value.replace(".", "")) for name, value in figures.items()}
