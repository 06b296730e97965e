"""T7: what each Member State took part in, in the year and since the beginning."""

from dataclasses import dataclass
from decimal import Decimal

from reporting_service.projections.project_money import YearMoney, money_by_year
from reporting_service.projections.view import View
from reporting_service.reports.member_states import membership
from reporting_service.reports.table import COUNT, USD, Column, Row, Table
from shared.money import ZERO, text

PERIODS = {"": "in the year", "-prior": "in the year before", "-cumulative": "to date"}
COLUMNS = tuple(
    column
    for suffix, period in PERIODS.items()
    for column in (
        Column(f"national{suffix}", f"National projects {period}", COUNT),
        Column(f"usd{suffix}", f"Approved for these {period}", USD),
        Column(f"regional{suffix}", f"Regional projects {period}", COUNT),
    )
)


@dataclass
class Part:
    """A State's part in a period: national projects and their USD; regional projects by number alone."""

    national: int = 0
    usd: Decimal = ZERO
    regional: int = 0

    def add(self, money: YearMoney, granted: Decimal) -> None:
        """Count one project."""
        if money.profile.scope == "regional":
            self.regional += 1
        else:
            self.national += 1
            self.usd += granted

    def cells(self, suffix: str) -> dict[str, str]:
        """As cells of a period."""
        return {
            f"national{suffix}": str(self.national),
            f"usd{suffix}": text(self.usd),
            f"regional{suffix}": str(self.regional),
        }


def table(view: View, year: int) -> Table:
    """One row per State that took part in a project with approved money."""
    members = membership(view).members.rows()
    parts = _parts(view, year)
    rows = tuple(
        Row(
            state,
            members[state].name if state in members else state,
            {
                key: cell
                for suffix, part in zip(PERIODS, parts[state], strict=True)
                for key, cell in part.cells(suffix).items()
            },
        )
        for state in sorted(parts)
    )
    notes = (
        "Regional projects are shown as participation: their money is never split among States.",
        "A project counts in a period in which its approvals, increases and decreases do not cancel out.",
    )
    return Table("T7", "Projects by Member State", COLUMNS, rows, notes)


def _parts(view: View, year: int) -> dict[str, tuple[Part, Part, Part]]:
    parts: dict[str, tuple[Part, Part, Part]] = {}
    for money in money_by_year(view).values():
        granted = (
            sum((flow.granted for of, flow in money.years.items() if of == year), ZERO),
            sum((flow.granted for of, flow in money.years.items() if of == year - 1), ZERO),
            sum((flow.granted for of, flow in money.years.items() if of <= year), ZERO),
        )
        if not any(granted):
            continue
        for state in money.profile.states.split():
            own = parts.setdefault(state, (Part(), Part(), Part()))
            for part, value in zip(own, granted, strict=True):
                if value:
                    part.add(money, value)
    return parts
