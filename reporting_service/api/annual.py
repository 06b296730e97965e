"""Doors to the Council's annual report, in the form and language that are asked for."""

from typing import Any

import structlog
from flask import Response, request

from reporting_service.api.exchange import seen
from reporting_service.api.queries import Known, ReportQuery, Routes
from reporting_service.api.shapes import ReportDocument
from reporting_service.render.forms import FORMS, Form
from reporting_service.render.html import CONTENT_SECURITY_POLICY
from reporting_service.render.pdf import PdfFailed
from reporting_service.render.words import LANGUAGES, words
from reporting_service.reports.annual import LAYOUT, YEARS
from shared.contract.problems import NotAcceptable, NotFound, Unavailable

routes = Routes("reports", __name__, url_prefix="/v1", description="The Council's annual report")
log = structlog.get_logger("reports")

BY_MEDIA_TYPE = {form.media_type: form for form in FORMS.values()}
RETRY_S = 10
BINARY = {"type": "string", "format": "binary"}


@routes.get("/reports/<int:year>")
@routes.query(ReportQuery)
@routes.answers(200, ReportDocument)
def report(query: dict[str, Any], year: int) -> Response:
    """The annual report of a year as known at a position: JSON, or another form where Accept prefers it."""
    media_type = request.accept_mimetypes.best_match(list(BY_MEDIA_TYPE), "application/json")
    if request.accept_mimetypes and not request.accept_mimetypes.quality(media_type):
        raise NotAcceptable(f"The report is there as {', '.join(BY_MEDIA_TYPE)}.")
    answer = _report(query, year, BY_MEDIA_TYPE[media_type])
    answer.vary.add("Accept")
    return answer


@routes.get("/reports/<int:year>.json")
@routes.query(Known)
@routes.answers(200, ReportDocument)
def report_as_json(query: dict[str, Any], year: int) -> Response:
    """The annual report of a year as known at a position, as JSON."""
    return _report(query, year, FORMS["json"])


@routes.get("/reports/<int:year>.html")
@routes.query(Known)
@routes.answers(200, {"type": "string"}, "text/html")
def report_as_html(query: dict[str, Any], year: int) -> Response:
    """The annual report of a year as known at a position, as one page that loads nothing from elsewhere."""
    return _report(query, year, FORMS["html"])


@routes.get("/reports/<int:year>.pdf")
@routes.query(ReportQuery)
@routes.answers(200, BINARY, "application/pdf")
def report_as_pdf(query: dict[str, Any], year: int) -> Response:
    """The annual report as PDF/A-3a and PDF/UA-1, the JSON report attached."""
    return _report(query, year, FORMS["pdf"])


@routes.get("/reports/<int:year>.xlsx")
@routes.query(ReportQuery)
@routes.answers(200, BINARY, FORMS["xlsx"].media_type)
def report_as_workbook(query: dict[str, Any], year: int) -> Response:
    """The annual report as a workbook, a sheet for each table."""
    return _report(query, year, FORMS["xlsx"])


@routes.get("/reports/<int:year>.csv")
@routes.query(ReportQuery)
@routes.answers(200, BINARY, "application/zip")
def report_as_csv(query: dict[str, Any], year: int) -> Response:
    """The annual report as a zip of CSV files with a table schema (Frictionless data package)."""
    return _report(query, year, FORMS["csv"])


@routes.get("/reports/<int:year>.xml")
@routes.query(Known)
@routes.answers(200, {"type": "string"}, "application/xml")
def report_as_iati(query: dict[str, Any], year: int) -> Response:
    """Both lines and the year's projects as IATI 2.03 activities."""
    return _report(query, year, FORMS["iati"])


def _report(query: dict[str, Any], year: int, form: Form) -> Response:
    if year not in YEARS:
        raise NotFound(f"Reports are of the years {YEARS.start} to {YEARS.stop - 1}.")
    language = _language(query)
    with seen(query) as view:
        tag = f"{LAYOUT.replace('/', '-')}.{year}.{view.position}.{form.suffix}.{language}"
        if request.if_none_match.contains(tag):
            return _described(Response(status=304), tag, form, language)
        read = form.read(view, year)
    try:
        content = form.write(read, language)
    except PdfFailed as failed:
        log.error("the PDF was not made", year=year, cause=str(failed))
        raise Unavailable("The PDF could not be made now; the other forms have the same figures.", RETRY_S) from failed
    textual = form.media_type.startswith("text/")
    answer = Response(content, content_type=f"{form.media_type}; charset=utf-8" if textual else form.media_type)
    answer.headers["Content-Disposition"] = f'inline; filename="report-{year}.{form.file_suffix}"'
    return _described(answer, tag, form, language)


def _described(answer: Response, tag: str, form: Form, language: str) -> Response:
    """The answer with what caches and browsers need to know of it."""
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.add("Authorization")
    if form.speaks:
        answer.content_language.add(words(language).shown_language)
        answer.vary.add("Accept-Language")
    if form.suffix == "html":
        answer.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return answer


def _language(query: dict[str, Any]) -> str:
    """The language of `lang`, else the first of Accept-Language that has a catalogue, else English."""
    if asked := query.get("lang"):
        return str(asked)
    wished = (tag.split("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((language for language in wished if language in LANGUAGES and words(language).speaks), "en")
