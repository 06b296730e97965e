"""The report as one page: words that fit, figures with ids, what an edition printed otherwise, in both languages."""

import re
from copy import deepcopy
from html import unescape

import pytest

from reporting_service.render.html import report_page
from reporting_service.render.pdf.composed import composed
from reporting_service.reports.editions import digest_of
from reporting_service.reports.restatement import cells
from tests.render.conftest import restated, with_titles

CELL = re.compile(r'<td id="([^"]+)" class="([^"]+)">(.*?)</td>')
LANGUAGES = ("en", "fr")


def page(report, language="en"):
    return report_page(report, language).decode()


def printed(report, language="en"):
    """What each figure of a page says, by its id, without marks."""
    found = CELL.findall(page(report, language))
    return {unescape(id): (name, re.sub(r"<[^>]+>", "", unescape(told))) for id, name, told in found}


def section(report, table, language="en"):
    """What a table and what stands around it say."""
    (found,) = re.findall(rf'<section id="{table}".*?</section>', page(report, language), re.DOTALL)
    return unescape(re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", found)))


def cover(report, language="en"):
    """What the cover says."""
    return unescape(re.sub(r"<[^>]+>", "", page(report, language).partition("</header>")[0]))


def without_row(report, table, key):
    """The report, a row of a table left out."""
    other = deepcopy(report)
    other["tables"][table]["rows"] = [row for row in other["tables"][table]["rows"] if row["key"] != key]
    return other


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_has_its_id(report, language):
    assert list(printed(report, language)) == list(cells(report))


def test_a_word_that_fits_no_column_may_break_anywhere(report):
    shown = printed(with_titles(report, ["W" * 200, "A title of usual words", "a/" * 100]))
    assert [shown[f"T8/P.{n}/title"][0] for n in range(3)] == ["words long", "words", "words"]
    report["tables"]["T11"]["rows"][0]["title"] = "X" * 120
    assert f'class="long">{"X" * 120}</th>' in page(report)


def test_a_line_or_a_scope_stays_on_one_line(report):
    shown = printed(report, "fr")
    assert shown["T8/NC.0010/line"] == ("words brief", "Ligne 2")
    assert shown["T8/NC.0010/scope"] == ("words brief", "national")


@pytest.mark.parametrize(
    ("language", "told", "number"),
    [
        ("en", "No longer printed: C.0004: Donor donor-a; Line Line 2; Currency USD", "No longer printed: 12"),
        ("fr", "N’est plus imprimé : C.0004 : Donateur donor-a ; Ligne Ligne 2 ; Monnaie USD", "Ne sont plus"),
    ],
)
def test_a_withdrawn_row_is_told_under_its_table(report, language, told, number):
    found = restated(report, without_row(report, "T12", "C.0004"))
    assert told.replace(" :", "\u00a0:").replace(" ;", "\u00a0;") in section(found, "T12", language)
    assert number in cover(found, language)


def test_what_was_withdrawn_is_told_where_the_table_is_empty_now(report):
    now = deepcopy(report)
    now["tables"]["T12"]["rows"] = []
    told = section(restated(report, now), "T12")
    assert "Nothing was recorded" in told
    assert "No longer printed: C.0004" in told


@pytest.mark.parametrize(("language", "told"), [("en", "not printed"), ("fr", "non imprimé")])
def test_a_new_row_was_not_printed_before(report, language, told):
    shown = printed(restated(without_row(report, "T12", "C.0004"), report), language)
    assert shown["T12/C.0004/donor"][1].endswith(told)
    assert shown["T12/C.0004/usd"][1].endswith(told)


def test_an_empty_cell_of_a_new_row_is_neither_marked_nor_counted(report):
    found = restated(without_row(report, "T12", "C.0004"), report)
    assert "changed" not in printed(found)["T12/C.0004/rates"][0]
    assert len(found["changed"]) == 12


def test_a_changed_word_is_told_in_the_readers_language(report):
    before = deepcopy(report)
    before["tables"]["T8"]["rows"][0]["cells"]["status"] = "financially-closed"
    assert "clos financièrement" in printed(restated(before, report), "fr")["T8/NC.0010/status"][1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_and_pdf_say_the_digest_that_issuing_needs(report, language):
    digest = digest_of(report)
    assert digest in cover({**report, "edition": 3}, language)
    assert digest in cover(restated(without_row(report, "T12", "C.0004"), report), language)
    assert digest in composed({**report, "edition": 3}, language, [])["cover"]["attached"].replace("\u200b", "")


def test_a_project_called_illustrative_makes_no_report_illustrative(report):
    assert "Illustrative figures." in cover(report)
    report["tables"]["T1"]["rows"] = [row for row in report["tables"]["T1"]["rows"] if row["key"] != "basis"]
    assert "Illustrative figures." not in cover(with_titles(report, ["An illustrative atlas"]))


def test_dates_and_rates_among_words_are_written_for_readers(report):
    shown = printed(report, "fr")
    assert shown["T10/NC.0015/on"][1] == "2\u00a0août\u00a02010"
    assert shown["T12/C.0002/EUR/rates"] == ("figure", "1,4600\u00a0; 1,4000")
    (pdf,) = (table for table in composed(report, "fr", [])["tables"] if table["key"] == "T12")
    assert "1,4600\u00a0; 1,4000" in [text for run in pdf["parts"][0]["runs"] for text in run["texts"]]


def with_cell(report, figure, value):
    """The report, one cell saying something else."""
    other, (table, row, column) = deepcopy(report), figure.split("/")
    (found,) = (one for one in other["tables"][table]["rows"] if one["key"] == row)
    found["cells"][column] = value
    return other


DATES_AND_RATES = [
    ("T10/NC.0015/on", "2010-01-31", {"en": "31 January 2010", "fr": "31 janvier 2010"}),
    ("T12/C.0001/rates", "1.5000, 1.6000", {"en": "1.5000; 1.6000", "fr": "1,5000 ; 1,6000"}),
    ("T14/{last}/on", "2010-01-31", {"en": "31 January 2010", "fr": "31 janvier 2010"}),
    ("T14/{last}/position", "12345", {"en": "12,345", "fr": "12 345"}),
]
BLANKS = re.compile("[\u00a0\u202f]")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("figure", "old", "told"), DATES_AND_RATES)
def test_dates_and_rates_that_changed_are_written_for_readers(report, figure, old, told, language):
    figure = figure.format(last=report["tables"]["T14"]["rows"][-1]["key"])
    shown = printed(restated(with_cell(report, figure, old), report), language)[figure][1]
    was = {"en": "changed, was", "fr": "modifié, était"}[language]
    assert BLANKS.sub(" ", shown).endswith(f" {was} {told[language]}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("figure", "old", "told"), DATES_AND_RATES)
def test_dates_and_rates_that_were_withdrawn_are_written_for_readers(report, figure, old, told, language):
    figure = figure.format(last=report["tables"]["T14"]["rows"][-1]["key"])
    table, row, _ = figure.split("/")
    found = restated(with_cell(report, figure, old), without_row(report, table, row))
    under = BLANKS.sub(" ", section(found, table, language))
    gone = under[under.index({"en": "No longer printed", "fr": "N’est plus imprimé"}[language]) :]
    assert f" {told[language]}" in gone
    assert old not in gone


@pytest.mark.parametrize(("language", "position"), [("en", "1,234,567"), ("fr", "1 234 567")])
def test_page_and_pdf_write_the_log_position_as_other_figures(report, language, position):
    report["position"] = 1234567
    told = page(report, language)
    for place in (cover(report, language), told.partition('<p class="closing">')[2]):
        assert position in BLANKS.sub(" ", unescape(place))
        assert "1234567" not in place
    assert "known_at=1234567" in told
    pdf = composed(report, language, [])
    for said in (pdf["running"], pdf["cover"]["meaning"][1]):
        assert position in BLANKS.sub(" ", said)


def test_an_empty_table_has_no_notes_on_columns(report):
    report["tables"]["T12"]["rows"] = []
    assert "own currency" in report["tables"]["T12"]["notes"][0]
    assert "own currency" not in section(report, "T12")


def test_a_french_chart_has_its_blank_before_the_colon(report):
    assert "T2\u00a0: Ressources et emplois" in section(report, "T2", "fr")
