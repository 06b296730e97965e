"""Words: texts in the reader's language, figures and dates as people there write them."""

import pytest

from reporting_service.render.html import report_page
from reporting_service.render.pdf.composed import composed
from reporting_service.render.words import LANGUAGES, translated, words
from reporting_service.render.xlsx import report_xlsx
from tests.render.conftest import restated, with_titles

NAMED_BY_PEOPLE = frozenset({"T7", "T8", "T9-rules", "T10", "T11", "T12", "T15-sources"})
"""Tables whose rows are named by codes, States or sources."""
CODED = {"scope", "status", "line", "line-1", "line-2", "end", "article-4", "vote", "detail", "period"}
"""Columns of words that are ours."""


def _texts(report):
    yield from ((note, "") for note in report["notes"])
    for key, table in report["tables"].items():
        yield table["title"], key
        yield from ((note, "") for note in table["notes"])
        yield from ((column["title"], f"{key}//{column['key']}") for column in table["columns"])
        if key not in NAMED_BY_PEOPLE:
            yield from ((row["title"], f"{key}/{row['key']}") for row in table["rows"])
        ours = [column["key"] for column in table["columns"] if column["unit"] == "text" and column["key"] in CODED]
        yield from ((row["cells"][name], "value") for row in table["rows"] for name in ours if row["cells"].get(name))


def test_every_text_of_the_reports_is_in_french(reports):
    french = words("fr")
    texts = {text for report in reports.values() for text in _texts(report)}
    assert not sorted(text for text, key in texts if not text.isdigit() and not french.has(text, key))


def test_every_text_of_the_forms_is_in_french(reports):
    french = words("fr")
    for report in reports.values():
        composed(report, "fr", [])
        report_xlsx(report, "fr")
        report_page(restated(with_titles(report, ["A title"]), report), "fr")
    composed({**reports[2007], "rule_set": None, "tables": {}}, "fr", [])
    assert not french.unsaid


def test_translating_leaves_every_key_and_figure(reports):
    for report in reports.values():
        french = translated(report, "fr")
        assert french["tables"].keys() == report["tables"].keys()
        for key, table in report["tables"].items():
            assert [row["key"] for row in french["tables"][key]["rows"]] == [row["key"] for row in table["rows"]]
            for row, shown in zip(table["rows"], french["tables"][key]["rows"], strict=True):
                figures = [c["key"] for c in table["columns"] if row.get("unit", c["unit"]) != "text"]
                assert [row["cells"].get(name) for name in figures] == [shown["cells"].get(name) for name in figures]


def test_translating_changes_no_report(report):
    before = str(report)
    translated(report, "fr")
    assert str(report) == before


def test_the_year_of_a_title_stays_in_its_place(report):
    titles = [column["title"] for column in translated(report, "fr")["tables"]["T2"]["columns"]]
    assert titles[0] == "Ligne 1, 2010"
    assert titles[-1] == "Mécanisme, 2009"


def test_what_people_wrote_is_not_translated(report):
    report["tables"]["T8"]["rows"][0]["cells"]["title"] = "Approved"
    shown = translated(report, "fr")["tables"]["T8"]["rows"][0]["cells"]
    assert shown["title"] == "Approved"
    assert shown["status"] == "approuvé"


def test_a_state_has_its_french_name(report):
    names = {row["key"]: row["title"] for row in translated(report, "fr")["tables"]["T11"]["rows"]}
    assert names["EGY"] == "Égypte"


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name not in ("en", "fr")])
def test_a_language_without_a_catalogue_shows_english(language, report):
    assert not words(language).speaks
    assert words(language).shown_language == "en"
    assert translated(report, language)["tables"]["T2"]["title"] == "Sources and uses of funds"
    assert words(language).figure("1234.5", "USD") == "1,234.50"


def test_a_language_nobody_knows_is_english():
    assert words("tlh").language == "en"


@pytest.mark.parametrize(
    ("value", "unit", "english", "french"),
    [
        ("1234567.80", "USD", "1,234,567.80", "1\u202f234\u202f567,80"),
        ("-85000.00", "USD", "(85,000.00)", "(85\u202f000,00)"),
        ("0.00", "USD", "0.00", "0,00"),
        ("", "USD", "–", "–"),
        ("55.4", "%", "55.4\u00a0%", "55,4\u00a0%"),
        ("-1.2", "%", "(1.2\u00a0%)", "(1,2\u00a0%)"),
        ("12.00", "own currency", "12.00", "12,00"),
        ("0.25", "share", "25\u00a0%", "25\u00a0%"),
        ("1200", "number", "1,200", "1\u202f200"),
        ("2009-11-30", "date", "30 November 2009", "30 novembre 2009"),
        ("facility/cap", "text", "facility/cap", "facility/cap"),
        ("none", "USD", "none", "none"),
        ("NaN", "USD", "NaN", "NaN"),
    ],
)
def test_a_figure_is_written_as_readers_expect(value, unit, english, french):
    assert words("en").figure(value, unit) == english
    assert words("fr").figure(value, unit) == french


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_catalogue_fills_the_placeholders_that_it_is_given(language):
    import re

    for (_, english), message in words(language)._messages.items():
        assert set(re.findall(r"\{(\w+)\}", message)) == set(re.findall(r"\{(\w+)\}", english)), english
