"""The annual report in one page, as a browser sets it: what fits the screen and the paper, hostile words too."""

from copy import deepcopy

import pytest

from reporting_service.render.html import report_page
from reporting_service.reports.annual import annual_report
from tests.render.conftest import with_titles
from tests.reporting.history import follow, sample, store_at

PAPER = {"width": 1032, "height": 680}
"""A4 landscape less its margins, in CSS pixels."""
LANGUAGES = ("en", "fr")
YEARS = (2007, 2008, 2009, 2010)
BEYOND = """[...document.querySelectorAll('table')].filter(one => one.getBoundingClientRect().right >
 document.body.getBoundingClientRect().right + 1).map(one => one.closest('section')?.id)"""
HEIGHTS = "['.cover', '#readings'].map(name => document.querySelector(name).getBoundingClientRect().height)"
OVERLAPPING = """[...document.querySelectorAll('.chart svg')].flatMap(svg => {
  const shown = one => one.textContent.trim() && one.getAttribute('opacity') !== '0'
  const texts = [...svg.querySelectorAll('text')].filter(shown)
  const boxes = new Map(texts.map(one => [one, one.getBoundingClientRect()]))
  const crossed = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2
  return texts.flatMap((one, at) => texts.slice(at + 1).filter(other => crossed(boxes.get(one), boxes.get(other)))
    .map(other => [one.textContent, other.textContent])) })"""


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The sample's reports by year."""
    store = follow(store_at(tmp_path_factory.mktemp("sample") / "reporting.db"), sample().bodies)
    with store.view() as view:
        return {year: annual_report(view, year) for year in YEARS}


@pytest.fixture(scope="module")
def paper(chromium):
    """A window that sets pages as on paper."""
    window = chromium.new_page(viewport=PAPER)
    window.emulate_media(media="print")
    return window


def hostile(report):
    """The report with words that no column holds, wherever people write."""
    told = with_titles(deepcopy(report), ["W" * 200, "A title"])
    told["tables"]["T8"]["rows"][0]["title"] = "A" * 32
    told["tables"]["T11"]["rows"][0]["title"] = "X" * 120
    told["tables"]["T14"]["rows"][0]["cells"]["detail"] = "V" * 180
    for table in ("T1", "T16", "T17"):
        for row in told["tables"][table]["rows"]:
            if row["key"] == "basis":
                row["cells"] = dict.fromkeys(row["cells"], "Dokument" * 25)
    return told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_word_keeps_every_column_on_the_paper(paper, reports, language):
    paper.set_content(report_page(hostile(reports[2010]), language).decode())
    assert paper.evaluate(BEYOND) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("year", YEARS)
def test_cover_and_readings_take_one_sheet_each(paper, reports, year, language):
    paper.set_content(report_page(reports[year], language).decode())
    assert paper.evaluate(BEYOND) == []
    assert max(paper.evaluate(HEIGHTS)) <= PAPER["height"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_of_a_chart_lie_on_each_other(paper, reports, language):
    paper.set_content(report_page(reports[2008], language).decode())
    assert paper.evaluate(OVERLAPPING) == []


def test_a_long_word_is_scrolled_to_on_a_small_screen(chromium, reports):
    window = chromium.new_page(viewport={"width": 390, "height": 800})
    window.set_content(report_page(hostile(reports[2010])).decode())
    assert window.evaluate("document.documentElement.scrollWidth") <= 390
    assert window.evaluate("document.querySelector('#T8 table').offsetWidth") < 2000
