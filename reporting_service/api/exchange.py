"""What surrounds every exchange: request id, access, headers, one log line; and how a view's answer is made."""

import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, request

from reporting_service.api.permissions import admit, identify
from reporting_service.api.queries import Number
from reporting_service.api.reporting import reporting
from reporting_service.projections.view import View
from reporting_service.render.forms import FORMS
from shared.contract.problems import NotAcceptable
from shared.pages.policy import CONTENT_SECURITY_POLICY
from shared.quoting import quoted, quoted_method

log = structlog.get_logger("http")
BODY_BYTES_MAX = 1 << 20
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
OWN_CHOICE = frozenset(
    {
        "/v1/reports/<int:year>",
        "/v1/reports/<int:year>/editions/<int:number>",
        "/v1/reports/<int:year>/editions/<int:number>.<suffix>",
        "/static/<path:filename>",
    }
)
"""Routes that look at Accept themselves, or answer with whatever the file is."""
PRODUCES = {
    "/docs": "text/html",
    "/metrics": "text/plain",
    "/v1/reports/<int:year>/bundle": "application/zip",
    **{f"/v1/reports/<int:year>.{form.suffix}": form.media_type for form in FORMS.values()},
}
"""What a route answers with; the rest is JSON."""
SOURCES = tuple(Path(__file__).resolve().parents[2] / name for name in ("reporting_service", "shared"))
MADE_OF = frozenset({".py", ".html", ".css", ".typ", ".po"})
FOR_PEOPLE = frozenset({"pages", "pages-door"})
"""Blueprints that have an entrance of their own."""
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def register(app: Flask) -> None:
    """Put the surroundings around every request of the application."""
    software()  # now: files replaced under a running service are not yet what makes its answers
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX
    app.url_map.converters["int"] = Number
    app.before_request(_begin)
    app.before_request(_admit)
    app.after_request(_end)


@contextmanager
def seen(query: dict[str, Any]) -> Iterator[View]:
    """The view that a request's filters ask for; its position is named in the answer's headers and in the log."""
    with reporting().store.view(query.get("known_at"), query.get("as_of")) as view:
        g.position, g.verified_position = view.position, view.head
        yield view


def answer(view: View, document: dict[str, Any]) -> Response:
    """A document with the position it holds for, that position's checkpoint, and how far the log is verified."""
    known = {"position": view.position, "checkpoint": view.checkpoint(), "verified_position": view.head}
    return json_answer(document | known)


def tagged(view: View, make: Callable[[], Response]) -> Response:
    """An answer with a tag of address and position, or 304 where the asker has it already."""
    asked = sha256(f"{request.full_path} {request.headers.get('Accept', '')}".encode()).hexdigest()[:16]
    tag = f"{view.position}.{asked}.{software()}"
    response = Response(status=304) if is_known(tag) else make()
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Authorization", "Accept"))
    return response


def is_known(tag: str) -> bool:
    """Whether the asker has what a tag names; If-None-Match compares weakly (RFC 9110, section 13.1.2)."""
    return request.if_none_match.contains_weak(tag)


@cache
def software() -> str:
    """A mark of all that makes answers: after an upgrade nobody is told that what they keep is still the answer."""
    return mark_of(*SOURCES)


def mark_of(*folders: Path) -> str:
    """A mark of the code, templates, styles and catalogues in some folders."""
    found = sha256()
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in MADE_OF):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


def json_answer(document: dict[str, Any]) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(document), content_type="application/json")


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    g.started = time.perf_counter()
    g.identity = None


def _admit() -> None:
    """Turn away whoever may not, and whoever does not want what the route has."""
    if request.url_rule is None or request.blueprint in FOR_PEOPLE:
        return
    g.identity = identify(reporting().checker, request)
    if g.identity is not None:
        admit(g.identity, request)
    rule = request.url_rule.rule
    media_type = PRODUCES.get(rule, "application/json")
    accepted = request.accept_mimetypes
    if rule not in OWN_CHOICE and accepted and not accepted.quality(media_type):
        raise NotAcceptable(f"This address answers with {media_type}.")


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    rule = request.url_rule.rule if request.url_rule else "none"
    status = reporting().follower.status()
    response.headers["X-Request-Id"] = g.get("request_id", "")
    response.headers["Fund-Lag"] = str(status.lag)
    if "position" in g:
        response.headers["Fund-Position"] = str(g.position)
        response.headers["Fund-Verified-Position"] = str(g.verified_position)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if response.status_code == 304:  # what the asker has keeps the policy that it came with
        del response.headers["Content-Security-Policy"]
    response.headers.setdefault("Cache-Control", "no-store")
    identity, method = g.get("identity"), quoted_method(request.method)
    told = quoted(method, request.path, response.status_code, identity.subject if identity else None)
    if response.status_code in (401, 403):
        log.warning("access refused", route=rule, reason=g.get("refused"), **told)
    log.info("answered", ms=round(seconds * 1000, 2), position=g.get("position"), lag=status.lag, **told)
    reporting().metrics.answered(method, rule, response.status_code, seconds)
    return response
