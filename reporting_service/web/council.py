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
from reporting_service.render.words import translated
from reporting_service.reports.annual import TABLES, YEARS
from reporting_service.reports.editions import edition, editions, last_before
from reporting_service.reports.readings import READINGS
from reporting_service.reports.restatement import cells, restatement
from reporting_service.web.facility import known_years
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
            titles={key: TABLES[key](view, year).title for key in TABLES if key in FIRST} | TITLES,
            issued=editions(view.at(view.head), year),
            forms=FORMS,
            charts=MAKERS,
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
        rows = shown["rows"]
        shown["rows"] = rows[query["after"] : query["after"] + query["limit"]]
        more = query["after"] + query["limit"]
        return answer(
            "table.html",
            view,
            year=year,
            key=table,
            shown=shown,
            query=query,
            number=len(rows),
            onward=onward(more if more < len(rows) else None),
            chart=table in MAKERS,
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
        return answer(
            "restatements.html",
            view,
            year=year,
            query=query,
            told=told,
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
    """A table in the reader's language, with what the last edition before printed otherwise."""
    made = TABLES[key](view, year).as_dict()
    before = last_before(view, year, view.position)
    changed: dict[str, str] = {}
    if before is not None:
        old = cells({"tables": {key: TABLES[key](view.at(before.size), year).as_dict()}})
        new = cells({"tables": {key: made}})
        changed = {id: old[id].value if id in old else "" for id, cell in new.items() if not _same(old.get(id), cell)}
    found = translated({"tables": {key: made}}, _language())["tables"][key]
    return {**found, "changed": changed, "since": before.number if before else None}


def _same(old: Any, new: Any) -> bool:
    return old is not None and old.value == new.value


TITLES = {
    "T3": "Commitment and disbursement",
    "T4": "Approvals by region",
    "T5": "National and regional projects",
    "T6": "Approvals by area of work",
    "T6-activities": "Approvals by activity of the strategy",
    "T7": "Approvals by Member State",
    "T8": "Projects",
    "T9": "Pipeline",
    "T9-rules": "Refusals by rule",
    "T10": "Closed projects",
    "T11": "Eligibility and outstanding contributions",
    "T12": "Direct voluntary contributions",
    "T14": "Exceptions, overrides, corrections, adjustments, overdue duties",
    "T15": "Reconciliation",
    "T15-sources": "Control totals of the source systems",
    "T16": "Sources and application of Discretionary Income",
    "T17": "Actual against budgeted income",
}
"""Titles of the tables that the front page names without making them."""
