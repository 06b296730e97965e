"""The ledger's decisions without its service: a Recorder on a list, and a replay that follows every entry."""

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from shared.contract.envelope import check_event
from shared.postings import Posting, postings_of
from shared.rules.apply import ModelBooks, apply
from shared.rules.model import Model
from shared.rules.recording import Recorder, shipped_rule_sets
from shared.rules.refusals import Refused

ORIGIN = "fund.example/1035"
SOURCE = "https://finance.example/gl"
NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


class InProcessLedger:
    """Validates, decides and keeps; `post` answers with the failing rules, none when accepted."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.model = Model()
        self.replayed = Model()
        self.log: list[dict[str, Any]] = []
        self.balances: dict[str, Decimal] = defaultdict(Decimal)
        self.recorder = Recorder(self.model, ORIGIN, self.entry_at, lambda: (len(self.log), "root"))
        self._keep(shipped_rule_sets(self.recorder, now))

    def entry_at(self, position: int) -> dict[str, Any] | None:
        """The entry at a position, if there is one."""
        return self.log[position - 1] if 1 <= position <= len(self.log) else None

    def post(self, event: dict[str, Any], subject: str, role: str) -> frozenset[str]:
        """Record the event or its refusal; the failing rules."""
        checked = check_event(event)
        who: dict[str, Any] = {"now": self.now, "subject": subject, "role": role}
        try:
            self._keep(self.recorder.record(checked, **who).entries)
        except Refused as refused:
            self._keep([self.recorder.refuse(checked, refused.refusals, **who)])
            return frozenset(refusal["rule"] for refusal in refused.refusals)
        return frozenset()

    def trial_balance(self) -> dict[str, int]:
        """Every account's balance in cents, from the postings."""
        return {account: int(value * 100) for account, value in self.balances.items() if value}

    def _keep(self, entries: list[dict[str, Any]]) -> None:
        """Append entries, follow them as a replay would, and demand of each that it balances."""
        self.log.extend(entries)
        for entry in entries:
            postings = postings_of(entry, ModelBooks(self.replayed, self.entry_at))
            apply(self.replayed, entry, self.entry_at)
            for posting in postings:
                self.balances[posting.account] += posting.amount
            assert_balanced(entry["position"], postings)


def assert_balanced(position: int, postings: tuple[Posting, ...]) -> None:
    """Debits equal credits, in the entry and in each line."""
    for line in {posting.line for posting in postings}:
        total = sum(posting.amount for posting in postings if posting.line == line)
        assert total == 0, f"position {position} leaves {line} unbalanced by {total}"
