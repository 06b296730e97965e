"""Charts of the two lines: their sources and uses (T2), the income behind them (T1), the years since 2007 (T13)."""

from typing import Any

from reporting_service.render.charts.drawn import (
    DARK,
    EDGE,
    LIGHT,
    MIDDLE,
    NO_CHART,
    RULE,
    WIDTH,
    Drawn,
    column,
    millions,
    row,
    series_colour,
    series_look,
)
from reporting_service.render.words import Words

LINES = ("line-1", "line-2")
ALLOCATED = ("allocated-line-1", "allocated-line-2")
"""Columns of T13: money allocated to each line."""
MOVES = (
    "opening",
    "allocation",
    "revisions",
    "contributions",
    "refunds",
    "recovered",
    "adjustments",
    "project-allocations",
    "increases",
    "decreases",
    "freed",
    "closing",
)
ZERO_LINE = {"mark": {"type": "rule", "color": RULE}, "encoding": {"x": {"datum": 0}}}


def sources_and_uses(table: dict[str, Any], said: Words) -> Drawn | None:
    """A pair of bars per row of T2 that moved money: sources to the right, uses to the left."""
    names = [said.of("Line 1"), said.of("Line 2")]
    shown = [
        found
        for key in MOVES
        if (found := row(table, key)) and any(millions(found["cells"].get(line, "")) for line in LINES)
    ]
    values = [
        {"row": found["title"], "series": name, "value": millions(found["cells"].get(line, "")) or 0}
        for found in shown
        for line, name in zip(LINES, names, strict=True)
    ]
    if not values:
        return NO_CHART
    bars = {
        "mark": {"type": "bar", **EDGE},
        "encoding": {
            "y": {"field": "row", "type": "nominal", "sort": [found["title"] for found in shown], "title": None},
            "yOffset": {"field": "series", "sort": names},
            "x": {
                "field": "value",
                "type": "quantitative",
                "title": said.say("USD million"),
                "axis": {"tickCount": 7},
            },
            "color": series_colour(names, (DARK, MIDDLE)),
        },
    }
    closing = row(table, "closing")
    cells = closing["cells"] if closing else {}
    description = said.say(
        "Bars for each source (to the right) and use (to the left) of money, Line 1 and Line 2 beside each other."
        " Carried forward: Line 1 USD {one}, Line 2 USD {two}.",
        one=said.figure(cells.get("line-1", ""), "USD"),
        two=said.figure(cells.get("line-2", ""), "USD"),
    )
    spec = {"width": WIDTH - 220, "height": {"step": 9}, "data": {"values": values}, "layer": [bars, ZERO_LINE]}
    return Drawn(said.say("Sources and uses of each line"), description, spec)


def income_against_baseline_and_cap(table: dict[str, Any], said: Words) -> Drawn | None:
    """Two panels: income without security and the baseline; new money and the cap."""
    bases = [shown for key in ("budget", "revised", "actual") if (shown := column(table, key))]
    panels = (
        ("without-security", "baseline", "Discretionary Income without security", "Baseline"),
        ("facility", "cap", "New money", "Cap"),
    )
    made = [_bars_and_marks(table, bases, *panel, said) for panel in panels]
    drawn = [panel for panel in made if panel]
    if not drawn:
        return NO_CHART
    actual = next((shown for shown in reversed(bases) if _cell(table, "without-security", shown["key"])), None)
    assert actual is not None
    figures = {
        key: said.figure(_cell(table, name, actual["key"]), "USD")
        for key, name in (
            ("income", "without-security"),
            ("baseline", "baseline"),
            ("money", "facility"),
            ("cap", "cap"),
        )
    }
    description = said.say(
        "Two panels of bars by basis. {basis}: Discretionary Income without security USD {income} against a baseline of"
        " USD {baseline}; new money USD {money} under a cap of USD {cap}.",
        basis=actual["title"],
        **figures,
    )
    spec = {"hconcat": drawn, "spacing": 50, "resolve": {"scale": {"color": "independent"}}}
    return Drawn(said.say("Discretionary Income against baseline and cap"), description, spec)


def _bars_and_marks(
    table: dict[str, Any], bases: list[dict[str, Any]], bar: str, mark: str, bar_name: str, mark_name: str, said: Words
) -> dict[str, Any] | None:
    names = [said.say(bar_name), said.say(mark_name)]
    values = [
        {"basis": shown["title"], "series": name, "value": value}
        for shown in bases
        for key, name in ((bar, names[0]), (mark, names[1]))
        if (value := millions(_cell(table, key, shown["key"]))) is not None
    ]
    if not any(value["series"] == names[0] for value in values):
        return None
    x = {"field": "basis", "type": "nominal", "sort": None, "title": None, "axis": {"labelAngle": 0}}
    y = {"field": "value", "type": "quantitative", "title": said.say("USD million")}
    bars = {
        "transform": [{"filter": {"field": "series", "equal": names[0]}}],
        "mark": {"type": "bar", **EDGE},
        "encoding": {"x": x, "y": y, "color": series_colour(names, (LIGHT, DARK))},
    }
    marks = {
        "transform": [{"filter": {"field": "series", "equal": names[1]}}],
        "mark": {"type": "tick", "thickness": 3.5, "orient": "horizontal", "width": {"band": 1}},
        "encoding": {"x": x, "y": y, "color": series_colour(names, (LIGHT, DARK))},
    }
    return {"width": 235, "height": 170, "data": {"values": values}, "layer": [bars, marks]}


def _cell(table: dict[str, Any], name: str, key: str) -> str:
    found = row(table, name)
    return str(found["cells"].get(key, "")) if found else ""


def series(table: dict[str, Any], said: Words) -> Drawn | None:
    """A line per funding line over the years of T13: its rows are years, their keys four digits."""
    years = [found for found in table["rows"] if found["key"].isdigit() and len(found["key"]) == 4]
    names = [said.of("Line 1"), said.of("Line 2")]
    values = [
        {"year": found["key"], "series": name, "value": value}
        for found in years
        for line, name in zip(ALLOCATED, names, strict=True)
        if (value := millions(found["cells"].get(line, ""))) is not None
    ]
    if len({value["year"] for value in values}) < 2:
        return NO_CHART
    description = said.say(
        "Lines over the years {first} to {last}: money allocated to Line 1 and to Line 2.",
        first=years[0]["key"],
        last=years[-1]["key"],
    )
    return Drawn(
        said.say("Allocations to Line 1 and Line 2 since {year}", year=years[0]["key"]),
        description,
        _lines(values, names, said),
    )


def _lines(values: list[dict[str, Any]], names: list[str], said: Words) -> dict[str, Any]:
    """A line per name over years, told apart by colour, dashes and points."""
    return {
        "width": WIDTH - 60,
        "height": 190,
        "data": {"values": values},
        "mark": {"type": "line", "point": {"size": 55, "filled": True}, "strokeWidth": 2.2},
        "encoding": {
            "x": {"field": "year", "type": "ordinal", "title": None, "axis": {"labelAngle": 0}},
            "y": {"field": "value", "type": "quantitative", "title": said.say("USD million")},
            "color": series_colour(names, (DARK, MIDDLE)),
            "strokeDash": series_look(names, [[1, 0], [6, 3]]),
            "shape": series_look(names, ["circle", "square"]),
        },
    }
