"""The ledger's decisions without its service: a Recorder on a list, and the postings of every entry."""

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
TODAY = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


class InProcessLedger:
    """Validates, decides and keeps; `post` answers with the failing rules, none when accepted."""

    def __init__(self, now: datetime = TODAY) -> None:
        self.model = Model()
        self.log: list[dict[str, Any]] = []
        self.recorder = Recorder(self.model, ORIGIN, self.entry_at, lambda: (len(self.log), "root"))
        self.log.extend(shipped_rule_sets(self.recorder, now))

    def entry_at(self, position: int) -> dict[str, Any] | None:
        """The entry at a position, if there is one."""
        return self.log[position - 1] if 1 <= position <= len(self.log) else None

    def post(self, event: dict[str, Any], subject: str, role: str, now: datetime = TODAY) -> frozenset[str]:
        """Record the event or its refusal; the failing rules."""
        checked = check_event(event)
        try:
            self.log.extend(self.recorder.record(checked, now=now, subject=subject, role=role).entries)
        except Refused as refused:
            self.log.append(self.recorder.refuse(checked, refused.refusals, now=now, subject=subject, role=role))
            return frozenset(refusal["rule"] for refusal in refused.refusals)
        return frozenset()

    def postings(self) -> list[tuple[int, tuple[Posting, ...]]]:
        """Every entry's postings, taken again from the log alone."""
        model, found = Model(), []
        for entry in self.log:
            found.append((entry["position"], postings_of(entry, ModelBooks(model, self.entry_at))))
            apply(model, entry, self.entry_at)
        return found

    def trial_balance(self) -> dict[str, int]:
        """Every account's balance in cents, from the postings."""
        balance: dict[str, Decimal] = defaultdict(Decimal)
        for _, postings in self.postings():
            for posting in postings:
                balance[posting.account] += posting.amount
        return {account: int(value * 100) for account, value in balance.items() if value}
