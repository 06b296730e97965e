"""One error shape: whatever goes wrong leaves as a problem document, and never with a stack trace."""

import orjson
import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from ledger_service.journal.recorders.interface import StoreUnavailable
from shared.contract.problems import (
    MEDIA_TYPE,
    PROBLEMS,
    Problem,
    Unavailable,
    problem,
)

log = structlog.get_logger("http")
KINDS = {kind.status: kind for kind in PROBLEMS}
SENTENCES = {
    400: "The request cannot be understood.",
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
}


def register(app: Flask) -> None:
    """Have every kind of failure answered in the one shape."""
    app.register_error_handler(Problem, told)
    app.register_error_handler(StoreUnavailable, _store_unavailable)
    app.register_error_handler(HTTPException, _http_exception)
    app.register_error_handler(Exception, _bug)


def told(refusal: Problem) -> Response:
    """The answer that a refusal makes."""
    g.refused = refusal.detail
    response = _answer(refusal.as_dict(request.path), refusal.status)
    response.headers.update(refusal.headers)
    return response


def _answer(document: dict[str, object], status: int) -> Response:
    return Response(orjson.dumps(document), status, content_type=MEDIA_TYPE)


def _store_unavailable(error: StoreUnavailable) -> Response:
    log.error("the database does not answer", cause=str(error))
    return told(Unavailable("The database does not answer now.", 2))


def _http_exception(error: HTTPException) -> Response:
    """Flask's and werkzeug's own refusals, such as an unknown address."""
    status = error.code or 500
    kind = KINDS.get(status)
    slug, title = (kind.slug, kind.title) if kind else (f"http-{status}", error.name)
    detail = SENTENCES.get(status, f"{error.name}.")
    response = _answer(
        problem(status, title, detail, type_=f"urn:fund1035:problem:{slug}", instance=request.path), status
    )
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _bug(error: Exception) -> Response:
    """A fault of ours: loud in the log, silent about itself outside."""
    log.error("a request failed", exc_info=error)
    return told(Problem("This is a fault of the service. It has been logged under the request's id."))
