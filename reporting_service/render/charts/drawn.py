"""What a chart is before it is drawn, and the colours that all of them use."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

DARK, MIDDLE, LIGHT, RULE = "#00477e", "#d98a1f", "#b9d3ea", "#1b1b1b"
"""Told apart with any colour vision, and in grey: their lightness is far apart."""
EDGE = {"stroke": RULE, "strokeWidth": 0.6}
WIDTH = 640
MILLION = 1_000_000


@dataclass(frozen=True)
class Drawn:
    """A chart's words and its Vega-Lite specification without the house style."""

    title: str
    description: str
    spec: dict[str, Any]


NO_CHART: Final = None
"""The answer for a table that has nothing to draw."""


def number(cell: str) -> float | None:
    """A cell as a length to draw; None where it holds no figure. Never used for a figure that is printed."""
    try:
        return float(Decimal(cell)) if cell else None
    except InvalidOperation:
        return None


def millions(cell: str) -> float | None:
    """The same in millions."""
    value = number(cell)
    return None if value is None else value / MILLION


def column(table: dict[str, Any], key: str) -> dict[str, Any] | None:
    """A table's column by key."""
    found: list[dict[str, Any]] = [column for column in table["columns"] if column["key"] == key]
    return found[0] if found else None


def row(table: dict[str, Any], key: str) -> dict[str, Any] | None:
    """A table's row by key."""
    found: list[dict[str, Any]] = [row for row in table["rows"] if row["key"] == key]
    return found[0] if found else None


def series_look(names: list[str], range_: list[Any]) -> dict[str, Any]:
    """An encoding that gives each named series its own of something, in the legend in this order."""
    return {"field": "series", "type": "nominal", "scale": {"domain": names, "range": range_}, "title": None}


def series_colour(names: list[str], colours: tuple[str, ...]) -> dict[str, Any]:
    """An encoding that gives each named series its colour."""
    return series_look(names, list(colours))
