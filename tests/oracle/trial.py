"""One fact before the laws, and the tables that several laws share."""

from dataclasses import dataclass
from typing import Any

from tests.oracle.books import Books
from tests.oracle.facts import Project

STATUS_NEEDED = {
    "project.endorsed": "submitted retained approved completed",
    "project.withdrawn": "submitted retained",
    "project.extended": "approved",
    "project.completed": "approved",
    "project.evaluated": "completed cancelled financially-closed",
    "project.retained": "submitted",
    "project.refused": "submitted retained",
    "override.recorded": "submitted retained approved",
    "grant.approved": "submitted retained",
    "grant.increased": "approved",
    "grant.decreased": "approved completed",
    "grant.disbursed": "approved completed",
    "expenditure.reported": "approved completed cancelled",
    "grant.balance-returned": "approved completed cancelled",
    "grant.cancelled": "approved",
    "project.financially-closed": "completed cancelled",
}
PROJECT_MONEY = (
    "grant.increased",
    "grant.decreased",
    "grant.disbursed",
    "expenditure.reported",
    "grant.balance-returned",
)
GRANT = {"grant.approved", "grant.cancelled", "project.financially-closed", *PROJECT_MONEY}
CONTRIBUTION = {
    "contribution.pledge-reduced": "contribution.pledged",
    "contribution.refunded": "contribution.received",
}
BOUND_BY_CLOSING = {
    "income.received",
    "overhead.applied",
    "contribution.pledged",
    "contribution.pledge-reduced",
    "contribution.committed",
    "contribution.received",
    "contribution.refunded",
    *GRANT,
}
OVERRIDABLE = {
    "member-state/eligible",
    "project/regional-states",
    "project/endorsed",
    "project/follow-up-direction",
    "line-1/national-ceiling",
    "line-1/regional-ceiling",
}
NEVER_REVERSED = ("entry.reversed", "action.confirmed", "year.closed", "rules.adopted", "report.issued", "report.noted")
MAY_LIE_AHEAD = ("effective_from", "due_on", "review_by", "starts_on", "ends_on")


@dataclass
class Trial:
    """One fact before the laws; `on` is its own day, `booked` the day it would be booked on."""

    oracle: Books
    kind: str
    data: dict[str, Any]
    recorded_on: str
    subject: str
    role: str
    position: int

    def __post_init__(self) -> None:
        oracle, data = self.oracle, self.data
        self.named = oracle.entry(data["position"]) if "position" in data else None
        if self.named is not None and data["position"] >= self.position:
            self.named = None
        self.on = oracle.own_date(self.kind, data, self.recorded_on)
        if self.kind == "entry.reversed" and self.named is not None:
            self.on = self.named.booked
        self.project: Project | None = oracle.project(data.get("project"))
        self.closed = oracle.closed_through(self.line)
        late = "adjusts_year" in data and self.closed is not None
        self.booked = f"{(self.closed or 0) + 1}-01-01" if late else self.on
        self.rules = oracle.rules_on(self.on if self.kind.startswith("grant.") else self.booked)

    @property
    def line(self) -> str | None:
        """The line whose money the fact moves, if any."""
        if self.named is not None:
            return self.oracle.line_of(self.named.data)
        return self.oracle.line_of(self.data)
