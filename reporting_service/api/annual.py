"""Doors to the Council's annual report, in the form that is asked for."""

from collections.abc import Callable
from typing import Any

from flask import Response, request

from reporting_service.api.exchange import json_answer, seen
from reporting_service.api.queries import Known, Routes
from reporting_service.api.shapes import ReportDocument
from reporting_service.render.html import CONTENT_SECURITY_POLICY, report_page
from reporting_service.reports.annual import YEARS, annual_report
from shared.contract.problems import NotAcceptable, NotFound

routes = Routes("reports", __name__, url_prefix="/v1", description="The Council's annual report")


def _as_html(document: dict[str, Any]) -> Response:
    headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
    return Response(report_page(document), content_type="text/html; charset=utf-8", headers=headers)


FORMS: dict[str, Callable[[dict[str, Any]], Response]] = {"application/json": json_answer, "text/html": _as_html}


@routes.get("/reports/<int:year>")
@routes.query(Known)
@routes.answers(200, ReportDocument)
def report(query: dict[str, Any], year: int) -> Response:
    """The annual report of a year as known at a position: JSON, or HTML where Accept prefers it."""
    form = request.accept_mimetypes.best_match(list(FORMS), "application/json")
    if request.accept_mimetypes and not request.accept_mimetypes.quality(form):
        raise NotAcceptable(f"The report is there as {' and '.join(FORMS)}.")
    answer = _report(query, year, FORMS[form])
    answer.headers["Vary"] = "Accept"
    return answer


@routes.get("/reports/<int:year>.json")
@routes.query(Known)
@routes.answers(200, ReportDocument)
def report_as_json(query: dict[str, Any], year: int) -> Response:
    """The annual report of a year as known at a position, as JSON."""
    return _report(query, year, json_answer)


@routes.get("/reports/<int:year>.html")
@routes.query(Known)
@routes.answers(200, {"type": "string"}, "text/html")
def report_as_html(query: dict[str, Any], year: int) -> Response:
    """The annual report of a year as known at a position, as one page that loads nothing from elsewhere."""
    return _report(query, year, _as_html)


def _report(query: dict[str, Any], year: int, form: Callable[[dict[str, Any]], Response]) -> Response:
    if year not in YEARS:
        raise NotFound(f"Reports are of the years {YEARS.start} to {YEARS.stop - 1}.")
    with seen(query) as view:
        return form(annual_report(view, year))
