"""The report as a page: self-contained, readable by people and by machines that read aloud."""

import re
from html.parser import HTMLParser

import pytest

from reporting_service.render.charts import charts_of
from reporting_service.render.html import PAGES, content_security_policy, report_page
from reporting_service.render.words import words
from reporting_service.reports.annual import TABLES, annual_report

VOID = {"meta", "link", "br", "img"}
STYLE = PAGES.get_template("report.css").render()


class Reader(HTMLParser):
    """Notes every element, and that each is closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(store):
    with store.view() as view:
        return report_page(annual_report(view, 2008)).decode()


@pytest.fixture(scope="module")
def elements(page):
    reader = Reader()
    reader.feed(page)
    assert not reader.open
    return reader.seen


def test_it_says_what_it_is_and_of_which_state_of_the_log(page, history):
    assert "1035 Facility – Annual report for financial year 2008" in page
    assert f"<dd>{history.position}</dd>" in page
    assert "What “audited” means here" in page


def test_it_asks_nothing_of_anyone(page, elements):
    for tag, attributes in elements:
        assert tag != "script"
        for name in ("src", "href"):
            assert attributes.get(name) is None or attributes[name].startswith(("#", "data:"))
    assert "url(" not in STYLE
    assert "@import" not in STYLE


def test_its_one_style_is_the_one_the_policy_allows(page):
    import base64
    import hashlib

    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = content_security_policy(page.encode())
    assert f"style-src 'sha256-{digest}';" in policy
    assert "unsafe" not in policy
    assert " style=" not in page


def test_a_page_without_a_style_is_allowed_none():
    assert "style-src 'none';" in content_security_policy(b"<p>No style</p>")


def test_every_table_has_a_caption_and_scopes(page, elements):
    tags = [tag for tag, _ in elements]
    empty = page.count("Nothing was recorded for this table.")
    glance = page.count('<table class="glance">')
    assert tags.count("table") == tags.count("caption") == len(TABLES) - empty + glance
    assert all(attributes.get("scope") in ("row", "col") for tag, attributes in elements if tag == "th")


def test_language_headings_and_links_within_are_sound(page, elements):
    assert '<html lang="en">' in page
    assert [tag for tag, _ in elements].count("h1") == 1
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {attributes["href"][1:] for tag, attributes in elements if tag == "a"}
    assert links <= set(ids)


def test_a_part_of_the_row_above_it_begins_further_in(page):
    assert '<tr class="part" id="T2/over-committed">' in page
    assert "tbody tr.part > th { padding-inline-start:" in STYLE


def test_empty_tables_say_so(store):
    with store.view() as view:
        assert "Nothing was recorded for this table." in report_page(annual_report(view, 2009)).decode()


def test_illustrative_figures_are_called_so(page, empty):
    assert "Illustrative figures." in page
    with empty.view() as view:
        assert "Illustrative figures." not in report_page(annual_report(view, 2008)).decode()


def test_each_chart_stands_beside_its_table_with_its_words(store, page, elements):
    with store.view() as view:
        charts = charts_of(annual_report(view, 2008))
    assert [chart.table for chart in charts] == ["T1", "T2", "T4", "T9", "T13"]
    for chart in charts:
        section = page[page.index(f'<section id="{chart.table}"') :].partition("</section>")[0]
        assert section.index(chart.svg) < section.index("<table")
        assert f"The figures are in table {chart.table}." in section
    drawings = [attributes for tag, attributes in elements if tag == "svg"]
    assert all(found["role"] == "img" and found["aria-labelledby"] for found in drawings)
    assert not any("style" in attributes for _, attributes in elements)


def test_shares_are_written_in_per_cent(page):
    row = page[page.index('id="T1/share"') :].partition("</tr>")[0]
    assert "25\N{NO-BREAK SPACE}%" in row
    assert "0.25" not in row


def test_the_page_speaks_french(store):
    with store.view() as view:
        page = report_page(annual_report(view, 2008), "fr").decode()
    assert '<html lang="fr">' in page
    for text in ("Rapport annuel pour l’exercice 2008", "Aller directement au rapport", "Ressources et emplois"):
        assert text in page
    assert "2\N{NARROW NO-BREAK SPACE}350\N{NARROW NO-BREAK SPACE}000,00" in page
    for text in ("Contents", "Log position", "Skip to", "financial year", "Balance carried forward", "USD million"):
        assert text not in page
    assert not words("fr").unsaid


def test_texts_from_the_log_cannot_become_markup(store):
    with store.view() as view:
        document = annual_report(view, 2008)
    document["tables"]["T8"]["rows"][0]["cells"]["title"] = "<script>alert(1)</script>"
    assert b"<script>" not in report_page(document)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("ink", ["#1b1b1b", "#4a5057", "#00477e"])
@pytest.mark.parametrize("paper", ["#ffffff", "#eef3f8", "#fff7ea", "#fff3c4"])
def test_ink_stands_out_from_paper(ink, paper):
    assert ink in STYLE
    assert (luminance(paper) + 0.05) / (luminance(ink) + 0.05) >= 4.5
