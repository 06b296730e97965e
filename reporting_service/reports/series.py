"""T13: the years since 2007 beside each other."""

from reporting_service.projections.view import View
from reporting_service.reports.facility import line_year
from reporting_service.reports.table import LINE_TITLES, Column, Row, Table
from shared.money import text
from shared.rules.allocation import LINES

FIRST = 2007
FIGURES = {"allocated": "allocated", "received": "contributions", "approved": "approved", "closing": "carried forward"}
COLUMNS = tuple(
    Column(f"{figure}-{line}", f"{line_title}, {title}")
    for figure, title in FIGURES.items()
    for line, line_title in LINE_TITLES.items()
)


def table(view: View, year: int) -> Table:
    """Allocations with their revisions, contributions net of refunds, approvals net, and balances carried forward."""
    rows = tuple(Row(str(of), str(of), _cells(view, of)) for of in range(FIRST, year + 1))
    return Table("T13", "Series since 2007", COLUMNS, rows)


def _cells(view: View, year: int) -> dict[str, str]:
    figures = {line: line_year(view, line, year) for line in LINES}
    figures["facility"] = figures["line-1"].plus(figures["line-2"])
    cells: dict[str, str] = {}
    for line, found in figures.items():
        cells |= {
            f"allocated-{line}": text(found.allocated + found.revised),
            f"received-{line}": text(found.contributions),
            f"approved-{line}": text(found.approved),
            f"closing-{line}": text(found.available),
        }
    return {column.key: cells[column.key] for column in COLUMNS}
