"""A first-time visitor finds, by clicks alone, what the pages are there for."""

import pytest

from tests.pages.looking import Window


@pytest.fixture
def visitor(chromium, reporting_url):
    """Somebody who sees the front page for the first time, as an auditor."""
    window = Window(chromium, reporting_url).sign_in("auditor")
    yield window
    window.context.close()


def test_why_a_given_project_was_refused(visitor):
    visitor.click("Projects").click("NC.0006").click("Why, and what would have passed")
    for words in ("member-state/eligible", "does not hold", "Not eligible on 2007-10-08: ROU", "What would pass"):
        assert words in visitor.text
    visitor.click("member-state/eligible")
    assert "Why this was refused" in visitor.text
    assert "outside the EU" in visitor.text


def test_which_events_make_a_figure_of_the_2009_report(visitor):
    visitor.click("Council’s report").click("Report of 2009")
    figure = visitor.page.locator('tr[id="T2/closing"] a').first
    shown = figure.inner_text()
    figure.click()
    assert f"Their contributions add up to {shown}." in visitor.text
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name="proof").first.click()
    assert download.value.suggested_filename.endswith(".tlog-proof")


def test_what_line_2_would_have_been_with_a_30_per_cent_share(visitor):
    visitor.click("What if")
    visitor.page.get_by_label("share of the excess for Line 2").fill("30")
    visitor.click("Show the difference")
    row = visitor.page.locator("#year-2008")
    assert row.locator("td").nth(2).inner_text() == "1,350,000.00"
    assert row.locator("td").nth(3).inner_text() == "1,620,000.00"
    assert visitor.page.url.endswith("/what-if?share=30#result")


def test_what_was_known_on_a_given_day(visitor):
    visitor.click("Council’s report").click("Report of 2008")
    now = visitor.page.locator('tr[id="T2/closing"] a').first.inner_text()
    visitor.page.get_by_label("What was known at").fill("2011-02-01T09:30:00.000150Z")
    visitor.click("Show")
    assert "As it was known at 2011-02-01T09:30:00.000150Z" in visitor.text
    assert visitor.page.locator('tr[id="T2/closing"] a').first.inner_text() != now


def test_search_finds_a_state_by_its_name(visitor):
    visitor.page.get_by_label("Find a project").fill("kenya")
    visitor.page.keyboard.press("Enter")
    visitor.click("KEN Kenya")
    assert "Arrears against threshold" in visitor.text
