"""For operators: whether the service lives and is ready, its metrics, and the description of its interface."""

from pathlib import Path

from flask import Response, current_app

from reporting_service.api.exchange import answer, json_answer, seen
from reporting_service.api.openapi import description
from reporting_service.api.queries import Routes
from reporting_service.api.reporting import reporting
from reporting_service.api.shapes import Health, Readiness
from shared.contract.problems import Unavailable

STATIC = Path(__file__).resolve().parent.parent / "static"

routes = Routes("operations", __name__, description="For operators")


@routes.get("/livez")
@routes.answers(200, Health)
def livez() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@routes.get("/readyz")
@routes.answers(200, Readiness)
def readyz() -> Response:
    """The log is being followed; 503 when following stopped at a mismatch, or never began."""
    status = reporting().follower.status()
    if status.stopped:
        raise Unavailable(status.stopped, 60)
    if status.checkpoint is None:
        raise Unavailable(f"The ledger has not been heard yet: {status.trouble or 'no answer so far'}.")
    with seen({}) as view:
        return answer(view, {"status": "ready", "lag": status.lag})


@routes.get("/metrics")
@routes.answers(200, {"type": "string"}, "text/plain")
def metrics() -> Response:
    """Answers by route, their times, and how far the log is followed."""
    return Response(reporting().metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


@routes.get("/openapi.json")
@routes.answers(200, {"type": "object"})
def openapi() -> Response:
    """This description, as OpenAPI 3.1."""
    return json_answer(description(current_app._get_current_object()))  # type: ignore[attr-defined]


@routes.get("/docs")
@routes.answers(200, {"type": "string"}, "text/html")
def docs() -> Response:
    """The description for people: Swagger UI, served from here."""
    return Response((STATIC / "docs.html").read_bytes(), content_type="text/html; charset=utf-8")
