"""The Council's report: its tables and charts, editions, restatements, downloads; every figure leads to its events."""

from typing import Any

from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from reporting_service.api.annual import report_in_form
from reporting_service.api.editions import edition_in_form
from reporting_service.api.forms import BY_SUFFIX
from reporting_service.api.queries import PAGE_MAX, Known, RestatementQuery, Whole
from reporting_service.projections.view import View
from reporting_service.render.charts import charts_of
from reporting_service.render.charts.drawing import MAKERS
from reporting_service.render.forms import FORMS, Form
from reporting_service.render.words import words
from reporting_service.reports.annual import TABLES, YEARS
from reporting_service.reports.editions import edition, editions, last_before
from reporting_service.reports.readings import READINGS
from reporting_service.reports.restatement import restatement
from reporting_service.web.facility import known_years
from reporting_service.web.in_words import in_words, translate
from reporting_service.web.pages import answer, asked, pages, seen, visit
from reporting_service.web.statement import onward
from shared.contract.problems import NotFound

ROWS_MAX = 100
FIRST = ("T1", "T2", "T13")
"""What the front page of a report shows at once; every table has a page of its own."""


class TableQuery(Known):
    """As known when, and which page of rows."""

    after = Whole(load_default=0)
    limit = Whole(1, PAGE_MAX, load_default=ROWS_MAX)


@pages.page("/reports")
def all_reports() -> Response:
    """Years with their editions."""
    with seen({}) as view:
        found = [(year, editions(view, year)) for year in known_years(view)]
        return answer("reports.html", view, found=found)


@pages.page("/reports/<int:year>")
def one_report(year: int) -> Response:
    """A year's report: what it holds, its main tables and charts, editions and downloads."""
    query = asked(Known)
    with seen(query) as view:
        _is_a_year(year)
        shown = {key: _shown(view, year, key) for key in FIRST}
        return answer(
            "report.html",
            view,
            year=year,
            query=query,
            shown=shown,
            titles=TITLES,
            issued=editions(view.at(view.head), year),
            forms=FORMS,
            notes=READINGS,
            years=known_years(view),
        )


@pages.page("/reports/<int:year>/tables/<table>")
def one_table(year: int, table: str) -> Response:
    """One table of a year's report, each figure a link to its events, changed figures marked."""
    query = asked(TableQuery)
    _is_a_year(year)
    if table not in TABLES:
        raise NotFound(f"The report has no table {table}.")
    with seen(query) as view:
        shown = _shown(view, year, table)
        page = slice(query["after"], query["after"] + query["limit"])
        number, gone = len(shown["rows"]), shown["gone"]["rows"]
        shown["rows"], shown["gone"]["rows"] = shown["rows"][page], gone[page]
        return answer(
            "table.html",
            view,
            year=year,
            key=table,
            shown=shown,
            query=query,
            number=number,
            onward=onward(page.stop if page.stop < max(number, len(gone)) else None),
        )


@pages.page("/reports/<int:year>/charts/<table>.svg")
def chart(year: int, table: str) -> FlaskResponse:
    """The chart of a table, as a picture."""
    query = asked(Known)
    with seen(query) as view:
        if table not in MAKERS or year not in YEARS:
            raise NotFound(f"There is no chart of {table}.")
        document = {"tables": {table: TABLES[table](view, year).as_dict()}}
    drawn = charts_of(document, _language())
    if not drawn:
        raise NotFound(f"Table {table} holds nothing to draw.")
    return FlaskResponse(drawn[0].svg, content_type="image/svg+xml")


@pages.page("/reports/<int:year>/restatements")
def restated(year: int) -> Response:
    """What moved since an edition, figure by figure, with the events that moved it."""
    query = asked(RestatementQuery)
    _is_a_year(year)
    with seen(query) as view:
        since = query["since"]
        found = edition(view, year, since) if since else last_before(view, year, view.position + 1)
        told = restatement(view, year, found, query["after"], query["limit"]) if found else None
        figures = [in_words(one, "old", "new") for one in told["figures"]] if told else []
        return answer(
            "restatements.html",
            view,
            year=year,
            query=query,
            told=told,
            figures=figures,
            issued=editions(view, year),
            onward=onward(told["next"] if told else None),
        )


@pages.page("/reports/<int:year>/files/<suffix>")
def file(year: int, suffix: str) -> FlaskResponse:
    """The report as a file."""
    query = asked(Known)
    return report_in_form(query | {"lang": _language()}, year, _form(suffix))


@pages.page("/reports/<int:year>/editions/<int:number>/files/<suffix>")
def edition_file(year: int, number: int, suffix: str) -> FlaskResponse:
    """An issued edition as a file."""
    return edition_in_form({"lang": _language()}, year, number, _form(suffix))


def _form(suffix: str) -> Form:
    if suffix not in BY_SUFFIX:
        raise NotFound(f"The report is there as {', '.join(BY_SUFFIX)}.")
    return BY_SUFFIX[suffix]


def _language() -> str:
    return visit().said.language


def _is_a_year(year: int) -> None:
    if year not in YEARS:
        raise NotFound(f"Reports are of the years {YEARS.start} to {YEARS.stop - 1}.")


def _shown(view: View, year: int, key: str) -> dict[str, Any]:
    """A table in the reader's language with what its chart shows, what the last edition before printed otherwise, and
    the rows that only that one has."""
    made = TABLES[key](view, year).as_dict()
    before = last_before(view, year, view.position)
    old = TABLES[key](view.at(before.size), year).as_dict() if before else made
    now = {row["key"]: row["cells"] for row in made["rows"]}
    otherwise = translate({**old, "rows": [row for row in old["rows"] if now.get(row["key"]) != row["cells"]]})
    shown = translate(made)
    return {
        **shown,
        "chart": MAKERS[key](shown, words(_language())) if key in MAKERS else None,
        "since": before,
        "changed": _changed(shown, otherwise, {row["key"] for row in old["rows"]}),
        "gone": {**otherwise, "rows": [row for row in otherwise["rows"] if row["key"] not in now]},
    }


def _changed(shown: dict[str, Any], otherwise: dict[str, Any], printed: set[str]) -> dict[str, str]:
    """By figure that says something else now, what was printed; empty where nothing was."""
    moved = {row["key"]: row["cells"] for row in otherwise["rows"]}
    return {
        f"{shown['key']}/{row['key']}/{column['key']}": was
        for row in shown["rows"]
        if row["key"] in moved or row["key"] not in printed
        for column in shown["columns"]
        if (was := moved.get(row["key"], {}).get(column["key"], "")) != row["cells"].get(column["key"], "")
    }


TITLES = {
    "T1": "Derivation of the two funding lines",
    "T2": "Sources and uses of funds",
    "T3": "Commitment and disbursement",
    "T4": "Approvals by region",
    "T5": "National and regional projects",
    "T6": "Approvals by area of work",
    "T6-activities": "Approvals by activity of the strategy",
    "T7": "Projects by Member State",
    "T8": "Projects",
    "T9": "Pipeline",
    "T9-rules": "Refused decisions by rule",
    "T10": "Projects ended, balances recovered",
    "T11": "Eligibility and outstanding contributions at 31 December",
    "T12": "Direct voluntary contributions",
    "T13": "Series since 2007",
    "T14": "Exceptions, overrides, corrections, adjustments, overdue duties",
    "T15": "Reconciliation",
    "T15-sources": "Control totals of the source systems",
    "T16": "Sources and application of Discretionary Income",
    "T17": "Actual against budgeted Discretionary Income",
}
"""Titles of the tables, for a front page that does not make them all; a test holds them against the tables."""
