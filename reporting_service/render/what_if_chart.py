"""The chart of a what-if: what each line was allocated a year, as it was and as it would have been."""

from typing import Any

from reporting_service.render.charts.drawn import DARK, MIDDLE

LINES = {"line-1": "Line 1", "line-2": "Line 2"}
KINDS = {"was": "As it was", "would-be": "As it would have been"}


def what_if_chart(table: dict[str, Any]) -> dict[str, Any]:
    """The Vega-Lite specification over a what-if's table; its figures are those of the table."""
    values = [
        {
            "year": row["title"],
            "line": line_title,
            "case": title,
            "usd": float(row["cells"][f"allocated-{line}-{kind}"]),
        }
        for row in table["rows"]
        for line, line_title in LINES.items()
        for kind, title in KINDS.items()
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": "Allocated to each line a year",
        "description": "Pairs of bars per year and line: what was allocated, and what would have been under the draft.",
        "data": {"values": values},
        "mark": "bar",
        "encoding": {
            "row": {"field": "line", "title": None},
            "x": {"field": "year", "type": "ordinal", "title": None},
            "xOffset": {"field": "case", "sort": list(KINDS.values())},
            "y": {"field": "usd", "type": "quantitative", "title": "USD"},
            "color": {
                "field": "case",
                "sort": list(KINDS.values()),
                "scale": {"domain": list(KINDS.values()), "range": [DARK, MIDDLE]},
                "legend": {"title": None, "orient": "top"},
            },
        },
    }
