"""A table of a report: columns, rows and notes, every cell a text, every figure with an id."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from shared.money import ZERO, text
from shared.rules.allocation import LINES

USD = "USD"
TEXT = "text"
COUNT = "number"
PERCENT = "%"
LINE_TITLES = {"line-1": "Line 1", "line-2": "Line 2", "facility": "Facility"}


@dataclass(frozen=True)
class Column:
    """A column; `unit` is USD, CHF, %, number, date or text."""

    key: str
    title: str
    unit: str = USD


class Row(NamedTuple):
    """A row; `unit` where it differs from its columns'; `level` is plain, sum, or part: of what stands above it."""

    key: str
    title: str
    cells: dict[str, str]
    unit: str | None = None
    level: str = "plain"

    def as_dict(self) -> dict[str, Any]:
        """As the report document shows it."""
        shown: dict[str, Any] = {"key": self.key, "title": self.title, "cells": self.cells}
        if self.unit is not None:
            shown["unit"] = self.unit
        if self.level != "plain":
            shown["level"] = self.level
        return shown


@dataclass(frozen=True)
class Table:
    """A table of a report; a figure's id is table/row/column."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """As the report document shows it."""
        return {
            "key": self.key,
            "title": self.title,
            "columns": [{"key": column.key, "title": column.title, "unit": column.unit} for column in self.columns],
            "rows": [row.as_dict() for row in self.rows],
            "notes": list(self.notes),
        }


def line_columns(year: int) -> tuple[Column, ...]:
    """Both lines and the Facility in a year, and the same of the year before beside them."""
    return tuple(
        Column(line + suffix, f"{title}, {of}")
        for of, suffix in ((year, ""), (year - 1, "-prior"))
        for line, title in LINE_TITLES.items()
    )


def line_cells(year: int, figure: Callable[[str, int], Decimal]) -> dict[str, str]:
    """The cells of such columns: each line's figure, and their sum."""
    cells: dict[str, str] = {}
    for of, suffix in ((year, ""), (year - 1, "-prior")):
        values = {line: figure(line, of) for line in LINES}
        cells |= {line + suffix: text(value) for line, value in values.items()}
        cells["facility" + suffix] = text(sum(values.values(), ZERO))
    return cells


def percent(part: Decimal, whole: Decimal) -> str:
    """A share in per cent with one decimal; empty when there is nothing positive to divide by."""
    return f"{part * 100 / whole:.1f}" if whole > 0 else ""


def total(values: Iterable[Decimal]) -> Decimal:
    """The sum in USD."""
    return sum(values, ZERO)
