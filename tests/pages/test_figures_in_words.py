"""What the pages say of the report's figures: in the reader's words, with what an edition printed otherwise."""

import re

import pytest

from reporting_service.api.reporting import EXTENSION
from reporting_service.reports.annual import TABLES
from reporting_service.reports.behind.tables import BEHIND
from reporting_service.reports.derivation import STEPS
from reporting_service.reports.table import TEXT
from reporting_service.web.council import TITLES
from reporting_service.web.in_words import steps_in_words
from reporting_service.web.pages import visit
from tests.pages.serving import Visitor, reporting_over, words_of
from tests.reporting import facts
from tests.reporting.history import History, store_at
from tests.reporting.issuing import YEAR, issue

YEARS = range(2007, 2012)


@pytest.fixture(scope="module")
def council(reporting):
    """A delegate before the sample."""
    return Visitor(reporting, "council")


@pytest.fixture(scope="module")
def restated(tmp_path_factory):
    """A delegate before a report of which an edition was issued; then a gift was taken back, another one came."""
    folder = tmp_path_factory.mktemp("restated")
    history, store = History(), store_at(folder / "reporting.db")
    facts.member(history)
    facts.budget(history)
    gift = facts.received(history, "C.1")
    facts.received(history, "C.2", amount="7.00")
    issue(history, store)
    facts.reversed_(history, gift)
    facts.received(history, "C.3", amount="70000.00")
    return Visitor(reporting_over(history, store, folder), "council")


def _view(app):
    return app.extensions[EXTENSION].store.view()


def test_the_front_page_names_the_tables_as_they_name_themselves(reporting):
    with _view(reporting) as view:
        assert {key: make(view, year).title for year in YEARS for key, make in TABLES.items()} == TITLES


def _behind_every_figure(view):
    """What stands behind each figure of the sample's reports."""
    for year in YEARS:
        for key, make in TABLES.items():
            table = make(view, year)
            for row in table.rows:
                for column in table.columns:
                    yield BEHIND[key](view, year, row.key, column.key)


def test_how_every_figure_is_made_is_said_in_french(reporting):
    french, unsaid = reporting.extensions["fund1035.pages"][0].words["fr"], set()
    with _view(reporting) as view:
        for behind in _behind_every_figure(view):
            unsaid |= {part for part in behind.parts if not french.has(part, "part")}
            if behind.rule != "sum" and not french.has(behind.rule, "rule"):
                unsaid.add(behind.rule)
    assert not unsaid


FRENCH_FIGURE = re.compile("–|[(]?[0-9]{1,3}(\u202f[0-9]{3})*(,[0-9]+)?[)]?(\u00a0%)?")
CODE = re.compile("[0-9]{4}|[a-z0-9-]+/[a-z0-9-]+")
"""A rule set or a rule, called by its id in every language."""


def _is_said(french, name, value):
    """Whether a step and what it comes to are French: a figure as such, a word of the catalogue, a code."""
    ((_, told),) = steps_in_words({name: value}).items()
    title, unit = STEPS.get(name, ("", TEXT))
    named = french.has(title) if title else french.has(name, "parameter")
    as_words = french.has(value, "value") or CODE.fullmatch(value)
    return named and (as_words if unit == TEXT else FRENCH_FIGURE.fullmatch(told))


def test_every_step_behind_every_figure_is_said_in_french(reporting):
    with _view(reporting) as view, reporting.test_request_context("/?lang=fr"):
        steps = {step for behind in _behind_every_figure(view) for step in behind.steps.items()}
        unsaid = [step for step in sorted(steps) if not _is_said(visit().said, *step)]
    assert ("cap", "none") in steps
    assert not unsaid


@pytest.mark.parametrize(("language", "said"), [("en", "Cap on new money –"), ("fr", "Plafond des crédits nouveaux –")])
def test_under_rules_without_a_cap_its_step_is_a_dash_as_in_the_table(council, language, said):
    assert said in words_of(council.get(f"/reports/2007/figures/T1/line-1/budget?lang={language}"))


@pytest.mark.parametrize(("language", "line", "steps"), [("en", "Line 2", "Baseline"), ("fr", "Ligne 2", "Niveau de")])
def test_what_stands_behind_a_figure_is_in_the_readers_language(council, language, line, steps):
    text = council.get(f"/reports/2008/tables/T12?lang={language}").text
    link = re.search(r'href="(/reports/2008/figures/T12/[^"]+/line)"', text)[1]
    assert f"<h1>{line}</h1>" in council.get(link).text
    derived = words_of(council.get("/reports/2008/figures/T1/line-2/budget"))
    assert steps in derived
    assert "25 %" in derived.replace("\N{NO-BREAK SPACE}", " ")
    assert "line_2_share" not in derived


def test_a_delegate_is_told_who_has_the_proofs(council):
    told = council.get("/reports/2008/figures/T2/closing/line-1?lang=en")
    assert "The auditor has both" in words_of(told)
    assert "/proof" not in told.text


