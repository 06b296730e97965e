"""Doors to the Council's annual report, in the form and language that are asked for."""

from typing import Any

from flask import Response

from reporting_service.api.exchange import is_known, seen, software
from reporting_service.api.forms import BINARY, accepted_form, answered, described, language_of, rendered
from reporting_service.api.queries import Known, ReportQuery, Routes
from reporting_service.api.shapes import ReportDocument
from reporting_service.render.forms import FORMS, Form
from reporting_service.reports.annual import LAYOUT, YEARS
from reporting_service.reports.editions import digest_of, last_before
from reporting_service.reports.restatement import marks
from shared.contract.problems import NotFound

routes = Routes("reports", __name__, url_prefix="/v1", description="The Council's annual report")

DIGEST = "Fund-Report-Digest"
"""SHA-256 of the report's RFC 8785 JSON without `edition`: what `report.issued` freezes."""


@routes.get("/reports/<int:year>")
@routes.query(ReportQuery)
@routes.answers(200, ReportDocument)
def report(query: dict[str, Any], year: int) -> Response:
    """The annual report of a year as known at a position: JSON, or another form where Accept prefers it.

    The header `Fund-Report-Digest` is what `report.issued` needs to freeze it as an edition.
    """
    answer = report_in_form(query, year, accepted_form())
    answer.vary.add("Accept")
    return answer


@routes.get("/reports/<int:year>.json")
@routes.query(Known)
@routes.answers(200, ReportDocument)
def report_as_json(query: dict[str, Any], year: int) -> Response:
    """The annual report of a year as known at a position, as JSON."""
    return report_in_form(query, year, FORMS["json"])


@routes.get("/reports/<int:year>.html")
@routes.query(ReportQuery)
@routes.answers(200, {"type": "string"}, "text/html")
def report_as_html(query: dict[str, Any], year: int) -> Response:
    """The annual report of a year as known at a position, as one page that loads nothing from elsewhere."""
    return report_in_form(query, year, FORMS["html"])


@routes.get("/reports/<int:year>.pdf")
@routes.query(ReportQuery)
@routes.answers(200, BINARY, "application/pdf")
def report_as_pdf(query: dict[str, Any], year: int) -> Response:
    """The annual report as PDF/A-3a and PDF/UA-1, the JSON report attached."""
    return report_in_form(query, year, FORMS["pdf"])


@routes.get("/reports/<int:year>.xlsx")
@routes.query(ReportQuery)
@routes.answers(200, BINARY, FORMS["xlsx"].media_type)
def report_as_workbook(query: dict[str, Any], year: int) -> Response:
    """The annual report as a workbook, a sheet for each table."""
    return report_in_form(query, year, FORMS["xlsx"])


@routes.get("/reports/<int:year>.csv")
@routes.query(ReportQuery)
@routes.answers(200, BINARY, "application/zip")
def report_as_csv(query: dict[str, Any], year: int) -> Response:
    """The annual report as a zip of CSV files with a table schema (Frictionless data package)."""
    return report_in_form(query, year, FORMS["csv"])


@routes.get("/reports/<int:year>.xml")
@routes.query(Known)
@routes.answers(200, {"type": "string"}, "application/xml")
def report_as_iati(query: dict[str, Any], year: int) -> Response:
    """Both lines and the year's projects as IATI 2.03 activities."""
    return report_in_form(query, year, FORMS["iati"])


def report_in_form(query: dict[str, Any], year: int, form: Form) -> Response:
    """The report of a year in a form; NotFound (404) for a year that has none."""
    if year not in YEARS:
        raise NotFound(f"Reports are of the years {YEARS.start} to {YEARS.stop - 1}.")
    language = language_of(query)
    with seen(query) as view:
        tag = f"{LAYOUT.replace('/', '-')}.{year}.{view.position}.{form.suffix}.{language}.{software()}"
        if is_known(tag):
            return described(Response(status=304), tag, form, language)
        read = form.read(view, year)
        digest = digest_of(read) if isinstance(read, dict) else None
        if form.suffix == "html" and (before := last_before(view, year, view.position)):
            read["changed"] = marks(view, year, before.size)
    answer = answered(rendered(form, read, language, year), form, f"report-{year}")
    if digest is not None:
        answer.headers[DIGEST] = digest
    return described(answer, tag, form, language)
