"""T2: where each line's money came from and what it was committed to."""

from reporting_service.projections.view import View
from reporting_service.reports.lines import line_rows
from reporting_service.reports.table import Row, Table, line_cells, line_columns

TITLES = {
    "opening": "Balance brought forward",
    "allocation": "Allocation of the year",
    "revisions": "Revisions of the allocation",
    "contributions": "Direct voluntary contributions received",
    "refunds": "Contributions refunded",
    "recovered": "Balances recovered from projects",
    "adjustments": "Prior-period adjustments",
    "available": "Available in the year",
    "project-allocations": "Project allocations approved",
    "increases": "Increases of project allocations",
    "decreases": "Decreases of project allocations",
    "freed": "Freed by cancellation or financial closure",
    "closing": "Balance carried forward",
    "over-committed": "of which over-committed",
}
LEVELS = {"available": "sum", "closing": "sum", "over-committed": "part"}


def table(view: View, year: int) -> Table:
    """Sources above, uses below; uses are negative, so that each sum adds what stands above it."""
    rows = tuple(
        Row(
            key,
            title,
            line_cells(year, lambda line, of, key=key: line_rows(view, line, of)[key]),  # type: ignore[misc]
            level=LEVELS.get(key, "plain"),
        )
        for key, title in TITLES.items()
    )
    notes = (
        "Available is the sum of the rows above it; the balance carried forward is available and the rows below it.",
        "A balance carried forward stays in its line and does not expire; it is the next year's opening.",
    )
    return Table("T2", "Sources and uses of funds", line_columns(year), rows, notes)
