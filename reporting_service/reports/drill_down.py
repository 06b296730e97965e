"""Which events make a figure of the report, each with its proof?"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reporting_service.projections import log_copy
from reporting_service.projections.view import View
from reporting_service.reports.annual import TABLES
from reporting_service.reports.behind.figure import Behind
from reporting_service.reports.behind.tables import BEHIND
from reporting_service.reports.table import COUNT, PERCENT, TEXT, Column, Row, Table
from shared.money import text

MONEY = frozenset({"USD", "CHF", "own currency"})


@dataclass(frozen=True)
class Figure:
    """A printed figure with its place in the report, its unit, and what stands behind it."""

    table: Table
    row: Row
    column: Column
    behind: Behind

    @property
    def id(self) -> str:
        """Table, row and column."""
        return f"{self.table.key}/{self.row.key}/{self.column.key}"

    @property
    def unit(self) -> str:
        """The row's own unit where it has one."""
        return self.row.unit or self.column.unit

    @property
    def value(self) -> str:
        """As printed."""
        return self.row.cells[self.column.key]

    @property
    def is_added_up(self) -> bool:
        """Whether it is a number that events add up to: neither a text, nor empty, nor a percentage."""
        return bool(self.value) and self.unit not in (TEXT, PERCENT)

    def as_dict(self) -> dict[str, Any]:
        """Which figure it is and what it says."""
        return {
            "figure": self.id,
            "table": self.table.title,
            "row": self.row.title,
            "column": self.column.title,
            "unit": self.unit,
            "value": self.value,
        }


def figure(view: View, year: int, table: str, row: str, column: str) -> Figure | None:
    """A figure of a year's report; None where the report prints none under these names."""
    if table not in TABLES:
        return None
    made = view.once(("table", year, table), lambda: TABLES[table](view, year))
    found = next((one for one in made.rows if one.key == row), None)
    at = next((one for one in made.columns if one.key == column), None)
    if found is None or at is None:
        return None
    return Figure(made, found, at, BEHIND[table](view, year, row, column))


def drill_down(view: View, found: Figure, after: int, limit: int) -> dict[str, Any]:
    """The figure and a page of its events behind a position; the sum is that of all its events."""
    behind, amounts = found.behind, contributions(found)
    positions = sorted(amounts) if amounts else sorted(behind.says)
    page = [position for position in positions if position > after][:limit]
    more = bool(page) and page[-1] != positions[-1]
    return {
        **found.as_dict(),
        "rule": behind.rule,
        "made_of": [{"part": part, "figure": of} for part, of in behind.parts.items()],
        "derivation": dict(behind.steps) or None,
        "events": events(view, {position: amounts.get(position) for position in page}, found.unit),
        "number": len(positions),
        "sum": written(sum(amounts.values(), Decimal(0)), found.unit) if found.is_added_up else None,
        "next": page[-1] if more else None,
    }


def contributions(found: Figure) -> dict[int, Decimal]:
    """What each event adds to the figure; a percentage has parts instead."""
    return found.behind.contributions() if found.is_added_up else {}


def events(view: View, amounts: dict[int, Decimal | None], unit: str) -> list[dict[str, Any]]:
    """The entries at some positions, each with what it contributes and where its proof is."""
    entries = log_copy.entries_at(view.connection, list(amounts))
    return [
        {
            **{name: entries[at][name] for name in ("position", "type", "id", "source", "stream")},
            "effective_on": entries[at]["effective_on"],
            "recorded_at": entries[at]["recorded_at"],
            "contribution": None if amount is None else written(amount, unit),
            "proof": f"/v1/events/{at}/proof",
        }
        for at, amount in amounts.items()
    ]


def written(value: Decimal, unit: str) -> str:
    """A number as the report writes those of its unit."""
    if unit in MONEY:
        return text(value)
    return str(int(value)) if unit == COUNT else f"{value:.1f}" if unit == PERCENT else f"{value:f}"
