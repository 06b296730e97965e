"""What surrounds every exchange: request id, access, Accept, then the body read whole, headers, one log line.

Flask's `request` and `g` are looked up anew each time that they are named; here, where every request comes by, each is
looked up once.
"""

import re
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog
from flask import Flask, Response, g
from flask.globals import app_ctx, request_ctx

from ledger_service.api.ledger import ledger
from ledger_service.api.permissions import admit, identify
from shared.bodies import Bodies
from shared.contract.problems import NotAcceptable
from shared.pages.policy import CONTENT_SECURITY_POLICY
from shared.quoting import quoted, quoted_method

log = structlog.get_logger("http")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
PRODUCES = {
    "/v1/events/<int:position>/proof": "text/plain",
    "/checkpoint": "text/plain",
    "/tile/<path:path>": "application/octet-stream",
    "/metrics": "text/plain",
    "/docs": "text/html",
}
"""What a route answers with; the rest is JSON."""
FOR_PEOPLE = frozenset({"pages", "pages-door"})
"""Blueprints that have an entrance of their own."""
HEADERS = [
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("Cache-Control", "no-store"),
]


def register(app: Flask, bodies: Bodies) -> None:
    """Put the surroundings around every request of the application."""

    def read_body() -> None:
        """Only of those who were let in: nobody else can have a thread wait for them."""
        request = request_ctx.request
        if request.method == "POST" and request.url_rule is not None and request.blueprint not in FOR_PEOPLE:
            g.body = bodies.read(request.environ)

    app.before_request(_begin)
    app.before_request(_admit)
    app.before_request(read_body)
    app.after_request(_end)
    app.wsgi_app = _with_headers(app.wsgi_app)  # type: ignore[method-assign, assignment]


def _with_headers(application: WSGIApplication) -> WSGIApplication:
    """The same application; every answer of it carries HEADERS, unless it says otherwise itself."""

    def surrounded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Callable[[bytes], object]:
            given = {name.lower() for name, _ in headers}
            return start_response(status, headers + [one for one in HEADERS if one[0].lower() not in given], *more)

        return application(environ, start)

    return surrounded


def _begin() -> None:
    given, kept = request_ctx.request.headers.get("X-Request-Id", ""), app_ctx.g
    kept.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=kept.request_id)
    kept.started = time.perf_counter()
    kept.identity = None


def _admit() -> None:
    """Turn away whoever may not, and whoever does not want what the route has."""
    request = request_ctx.request
    if request.url_rule is None or request.blueprint in FOR_PEOPLE:
        return
    identity = g.identity = identify(ledger(), request)
    if identity is not None:
        admit(identity, request)
    if request.endpoint == "static":
        return
    media_type = PRODUCES.get(request.url_rule.rule, "application/json")
    accepted = request.environ.get("HTTP_ACCEPT", "*/*")
    if accepted != "*/*" and request.accept_mimetypes and not request.accept_mimetypes.best_match([media_type]):
        raise NotAcceptable(f"This address answers with {media_type}.")


def _end(response: Response) -> Response:
    request, kept = request_ctx.request, app_ctx.g
    seconds = time.perf_counter() - kept.get("started", time.perf_counter())
    rule = request.url_rule.rule if request.url_rule else "none"
    response.headers.add("X-Request-Id", kept.get("request_id", ""))
    identity, method = kept.get("identity"), quoted_method(request.method)
    told = quoted(method, request.path, response.status_code, identity.subject if identity else None)
    if response.status_code in (401, 403):
        log.warning("access refused", route=rule, reason=kept.get("refused"), **told)
    log.info("answered", ms=round(seconds * 1000, 2), position=kept.get("position"), **told)
    ledger().metrics.answered(method, rule, response.status_code, seconds)
    return response
