"""What every figure of a report must stand up to: its events, or the figures that it is made of, are all of it."""

from decimal import Decimal

from reporting_service.projections.view import View
from reporting_service.reports.annual import annual_report
from reporting_service.reports.behind.figure import SUM, Behind
from reporting_service.reports.behind.remarks import ABSENT
from reporting_service.reports.behind.tables import BEHIND

Cell = tuple[str, str, str]
"""Table, row, column."""


def cells(report) -> dict[Cell, tuple[str, str]]:
    """Every cell of a report with its unit."""
    return {
        (key, row["key"], column["key"]): (row["cells"][column["key"]], row.get("unit", column["unit"]))
        for key, table in report["tables"].items()
        for row in table["rows"]
        for column in table["columns"]
    }


def assert_explained(view: View, year: int) -> int:
    """Every figure of a year's report is explained by its events; gives how many there are."""
    found = cells(annual_report(view, year))
    for (table, row, column), (cell, unit) in found.items():
        behind = BEHIND[table](view, year, row, column)
        where = f"{year}: {table}/{row}/{column} = {cell!r}"
        if unit == "text":
            assert_said(behind, cell, where)
        else:
            assert_counted(behind, cell, unit, where)
        assert all(0 < position <= view.position for position in behind.positions()), where
    return len(found)


def assert_said(behind: Behind, cell: str, where: str) -> None:
    """A text names the events that say so, or what it follows from."""
    assert behind.is_text, where
    assert not cell or behind.says or behind.parts or behind.rule == ABSENT, where


def assert_counted(behind: Behind, cell: str, unit: str, where: str) -> None:
    """A number is the sum of its events' contributions; a ratio names its parts; a count takes events one by one."""
    contributions = behind.contributions()
    assert sum(contributions.values(), Decimal(0)) == Decimal(cell or 0), where
    assert behind.value() == (Decimal(cell) if cell else None), where
    if behind.rule == SUM and unit == "number" and "log-count" not in where and "count" not in where:
        assert {abs(amount) for amount in contributions.values()} <= {0, 1}, where
    if unit == "%" and cell and "eligible" not in where:
        assert behind.parts, where