def test_a_chart_has_a_title_and_a_description_and_stands_where_there_is_something_to_draw(council):
    told = council.get("/reports/2008/tables/T2?lang=en").text
    assert "<figcaption>Sources and uses of each line</figcaption>" in told
    assert 'alt="Bars for each source' in told
    for address in ("/reports/2007/tables/T13", "/reports/1960/tables/T2", "/reports/1960"):
        for picture in re.findall(r'<img src="([^"]+)"', council.get(address).text):
            assert council.get(picture).status_code == 200, picture
    assert "<img" not in council.get("/reports/2007/tables/T13").text


@pytest.mark.parametrize(
    ("language", "gone", "new"),
    [
        ("en", "Printed in edition 1 and withdrawn since", "changed, was not printed"),
        ("fr", "Imprimé dans l’édition 1 et retiré depuis", "modifié, n’était pas imprimé"),
    ],
)
def test_what_an_edition_printed_and_is_gone_is_told(restated, language, gone, new):
    text = restated.get(f"/reports/{YEAR}/tables/T12?lang={language}").text
    shown, withdrawn = text.split(f"<h3>{gone}</h3>")
    assert "T12/C.1" not in shown
    assert "T12/C.3" not in withdrawn
    assert new in shown
    assert "changed" not in withdrawn
    (link,) = set(re.findall(rf'href="(/reports/{YEAR}/figures/T12/C\.1/received\?known_at=\d+)"', withdrawn))
    assert words_of(restated.get(link)).count("500")


def test_only_what_is_printed_is_marked(restated):
    text = restated.get(f"/reports/{YEAR}/tables/T12?lang=en").text
    marked = re.findall(r'<td class="[^"]*changed">(.*?)</td>', text)
    assert len(marked) == int(re.search(r"each marked: (\d+)", text)[1]) > 2
    assert all("figure-link" in cell for cell in marked)
    assert not any("was –" in cell for cell in marked)
    assert "was 500,007.00" in words_of(restated.get(f"/reports/{YEAR}/tables/T2"))


def test_of_two_gifts_only_the_one_not_printed_is_marked(restated):
    text = restated.get(f"/reports/{YEAR}/tables/T12?lang=en").text
    rows = re.findall(r"<tr.*?</tr>", text, re.DOTALL)
    kept, new = (next(row for row in rows if f"/T12/{gift}/" in row) for gift in ("C.2", "C.3"))
    assert 'changed"' not in kept
    assert 'changed"' in new


def test_restatements_say_texts_as_texts_in_the_readers_language(restated):
    told = restated.get(f"/reports/{YEAR}/restatements?lang=fr&limit=1000").text
    assert '<td class="words">Écriture ' in told
    assert "reversed" not in told
    (gone,) = set(re.findall(rf"/reports/{YEAR}/figures/T12/C\.1/line\?known_at=\d+", told))
    assert restated.get(gone).status_code == 200


def test_dates_and_rates_are_written_as_people_write_them(council):
    told = council.get("/reports/2008/tables/T14?lang=fr").text.replace("\N{NO-BREAK SPACE}", " ")
    assert "2 septembre 2008</a>" in told
    assert "2008-09-02" not in told
    link = re.search(r'href="(/reports/2008/figures/T14/[^"]+/on)"', told)[1]
    assert re.search("<h1>[0-9]+ [a-zé]+ 2008</h1>", council.get(link).text.replace("\N{NO-BREAK SPACE}", " "))
    assert re.search(r"1,4600\b", council.get("/reports/2008/tables/T12?lang=fr").text)


def test_no_note_stands_under_an_empty_table(council):
    told = words_of(council.get("/reports/1960/tables/T12?lang=en"))
    assert "Nothing was recorded for this table." in told
    assert "own currency" not in told


def _drawn(council, year, language):
    """The figures of the front page's chart, from top to bottom."""
    found = re.findall(
        '<text class="value"[^>]*>(.*?)</text>', council.get(f"/facility?year={year}&lang={language}").text
    )
    return [re.sub("[\u00a0\u202f]", " ", one) for one in found]


@pytest.mark.parametrize(
    ("language", "taken", "none"),
    [("en", ["(5,400,000.00)", "(20,500,000.00)"], "0.00"), ("fr", ["(5 400 000,00)", "(20 500 000,00)"], "0,00")],
)
def test_the_front_pages_chart_writes_what_is_taken_off_in_parentheses(council, language, taken, none):
    drawn = _drawn(council, 2008, language)
    assert drawn[4:6] == taken
    assert not [one for one in drawn if re.search("[−-]", one)]
    assert _drawn(council, 2007, language)[5] == none


@pytest.mark.parametrize("other", ["sécurité", "événement"])
def test_one_thing_has_one_name_in_french(reporting, other):
    french = reporting.extensions["fund1035.pages"][0].words["fr"]
    assert french.of("Event type") == "Type de fait"
    assert french.of("security", "part") == "sûreté"
    assert not [said for said in french._messages.values() if other in said.lower()]
