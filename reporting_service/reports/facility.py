"""What does the Facility have in a year? The same figures, under the same names, as the ledger gives."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reporting_service.projections.duties import rule_set
from reporting_service.projections.view import View
from reporting_service.reports.lines import line_rows
from shared.money import ZERO, text
from shared.rules.allocation import LINES


@dataclass(frozen=True)
class LineYear:
    """One line's year in USD; contributions net of refunds, approved net of increases and decreases."""

    opening: Decimal = ZERO
    allocated: Decimal = ZERO
    revised: Decimal = ZERO
    contributions: Decimal = ZERO
    recovered: Decimal = ZERO
    adjusted: Decimal = ZERO
    approved: Decimal = ZERO
    freed: Decimal = ZERO
    available: Decimal = ZERO

    def as_dict(self) -> dict[str, str]:
        """Amounts as texts."""
        return {name: text(value) for name, value in vars(self).items()}

    def plus(self, other: "LineYear") -> "LineYear":
        """Both together."""
        mine, theirs = vars(self), vars(other)
        return LineYear(**{name: mine[name] + theirs[name] for name in mine})


@dataclass(frozen=True)
class Facility:
    """Both lines' year; the Facility is their sum."""

    year: int
    rule_set: str | None
    lines: dict[str, LineYear]

    @property
    def total(self) -> LineYear:
        """The Facility: Line 1 and Line 2 together."""
        return self.lines["line-1"].plus(self.lines["line-2"])

    def as_dict(self) -> dict[str, Any]:
        """The shape of GET /v1/facility."""
        return {
            "year": self.year,
            "rule_set": self.rule_set,
            "lines": {line: figures.as_dict() for line, figures in self.lines.items()},
            "facility": self.total.as_dict(),
        }


def facility(view: View, year: int) -> Facility:
    """Both lines' figures of a year, as the view knows them."""
    in_force = rule_set(view, f"{year}-12-31")
    return Facility(year, in_force.version if in_force else None, {line: line_year(view, line, year) for line in LINES})


def line_year(view: View, line: str, year: int) -> LineYear:
    """One line's figures of a year."""
    rows = line_rows(view, line, year)
    return LineYear(
        opening=rows["opening"],
        allocated=rows["allocation"],
        revised=rows["revisions"],
        contributions=rows["contributions"] + rows["refunds"],
        recovered=rows["recovered"],
        adjusted=rows["adjustments"],
        approved=-(rows["project-allocations"] + rows["increases"] + rows["decreases"]),
        freed=rows["freed"],
        available=rows["closing"],
    )
