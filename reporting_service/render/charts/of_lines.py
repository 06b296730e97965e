"""Charts of the two lines: their sources and uses (T2), the income behind them (T1), the years since 2007 (T13)."""

from typing import Any, NamedTuple

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
WORD_BY_WORD = {"labelAngle": 0, "labelExpr": "split(datum.label, ' ')"}
"""Labels below bars, each word on a line of its own."""
TICK = {"type": "tick", "opacity": 1, "thickness": 3.5, "orient": "horizontal", "width": {"band": 1}}
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


class Panel(NamedTuple):
    """Bars and the bound that each is measured by: rows of T1, names, what is said without a bound and with one."""

    bar: str
    bound: str
    bar_name: str
    bound_name: str
    alone: str
    bounded: str


PANELS = (
    Panel(
        "without-security",
        "baseline",
        "Discretionary Income without security",
        "Baseline",
        "Discretionary Income without security USD {amount}",
        "Discretionary Income without security USD {amount} against a baseline of USD {bound}",
    ),
    Panel(
        "facility",
        "cap",
        "New money",
        "Cap",
        "new money USD {amount}",
        "new money USD {amount} under a cap of USD {bound}",
    ),
)


def income_against_baseline_and_cap(table: dict[str, Any], said: Words) -> Drawn | None:
    """Two panels: income without security and the baseline; new money and the cap."""
    bases = [shown for key in ("budget", "revised", "actual") if (shown := column(table, key))]
    made = [_bars_and_bounds(table, bases, panel, said) for panel in PANELS]
    drawn = [panel for panel in made if panel]
    if not drawn:
        return NO_CHART
    actual = next((shown for shown in reversed(bases) if _cell(table, "without-security", shown["key"])), None)
    assert actual is not None
    description = said.say(
        "Two panels of bars by basis. {basis}: {told}.",
        basis=actual["title"],
        told=said.say("; ").join(_told(table, actual["key"], panel, said) for panel in PANELS),
    )
    spec = {"hconcat": drawn, "spacing": 50, "resolve": {"scale": {"color": "independent"}}}
    return Drawn(said.say("Discretionary Income against baseline and cap"), description, spec)


def _told(table: dict[str, Any], basis: str, panel: Panel, said: Words) -> str:
    """A panel's bar of a basis in words, and its bound where there is one."""
    amount, bound = said.figure(_cell(table, panel.bar, basis), "USD"), _bound(table, panel, basis)
    return said.say(panel.bounded if bound else panel.alone, amount=amount, bound=said.figure(bound, "USD"))


def _bound(table: dict[str, Any], panel: Panel, basis: str) -> str:
    """A baseline or cap, empty where there is none: a baseline of nought is none, a cap of nought bars all."""
    cell = _cell(table, panel.bound, basis)
    return cell if millions(cell) or panel.bound == "cap" else ""


def _bars_and_bounds(
    table: dict[str, Any], bases: list[dict[str, Any]], panel: Panel, said: Words
) -> dict[str, Any] | None:
    bars = {shown["title"]: millions(_cell(table, panel.bar, shown["key"])) for shown in bases}
    bounds = {shown["title"]: millions(_bound(table, panel, shown["key"])) for shown in bases}
    series = {said.say(panel.bar_name): bars, said.say(panel.bound_name): bounds}
    values = [
        {"basis": basis, "series": name, "value": value}
        for name, of in series.items()
        for basis, value in of.items()
        if value is not None
    ]
    names = [name for name in series if any(value["series"] == name for value in values)]
    if said.say(panel.bar_name) not in names:
        return None
    marks = ({"type": "bar", **EDGE}, TICK)
    encoding = {
        "x": {"field": "basis", "type": "nominal", "sort": None, "title": None, "axis": WORD_BY_WORD},
        "y": {"field": "value", "type": "quantitative", "title": said.say("USD million")},
        "color": series_colour(names, (LIGHT, DARK)),
    }
    layers = [
        {"transform": [{"filter": {"field": "series", "equal": name}}], "mark": mark, "encoding": encoding}
        for name, mark in zip(names, marks, strict=False)
    ]
    return {"width": 235, "height": 170, "data": {"values": values}, "layer": layers}


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
