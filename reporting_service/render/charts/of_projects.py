"""Charts of projects: allocation by region beside the share of eligible States (T4), the pipeline (T9)."""

from typing import Any

from reporting_service.render.charts.drawn import (
    DARK,
    EDGE,
    LIGHT,
    MIDDLE,
    NO_CHART,
    WIDTH,
    Drawn,
    column,
    number,
    series_colour,
)
from reporting_service.render.words import Words

SHARES = ("percent", "eligible-share")
"""Columns of T4 that are compared: a region's share of the money, and of the eligible States, in per cent."""
STEPS = ("number-line-1", "number-line-2")
"""Columns of T9: projects of each line."""


def allocation_by_region(table: dict[str, Any], said: Words) -> Drawn | None:
    """A pair of bars per region."""
    if not all(column(table, key) for key in SHARES):
        return NO_CHART
    names = [said.say("Share of the money allocated"), said.say("Share of the eligible States")]
    rows = [row for row in table["rows"] if row.get("level", "plain") == "plain"]
    values = [
        {"region": row["title"], "series": name, "value": value}
        for row in rows
        for key, name in zip(SHARES, names, strict=True)
        if (value := number(row["cells"].get(key, ""))) is not None
    ]
    if not values:
        return NO_CHART
    told = said.say("; ").join(
        f"{row['title']} {said.figure(row['cells'].get(SHARES[0], ''), '%')}"
        f" / {said.figure(row['cells'].get(SHARES[1], ''), '%')}"
        for row in rows
    )
    description = said.say("Bars by region, share of the money beside share of the eligible States: {told}.", told=told)
    return Drawn(said.say("Allocation by region"), description, _bars(values, "region", names, said.say("per cent")))


def pipeline(table: dict[str, Any], said: Words) -> Drawn | None:
    """A pair of bars per step of the pipeline: the number of projects of each line."""
    if not all(column(table, key) for key in STEPS):
        return NO_CHART
    names = [said.of("Line 1"), said.of("Line 2")]
    rows = [
        row for row in table["rows"] if row.get("level", "plain") == "plain" and row.get("unit", "number") == "number"
    ]
    values = [
        {"step": row["title"], "series": name, "value": value}
        for row in rows
        for key, name in zip(STEPS, names, strict=True)
        if (value := number(row["cells"].get(key, ""))) is not None
    ]
    if not any(value["value"] for value in values):
        return NO_CHART
    told = said.say("; ").join(
        f"{row['title']} {row['cells'].get(STEPS[0]) or '–'} / {row['cells'].get(STEPS[1]) or '–'}" for row in rows
    )
    description = said.say("Bars by step, projects of Line 1 beside those of Line 2: {told}.", told=told)
    return Drawn(said.say("Projects in the pipeline"), description, _bars(values, "step", names, said.say("projects")))


FEW = 10
"""Up to so many, each whole number has its tick; the library would put halves between them."""


def _whole(values: list[dict[str, Any]]) -> dict[str, Any]:
    most = max((value["value"] for value in values), default=0)
    return {"format": ",d"} | ({"values": list(range(int(most) + 1))} if most <= FEW else {"tickMinStep": 1})


def _bars(values: list[dict[str, Any]], across: str, names: list[str], unit: str) -> dict[str, Any]:
    colours = (DARK, LIGHT) if across == "region" else (DARK, MIDDLE)
    return {
        "width": WIDTH - 220,
        "height": {"step": 14},
        "data": {"values": values},
        "mark": {"type": "bar", **EDGE},
        "encoding": {
            "y": {"field": across, "type": "nominal", "sort": None, "title": None},
            "yOffset": {"field": "series", "sort": names},
            "x": {"field": "value", "type": "quantitative", "title": unit, "axis": _whole(values)},
            "color": series_colour(names, colours),
        },
    }
