"""The year at a glance: its two totals are the sums of the rows above them, in every form and language."""

import re
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting_service.render.frame import GLANCE, glance
from reporting_service.render.html import report_page
from reporting_service.render.pdf.composed import composed
from reporting_service.render.words import translated, words
from reporting_service.reports.annual import annual_report
from reporting_service.reports.lines import SOURCES, USES
from tests.histories.commands import YEARS as YEARS_TOLD
from tests.histories.scale import HISTORIES, ON_DEMAND, scaled
from tests.render.conftest import YEARS
from tests.reporting.history import follow, store_at
from tests.reporting.test_behind import told

TOTALS = ("available", "closing")
LANGUAGES = ("en", "fr")
ROW = re.compile(r"<tr(?: class=\"\w+\")?>\s*<th scope=\"row\">(.*?)</th>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<td class=\"figure\">(.*?)</td>")


def printed(figure, language):
    """A figure as printed, read back."""
    said = words(language)
    digits = figure.strip("()").replace(said.group, "").replace(said.point, ".")
    return -Decimal(digits) if figure.startswith("(") else Decimal(digits)


def assert_adds_up(rows, columns):
    """Each total is what the rows above it come to; sums themselves are not counted again."""
    assert [key for key, _ in rows if key in TOTALS] == list(TOTALS)
    for column in columns:
        above = Decimal(0)
        for key, cells in rows:
            if key in TOTALS:
                assert cells[column] == above, (key, column)
            else:
                above += cells[column]


def assert_report_adds_up(report):
    """The report's glance adds up, per line and Facility, this year and the year before."""
    rows = [
        (row["key"], {column: Decimal(cell) for column, cell in row["cells"].items()})
        for row in glance(report, words("en"))
    ]
    columns = [column["key"] for column in report["tables"]["T2"]["columns"]]
    assert len(columns) == 6
    assert_adds_up(rows, columns)
    for _, cells in rows:
        for suffix in ("", "-prior"):
            assert cells[f"line-1{suffix}"] + cells[f"line-2{suffix}"] == cells[f"facility{suffix}"]


def test_every_source_and_use_of_t2_is_in_one_row_at_a_glance():
    parts = [part for row in GLANCE.values() for part in row if part not in TOTALS]
    assert sorted(parts) == sorted([*SOURCES, *USES])


@pytest.mark.parametrize("year", YEARS)
def test_each_total_of_the_sample_is_the_sum_of_the_rows_above_it(reports, year):
    assert_report_adds_up(reports[year])


@scaled(HISTORIES if ON_DEMAND else 10)
@given(st.data())
def test_each_total_of_a_random_history_is_the_sum_of_the_rows_above_it(data):
    with tempfile.TemporaryDirectory() as folder:
        store = follow(store_at(Path(folder) / "reporting.db"), told(data))
        with store.view() as view:
            for year in YEARS_TOLD:
                assert_report_adds_up(annual_report(view, year))
        store.engine.dispose()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("year", YEARS)
def test_the_page_and_the_pdf_print_rows_that_add_up(reports, year, language):
    page = report_page(reports[year], language).decode()
    (table,) = re.findall(r"<table class=\"glance\">(.*?)</table>", page, re.DOTALL)
    shown = [(title, CELL.findall(cells)) for title, cells in ROW.findall(table)]
    rows = composed(reports[year], language, [])["cover"]["glance"]["rows"]
    assert [(row["texts"][0], row["texts"][1:]) for row in rows] == shown
    assert len(shown) == len(GLANCE)
    figures = [
        (key, dict(enumerate(printed(cell, language) for cell in cells)))
        for key, (_, cells) in zip(GLANCE, shown, strict=True)
    ]
    assert_adds_up(figures, range(3))


def test_rows_of_several_are_named_in_both_languages(report):
    french = translated(report, "fr")
    assert [row["title"] for row in glance(report, words("en")) if row["key"].startswith("other")] == [
        "Other sources (revisions, refunds, recovered, adjustments)",
        "Increases, decreases and freed",
    ]
    assert [row["title"] for row in glance(french, words("fr")) if row["key"].startswith("other")] == [
        "Autres ressources (révisions, remboursements, soldes récupérés, ajustements)",
        "Augmentations, diminutions et montants libérés",
    ]


def test_a_report_without_t2_has_no_glance(report):
    assert glance({**report, "tables": {}}, words("en")) == []
