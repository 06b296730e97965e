"""Operations: is it alive, is it ready, what does it measure, what can it be asked."""

from pathlib import Path
from threading import BoundedSemaphore

import orjson
from flask import Response, current_app

from ledger_service.api.ledger import answer, ledger
from ledger_service.api.openapi import description
from ledger_service.api.queries import Routes
from ledger_service.journal.questions import READY
from shared.contract.problems import Unavailable

STATIC = Path(__file__).resolve().parent.parent / "static"

PROBE_SECONDS = 2.0
PROBES = BoundedSemaphore(4)
"""So many may wait for the writer at once without a token."""

routes = Routes("operations", __name__, description="Operations")


@routes.get("/livez")
@routes.answers(200, {"type": "object"})
def livez() -> Response:
    """The process answers."""
    return answer({"status": "ok"})


@routes.get("/readyz")
@routes.answers(200, {"type": "object"})
def readyz() -> Response:
    """The journal can be read and takes events; 503 with the cause otherwise."""
    journal = ledger().journal
    if journal.stopped is not None:
        raise Unavailable(f"The ledger takes nothing: {journal.stopped}", 60)
    if not PROBES.acquire(blocking=False):
        raise Unavailable("Others are asking the same.", 1)
    try:
        said = orjson.loads(journal.ask(READY, seconds=PROBE_SECONDS))
    finally:
        PROBES.release()
    return answer({"status": "ok", "origin": ledger().settings.origin, **said})


@routes.get("/metrics")
@routes.answers(200, {"type": "string"}, "text/plain")
def metrics() -> Response:
    """Counters and timings in the Prometheus text format."""
    return answer(ledger().metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


@routes.get("/openapi.json")
@routes.answers(200, {"type": "object"})
def openapi() -> Response:
    """This description, as OpenAPI 3.1."""
    return answer(description(current_app._get_current_object()))  # type: ignore[attr-defined]


@routes.get("/docs")
@routes.answers(200, {"type": "string"}, "text/html")
def docs() -> Response:
    """The description for people: Swagger UI, served from here."""
    return answer((STATIC / "docs.html").read_bytes(), media_type="text/html; charset=utf-8")
