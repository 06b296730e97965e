"""Facts in short words, and a history that they are posted to: given facts, when one more, then what."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.rules.lines import facility
from shared.rules.model import Model
from shared.rules.recording import Recorded, Recorder, shipped_rule_sets
from shared.rules.refusals import Refused

ORIGIN = "ledger.example/1035"
ROLE = {
    "income": "finance", "overhead": "finance", "assessment": "finance", "contribution": "finance",
    "grant.disbursed": "finance", "grant.balance-returned": "finance", "expenditure": "finance", "year": "finance",
    "project.financially-closed": "finance", "control-total": "finance", "grant": "approver", "override": "approver",
    "entry": "approver", "project.retained": "approver", "project.refused": "approver",
    "project.migrated": "administrator", "project": "programme", "report": "secretariat", "action": "administrator",
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """A fact to post: by whom, in which role, on which day."""

    short: str
    data: dict[str, Any]
    subject: str
    role: str
    today: str = "2026-01-05"

    def by(self, subject: str, role: str | None = None) -> "Fact":
        return replace(self, subject=subject, role=role or self.role)

    def on_day(self, today: str) -> "Fact":
        return replace(self, today=today)

    def but(self, **data: Any) -> "Fact":
        return replace(self, data={**self.data, **data})


def fact(short: str, **data: Any) -> Fact:
    """A fact with its usual role and a subject of that role."""
    role = ROLE.get(short) or ROLE.get(short.split(".")[0], "administrator")
    return Fact(short, {name.rstrip("_"): value for name, value in data.items() if value is not None}, role, role)


def member(state: str, status: str = "developing", on: str = "2000-01-01") -> Fact:
    return fact(
        "member-state.admitted", state=state, name=state, region="africa", admitted_on=on, development_status=status
    )


def status_changed(state: str, on: str, **changes: Any) -> Fact:
    return fact("member-state.status-changed", state=state, effective_on=on, reason="decided", **changes)


def assessed(state: str, year: int, amount: str) -> Fact:
    return fact("assessment.issued", state=state, year=year, amount=amount, due_on=f"{year}-01-01")


def paid(state: str, amount: str, on: str) -> Fact:
    return fact("assessment.paid", state=state, amount=amount, received_on=on, reference="bank")


def budget(year: int, overhead: str, security: str, unearmarked: str, interest: str = "0.00", **more: Any) -> Fact:
    data = {
        "year": year, "basis": "programme-and-budget", "document": "MC", "approved_on": f"{year - 1}-11-30",
        "approved_by": "Council", "project_overhead": overhead, "security": security,
        "unearmarked_contributions": unearmarked, "interest": interest,
    }  # fmt: skip
    return fact("income.budgeted", **{**data, **more})


def di(year: int, total: str, security: str, miscellaneous: str, **more: Any) -> Fact:
    """A budget by its DI, as in the case table: overhead is what is not miscellaneous."""
    cents = round(float(total) * 100) - round(float(miscellaneous) * 100)
    return budget(year, f"{cents // 100}.{cents % 100:02d}", security, miscellaneous, **more)


def revision(year: int, on: str, overhead: str, security: str, unearmarked: str, interest: str = "0.00") -> Fact:
    return budget(year, overhead, security, unearmarked, interest, basis="revision", approved_on=on)


def income(year: int, kind: str, amount: str, on: str | None = None, **more: Any) -> Fact:
    data = {
        "year": year, "kind": kind, "amount": amount, "currency": "USD", "received_on": on or f"{year}-12-01",
        "reference": "r",
    }  # fmt: skip
    return fact("income.received", **{**data, **more})


def overhead(year: int, amount: str, on: str | None = None) -> Fact:
    return fact(
        "overhead.applied", year=year, amount=amount, purpose="staff-position", description="d",
        on=on or f"{year}-06-30", reference="r",
    )  # fmt: skip


def contribution(
    kind: str, amount: str, line: str = "line-2", on: str = "2008-02-01", code: str = "VC.1", **more: Any
) -> Fact:
    data = {
        "contribution": code,
        "donor": "NOR",
        "line": line,
        "amount": amount,
        "currency": "USD",
        "on": on,
        "reference": "r",
    }
    return fact(f"contribution.{kind}", **{**data, **more})


def submitted(code: str, line: str = "line-2", states: tuple[str, ...] = ("KEN",), **more: Any) -> Fact:
    data = {
        "project": code, "title": code, "scope": "national" if len(states) == 1 else "regional", "states": list(states),
        "line": line, "requested": "100000.00", "area": "cross-cutting", "activities": [1],
        "endorsements": [{"state": state, "on": "2007-12-01", "document": "note"} for state in states],
        "submitted_on": "2008-01-15", "starts_on": "2008-03-01", "ends_on": "2009-03-01",
    }  # fmt: skip
    return fact("project.submitted", **{**data, **more})


def approved(code: str, amount: str = "100000.00", on: str = "2008-03-01", decision: str = "D1") -> Fact:
    return fact("grant.approved", project=code, amount=amount, approved_on=on, decision=decision)


def increased(code: str, amount: str, on: str = "2008-06-01", decision: str = "D2") -> Fact:
    return fact("grant.increased", project=code, amount=amount, approved_on=on, decision=decision)


def decreased(code: str, amount: str, on: str = "2008-06-01", decision: str = "D3") -> Fact:
    return fact("grant.decreased", project=code, amount=amount, approved_on=on, decision=decision)


def disbursed(code: str, amount: str, on: str = "2008-04-01") -> Fact:
    return fact("grant.disbursed", project=code, amount=amount, paid_on=on)


def spent(code: str, amount: str, on: str = "2008-09-30") -> Fact:
    return fact("expenditure.reported", project=code, amount=amount, period_end=on)


def returned(code: str, amount: str, on: str = "2008-12-01") -> Fact:
    return fact("grant.balance-returned", project=code, amount=amount, returned_on=on)


def completed(code: str, on: str = "2008-11-01") -> Fact:
    return fact("project.completed", project=code, completed_on=on)


def closed(year: int) -> Fact:
    return fact("year.closed", year=year, closed_on=f"{year + 1}-03-31", document="accounts")


def confirmed(position: int, role: str = "administrator", by: str = "second") -> Fact:
    return fact("action.confirmed", position=position).by(by, role)


def reversal(position: int, **more: Any) -> Fact:
    return fact("entry.reversed", position=position, reason="wrong", **more).by("reverser")


class History:
    """A log in memory, decided by the rules alone."""

    def __init__(self) -> None:
        self.model = Model()
        self.entries: list[dict[str, Any]] = []
        self.refusals: list[list[dict[str, Any]]] = []
        self.shown: list[Any] = []
        self.recorder = Recorder(self.model, ORIGIN, self.entry_at, lambda: (len(self.entries), "root"))
        self.entries += shipped_rule_sets(self.recorder, datetime(2026, 1, 1, tzinfo=UTC))

    def entry_at(self, position: int) -> dict[str, Any] | None:
        return self.entries[position - 1] if 0 < position <= len(self.entries) else None

    def post(self, posted: Fact) -> Recorded:
        """Record a fact; raises Refused."""
        event = {
            "specversion": "1.0",
            "id": str(len(self.entries)),
            "source": "https://test.example",
            "data": posted.data,
        }
        event["type"] = f"fund1035.{posted.short}.v1"
        now = datetime.fromisoformat(f"{posted.today}T12:00:00+00:00")
        recorded = self.recorder.record(event, now=now, subject=posted.subject, role=posted.role)
        self.entries += recorded.entries
        return recorded

    def given(self, *facts: Fact) -> int:
        """Record facts that must pass; the position of the last one posted."""
        position = 0
        for posted in facts:
            position = self.post(posted).entries[0]["position"]
        return position

    def refused(self, posted: Fact) -> dict[str, dict[str, Any]]:
        """The refusals by rule of a fact that must not pass, the model left as it was."""
        before = len(self.entries)
        with pytest.raises(Refused) as caught:
            self.post(posted)
        assert len(self.entries) == before
        self.refusals.append(caught.value.refusals)
        assert all(refusal["figures"] and refusal["would_pass"] for refusal in caught.value.refusals)
        return {refusal["rule"]: refusal for refusal in caught.value.refusals}

    def line(self, line: str, year: int) -> dict[str, str]:
        """A line's figures of a year."""
        figures: dict[str, str] = self.show(facility(self.model, year))["lines"][line]
        return figures

    def close(self, year: int) -> Recorded:
        """Close a year, confirmed by a second subject."""
        return self.post(confirmed(self.given(closed(year)), "finance"))

    def show(self, answer: Any) -> Any:
        """Compare an answer with golden.json too."""
        self.shown.append(answer)
        return answer
