"""What the oracle remembers: entries, movements of the lines, projects as their facts make them."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

LINES = ("line-1", "line-2")

STATUS_AFTER = {
    "project.submitted": "submitted",
    "project.withdrawn": "withdrawn",
    "project.refused": "refused",
    "project.retained": "retained",
    "grant.approved": "approved",
    "project.completed": "completed",
    "grant.cancelled": "cancelled",
    "project.financially-closed": "financially-closed",
}
OTHER_STEPS = ("project.endorsed", "project.extended", "project.evaluated", "override.recorded")
OWN_DATE = {
    "rules.adopted": "effective_from",
    "rules.reviewed": "reviewed_on",
    "member-state.admitted": "admitted_on",
    "member-state.status-changed": "effective_on",
    "vote.changed": "effective_on",
    "assessment.issued": "due_on",
    "assessment.paid": "received_on",
    "income.received": "received_on",
    "project.submitted": "submitted_on",
    "project.completed": "completed_on",
    "project.financially-closed": "closed_on",
    "grant.approved": "approved_on",
    "grant.increased": "approved_on",
    "grant.decreased": "approved_on",
    "grant.disbursed": "paid_on",
    "grant.balance-returned": "returned_on",
    "grant.cancelled": "cancelled_on",
    "expenditure.reported": "period_end",
    "control-total.reported": "period_end",
    "line.opened": "as_of",
    "project.migrated": "as_of",
}
ROW_SIGN = {
    "opening": 1,
    "allocated": 1,
    "revised": 1,
    "contributions": 1,
    "recovered": 1,
    "adjusted": 1,
    "approved": -1,
    "freed": 1,
}


def cents(text: str) -> int:
    """Cents of an amount written with two places."""
    whole, fraction = text.lstrip("-").split(".")
    value = int(whole) * 100 + int(fraction)
    return -value if text.startswith("-") else value


def usd(data: dict[str, Any]) -> int:
    """USD cents of a receipt: valued at its own rate, half-even to the cent."""
    if "rate" not in data:
        return cents(data["amount"])
    with localcontext() as context:
        context.prec = 60
        value = Decimal(data["amount"]) * Decimal(data["rate"]["value"])
        return int(value.quantize(Decimal("0.01"), ROUND_HALF_EVEN) * 100)


@dataclass
class Entry:
    """One accepted fact; `live` once it has taken effect and until it is reversed."""

    position: int
    kind: str
    data: dict[str, Any]
    on: str
    booked: str
    year: int
    subject: str
    role: str
    live: bool = True
    pending: bool = False
    reversed: bool = False
    freed: int = 0
    line: str | None = None


@dataclass(frozen=True)
class Move:
    """A movement of one line's available money; `cents` as it changes the balance."""

    cause: int
    line: str
    row: str
    cents: int
    booked: str
    year: int


@dataclass
class Project:
    """A project as its standing facts describe it, money in cents."""

    data: dict[str, Any]
    submitted_by: str
    status: str
    granted: int = 0
    disbursed: int = 0
    spent: int = 0
    recovered: int = 0
    first_grant_on: str | None = None
    approvers: list[str] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    """Positions of the facts that changed the status or belong to the life cycle."""

    @property
    def advance(self) -> int:
        """Disbursed, neither spent nor recovered."""
        return self.disbursed - self.spent - self.recovered


def project_of(facts: list[Entry]) -> Project | None:
    """A project from its live facts in the order of the log."""
    project: Project | None = None
    for entry in facts:
        if entry.kind in ("project.submitted", "project.migrated"):
            project = _begun(entry)
        elif project is not None:
            _step(project, entry)
    return project


def _begun(entry: Entry) -> Project:
    data = entry.data
    project = Project(data, entry.subject, data.get("status", "submitted"), steps=[entry.position])
    if entry.kind == "project.migrated":
        project.granted, project.disbursed, project.spent = (
            cents(data[name]) for name in ("approved", "disbursed", "spent")
        )
        project.first_grant_on = data["as_of"] if project.granted else None
    return project


def _step(project: Project, entry: Entry) -> None:
    amount = cents(entry.data.get("amount", "0.00"))
    if entry.kind in ("grant.approved", "grant.increased"):
        project.granted += amount
        project.approvers.append(entry.subject)
        project.decisions.append(entry.data["decision"])
        project.first_grant_on = project.first_grant_on or entry.data["approved_on"]
    elif entry.kind == "grant.decreased":
        project.granted -= amount
    elif entry.kind == "grant.disbursed":
        project.disbursed += amount
    elif entry.kind == "expenditure.reported":
        project.spent += amount
    elif entry.kind == "grant.balance-returned":
        project.recovered += amount
    project.granted -= entry.freed
    project.status = STATUS_AFTER.get(entry.kind, project.status)
    if entry.kind in STATUS_AFTER or entry.kind in OTHER_STEPS:
        project.steps.append(entry.position)
