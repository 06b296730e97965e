"""Doors to what was issued to the Council, and to what moved since."""

from typing import Any

from flask import Response, g

from reporting_service.api.annual import DIGEST
from reporting_service.api.exchange import answer, is_known, seen, tagged
from reporting_service.api.forms import (
    BINARY,
    accepted_form,
    answered,
    described,
    form_of_suffix,
    language_of,
    rendered,
)
from reporting_service.api.queries import Known, LanguageQuery, RestatementQuery, Routes
from reporting_service.api.reporting import reporting
from reporting_service.api.shapes import ReportDocument
from reporting_service.api.shapes_of_reports import EditionsAnswer, RestatementAnswer
from reporting_service.projections.kept_forms import keep, kept
from reporting_service.projections.view import View
from reporting_service.render.forms import FORMS, Form
from reporting_service.reports.editions import (
    Edition,
    digest_of,
    edition,
    edition_bytes,
    editions,
    last_before,
    report_of,
)
from reporting_service.reports.editions import described as edition_described
from reporting_service.reports.restatement import marks, restatement
from shared.contract.problems import NotFound

routes = Routes("editions", __name__, url_prefix="/v1", description="Issued editions of the annual report")


@routes.get("/reports/<int:year>/editions")
@routes.query(Known)
@routes.answers(200, EditionsAnswer)
def issued_editions(query: dict[str, Any], year: int) -> Response:
    """The editions of a year's report, each computed anew: does its digest still agree with the one issued?"""
    with seen(query) as view:

        def made() -> Response:
            found = [edition_described(view, one) for one in editions(view, year)]
            return answer(view, {"year": year, "editions": found})

        return tagged(view, made)


@routes.get("/reports/<int:year>/editions/<int:number>")
@routes.query(LanguageQuery)
@routes.answers(200, ReportDocument)
def issuededition_in_form(query: dict[str, Any], year: int, number: int) -> Response:
    """An edition as it was issued: the same bytes for ever, in JSON or the form that Accept prefers."""
    found = edition_in_form(query, year, number, accepted_form())
    found.vary.add("Accept")
    return found


@routes.get("/reports/<int:year>/editions/<int:number>.<suffix>")
@routes.query(LanguageQuery)
@routes.answers(200, BINARY, "application/octet-stream")
def issued_edition_in_form(query: dict[str, Any], year: int, number: int, suffix: str) -> Response:
    """An edition as .json, .html, .pdf, .xlsx, .csv or .xml (IATI).

    The JSON is computed anew from the log each time; every other form is kept as it was first rendered.
    """
    return edition_in_form(query, year, number, form_of_suffix(suffix))


@routes.get("/reports/<int:year>/restatements")
@routes.query(RestatementQuery)
@routes.answers(200, RestatementAnswer)
def restatements(query: dict[str, Any], year: int) -> Response:
    """Every figure that moved since an edition (`since`, by default the last), and the events that moved it, with why.

    The events' contributions add up to the difference. `late_facts` came after the edition, name the closed year and
    are booked in a later one. An event `recorded_before` the edition counts now, or no longer, because of later ones.
    """
    with seen(query) as view:
        since = query["since"]
        found = edition(view, year, since) if since else last_before(view, year, view.position + 1)
        if found is None:
            raise NotFound(f"The report of {year} has no edition{f' {since}' if since else ''} yet.")
        return tagged(view, lambda: answer(view, restatement(view, year, found, query["after"], query["limit"])))


def edition_in_form(query: dict[str, Any], year: int, number: int, form: Form) -> Response:
    """An issued edition in a form; NotFound (404) where it was not issued."""
    language = language_of(query) if form.speaks else "en"
    with seen({}) as view:
        found = edition(view, year, number)
        if found is None:
            raise NotFound(f"The report of {year} has no edition {number} at position {view.position}.")
        g.position = found.size
        tag = f"edition.{found.issued}.{form.suffix}.{language}"
        if is_known(tag):
            return described(Response(status=304), tag, form, language)
        if form is FORMS["json"]:
            return described(_recomputed(view, found), tag, form, language)
        content = kept(view.connection, found.issued, form.suffix, language)
        read = _read(view, found, form) if content is None else None
    if content is None:
        content = rendered(form, read, language, year)
        content = keep(reporting().store.engine, found.issued, form.suffix, language, content)
    response = answered(content, form, f"report-{year}-edition-{number}")
    response.headers[DIGEST] = found.digest
    return described(response, tag, form, language)


def _recomputed(view: View, found: Edition) -> Response:
    """The edition's JSON, made from the log again, with the digest that it has now."""
    report = report_of(view, found)
    response = answered(edition_bytes(report), FORMS["json"], f"report-{found.year}-edition-{found.number}")
    response.headers[DIGEST] = digest_of(report)
    return response


def _read(view: View, found: Edition, form: Form) -> Any:
    """What the form shows; the page marks what changed since the edition before."""
    read = form.read(view.at(found.size), found.year)
    if not isinstance(read, dict):
        return read
    read["edition"] = found.number
    before = edition(view, found.year, found.number - 1)
    if form.suffix == "html" and before is not None and before.size < found.size:
        read["changed"] = marks(view.at(found.size), found.year, before.size)
    return read
