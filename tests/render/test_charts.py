"""Charts: drawn from the report's tables, the same twice, readable without colour and without eyes."""

import itertools
from xml.etree import ElementTree

import pytest

from reporting_service.render.charts import charts_of
from reporting_service.render.charts.drawn import DARK, LIGHT, MIDDLE

SVG = "{http://www.w3.org/2000/svg}"


def _column(key, unit="USD"):
    return {"key": key, "title": key.capitalize(), "unit": unit}


def _table(columns, rows):
    shown = [{"key": key, "title": key.title(), "cells": cells} for key, cells in rows.items()]
    return {"title": "A table", "columns": columns, "rows": shown, "notes": []}


REGIONS = _table(
    [_column("percent", "%"), _column("eligible-share", "%")],
    {"africa": {"percent": "60.0", "eligible-share": "45.0"}, "europe": {"percent": "40.0", "eligible-share": ""}},
)
STEPS = _table(
    [_column("number-line-1", "number"), _column("number-line-2", "number")],
    {"submitted": {"number-line-1": "3", "number-line-2": "5"}},
)
SERIES = _table(
    [_column("allocated-line-1"), _column("allocated-line-2")],
    {
        "2007": {"allocated-line-1": "1400000.00", "allocated-line-2": "0.00"},
        "2008": {"allocated-line-1": "1400000.00", "allocated-line-2": "1250000.00"},
    },
)


def test_the_sample_has_every_chart(report):
    assert [chart.table for chart in charts_of(report)] == ["T1", "T2", "T4", "T9", "T13"]


def test_a_chart_names_itself_and_what_it_shows(report):
    for chart in charts_of(report):
        root = ElementTree.fromstring(chart.svg)
        assert root.get("role") == "img"
        assert root.find(f"{SVG}title").text == chart.title
        assert root.find(f"{SVG}desc").text == chart.description
        assert root.get("aria-labelledby").split() == [root.find(f"{SVG}{tag}").get("id") for tag in ("title", "desc")]


def test_the_same_report_is_drawn_in_the_same_bytes(report):
    from reporting_service.render.charts import drawing

    first = [chart.svg for chart in charts_of(report)]
    drawing._svg.cache_clear()
    assert [chart.svg for chart in charts_of(report)] == first


def test_a_french_chart_speaks_french(report):
    french = {chart.table: chart for chart in charts_of(report, "fr")}
    assert "Solde à reporter" in french["T2"].svg
    assert "4\u202f577\u202f000,00" in french["T2"].svg


def test_a_label_below_a_bar_stands_word_by_word(reports):
    chart = charts_of(reports[2008], "fr")[0]
    parts = [node.text for node in ElementTree.fromstring(chart.svg).iter() if node.text]
    assert {"Budget", "révisé", "Chiffres", "effectifs", "2008"} <= set(parts)


def test_without_baseline_and_cap_none_is_drawn_or_told(reports):
    before, after = (charts_of(reports[year])[0] for year in (2007, 2008))
    for name in ("Baseline", "Cap"):
        assert (name in before.svg, name in after.svg) == (False, True)
    assert "against" not in before.description
    assert "under a cap" not in before.description
    assert "under a cap" in after.description


def test_axes_write_negative_figures_in_parentheses(reports):
    assert "(0.5)" in next(chart.svg for chart in charts_of(reports[2008]) if chart.table == "T2")


@pytest.mark.parametrize(("key", "table"), [("T4", REGIONS), ("T9", STEPS), ("T13", SERIES)])
def test_a_small_table_is_drawn(report, key, table):
    report["tables"] = {key: table}
    (chart,) = charts_of(report)
    assert chart.table == key
    assert "<path" in chart.svg


def test_few_projects_are_counted_in_whole_numbers(report):
    few = _table(STEPS["columns"], {"submitted": {"number-line-1": "2", "number-line-2": "1"}})
    (chart,) = charts_of({**report, "tables": {"T9": few}})
    ticks = [node.text for node in ElementTree.fromstring(chart.svg).iter(f"{SVG}text") if (node.text or "").isdigit()]
    assert ticks == ["0", "1", "2"]


@pytest.mark.parametrize("key", ["T1", "T2", "T4", "T9", "T13"])
def test_a_table_without_rows_has_no_chart(report, key):
    report["tables"] = {key: {"title": "T", "columns": [], "rows": [], "notes": []}}
    assert charts_of(report) == []


def test_a_table_of_other_columns_has_no_chart(report):
    report["tables"] = dict.fromkeys(("T4", "T9", "T13"), report["tables"]["T8"])
    assert charts_of(report) == []


def test_a_title_cannot_break_out_of_its_chart(report):
    report["tables"]["T2"]["rows"][0]["title"] = "</desc><script>alert(1)</script>"
    assert all("<script" not in chart.svg for chart in charts_of(report))


def test_colours_are_told_apart_in_grey():
    def grey(colour):
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    shades = sorted(map(grey, (DARK, MIDDLE, LIGHT)))
    assert min(after - before for before, after in itertools.pairwise(shades)) > 40
