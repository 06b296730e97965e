"""T7: what each Member State took part in, in the year and since the beginning."""

from reporting_service.projections.portfolio import Part, portfolio
from reporting_service.projections.view import View
from reporting_service.reports.member_states import membership
from reporting_service.reports.table import COUNT, USD, Column, Row, Table, total
from shared.money import text

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
                for key, cell in _cells(part, suffix).items()
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
    for state, by_year in portfolio(view).parts.items():
        to_date = [part for of, part in by_year.items() if of <= year]
        together = Part(
            sum([part.national_so_far for part in to_date]),
            total([part.usd for part in to_date]),
            sum([part.regional_so_far for part in to_date]),
        )
        found = (by_year.get(year, Part()), by_year.get(year - 1, Part()), together)
        if any(part.national or part.regional for part in found):
            parts[state] = found
    return parts


def _cells(part: Part, suffix: str) -> dict[str, str]:
    return {
        f"national{suffix}": str(part.national),
        f"usd{suffix}": text(part.usd),
        f"regional{suffix}": str(part.regional),
    }
