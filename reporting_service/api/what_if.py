"""The door to what-if: a draft of rules over the whole recorded history; nothing is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response, request

from reporting_service.api.exchange import answer, seen
from reporting_service.api.queries import Known, Routes
from reporting_service.api.reporting import reporting
from reporting_service.api.shapes_of_what_if import WhatIfAnswer, body_schema
from reporting_service.projections.view import View
from reporting_service.render.what_if_chart import what_if_chart
from reporting_service.reports.supposition import DRAFT, Draft
from reporting_service.reports.what_if import TooLong, default_from, faults, what_if
from shared.contract.envelope import check_event
from shared.contract.problems import Malformed, TooManyRequests, Unavailable, UnsupportedMediaType
from shared.contract.strict_json import parse

routes = Routes("what-if", __name__, url_prefix="/v1", description="Draft rules over the recorded history")

MEMBERS = frozenset({"parameters", "citations", "effective_from"})


@routes.post("/what-if")
@routes.takes(body_schema())
@routes.query(Known)
@routes.answers(200, WhatIfAnswer)
def suppose(query: dict[str, Any]) -> Response:
    """Each year's lines as they were and would have been under draft parameters, and the decisions that would differ.

    Allocations are derived anew from every recorded basis, approvals and increases judged again. One at a time; the
    limits stand in the answer. Nothing is written.
    """
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("A draft is application/json.")
    draft = draft_of(parse(reporting().bodies.read(request.environ)))
    with supposed(query, draft) as (view, found):
        return answer(view, found | {"chart": what_if_chart(found["table"])})


@contextmanager
def supposed(query: dict[str, Any], draft: Draft) -> Iterator[tuple[View, dict[str, Any]]]:
    """What would have been under a draft, one at a time; TooManyRequests (429) or Unavailable (503) where it cannot."""
    if not reporting().supposing.acquire(blocking=False):
        raise TooManyRequests("Another what-if is being computed.", 10)
    try:
        with seen(query) as view:
            yield view, what_if(view, draft)
    except TooLong as error:
        raise Unavailable(str(error), 600) from error
    finally:
        reporting().supposing.release()


def draft_of(body: object) -> Draft:
    """The draft in a body; Malformed names every member that cannot be used."""
    if not isinstance(body, dict):
        raise Malformed([{"pointer": "#", "detail": "must be an object with the draft's parameters"}])
    if unknown := sorted(set(body) - MEMBERS):
        raise Malformed([{"pointer": f"#/{name}", "detail": "is not known here"} for name in unknown])
    checked = _checked(body)
    draft = Draft(checked["parameters"], checked["citations"], checked["effective_from"])
    if told := faults(draft):
        raise Malformed([{"pointer": f"#/parameters/{name}", "detail": words} for name, words in told.items()])
    return draft


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    """The draft as the data of a rule set, checked as one would be that is adopted."""
    effective_from = body.get("effective_from", default_from())
    named = body["parameters"] if isinstance(body.get("parameters"), dict) else {}
    given = body.get("citations", {})
    citations = {**dict.fromkeys(named, DRAFT), **given} if isinstance(given, dict) else given
    data = {
        "version": DRAFT,
        "resolution": DRAFT,
        "adopted_on": "2007-06-07",
        "effective_from": effective_from,
        "review_by": None,
        "parameters": body.get("parameters"),
        "citations": citations,
    }
    event = {"specversion": "1.0", "id": DRAFT, "source": DRAFT, "type": "fund1035.rules.adopted.v1", "data": data}
    try:
        checked: dict[str, Any] = check_event(event)["data"]
    except Malformed as error:
        raise Malformed(
            [{**fault, "pointer": fault["pointer"].replace("#/data", "#", 1)} for fault in error.errors]
        ) from error
    if unnamed := sorted(set(checked["citations"]) - set(checked["parameters"])):
        raise Malformed(
            [{"pointer": f"#/citations/{name}", "detail": "cites no parameter of the draft"} for name in unnamed]
        )
    return checked
