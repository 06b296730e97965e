"""How pages are routed: who may enter, in which language, and what is said when something goes wrong."""

from collections.abc import Callable
from typing import Any, cast

import structlog
from flask import Blueprint, Flask, Response, current_app, g, request, send_from_directory
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as Answer

from ledger_service.api import problems
from ledger_service.api.ledger import ledger_of
from ledger_service.journal.recorders.interface import StoreUnavailable
from ledger_service.web.permissions import PAGES
from ledger_service.web.plan import entrance_of, site_of
from shared.contract.events import EVENT_TYPES, EventType
from shared.contract.problems import Malformed, NotFound, Problem, Unavailable
from shared.contract.problems import MethodNotAllowed as NotAllowed
from shared.pages.entrance import Entrance
from shared.pages.sessions import STRAY
from shared.pages.site import STATIC, Site, Visit

log = structlog.get_logger("pages")
EXTENSION = "fund1035.pages"
SPOKEN = {
    400: "This cannot be understood",
    401: "Please sign in",
    403: "This page is not for your role",
    404: "There is nothing here",
    405: "This address does not take this",
    409: "This was used for something else",
    413: "This is too large",
    415: "This cannot be read here",
    429: "Please wait a moment",
    503: "Not available now",
}
STRAY_FORM = "This form does not hold any more"
BUG = Problem("This is a fault of the service. It has been logged under the request's id.")

pages = Blueprint("pages", __name__)


def register(app: Flask) -> None:
    """Let an application serve the pages, beside its JSON doors."""
    found = ledger_of(app)
    site = site_of(found)
    entrance = entrance_of(found.settings, site)
    app.extensions[EXTENSION] = (site, entrance)
    door = Blueprint("pages-door", __name__)
    for (method, path), answer in entrance.routes().items():
        door.add_url_rule(path, answer.__name__, _door(answer), methods=[method])
    door.add_url_rule("/static/pages/<path:filename>", "static", _static, methods=["GET"])
    for blueprint in (guarded(door), pages):
        app.register_blueprint(blueprint)
    app.register_error_handler(404, _lost)
    app.register_error_handler(405, _lost)


def guarded(blueprint: Blueprint) -> Blueprint:
    """A blueprint with the entrance in front of it, and troubles told as pages."""
    blueprint.before_request(_enter)
    for kind in (Problem, StoreUnavailable, HTTPException, Exception):
        blueprint.register_error_handler(kind, _told)
    return blueprint


def _parts() -> tuple[Site, Entrance]:
    return cast(tuple[Site, Entrance], current_app.extensions[EXTENSION])


def visit() -> Visit:
    """The present request for a page."""
    if "visit" not in g:
        g.visit = _parts()[0].visit(request)
    return cast(Visit, g.visit)


def answer(template: str, status: int = 200, /, **content: Any) -> Answer:
    """A page."""
    return _parts()[0].answer(visit(), template, status, **content)


def posted() -> dict[str, str]:
    """The fields of the form that was sent, once its token was checked."""
    form = _parts()[1].form(visit())
    _parts()[0].sessions.check(request, visit().session, form.pop("token", ""))
    return form


def postable() -> list[EventType]:
    """What the reader may post."""
    return [kind for kind in EVENT_TYPES.values() if kind.roles & visit().roles]


def _door(answer: Callable[[Visit, dict[str, str]], Answer]) -> Callable[[], Answer]:
    def door() -> Answer:
        page = answer(visit(), _parts()[1].form(visit()))
        g.refused = visit().refused
        return page

    return door


def _static(filename: str) -> Response:
    found = send_from_directory(STATIC, filename)
    kept = "max-age=31536000, immutable" if request.args.get("v") else "max-age=3600"
    found.headers["Cache-Control"] = f"public, {kept}"
    return found


def _enter() -> Answer | None:
    """Send whoever is not signed in to do so; refuse whose roles do not allow the page."""
    assert request.url_rule is not None
    roles = PAGES["GET" if request.method == "HEAD" else request.method, request.url_rule.rule]
    session = visit().session
    g.identity = session.identity if session else None
    if not roles or visit().roles & roles:
        return None
    if g.identity is None:
        return _parts()[1].turned_away(visit())
    return forbidden(roles)


def forbidden(roles: frozenset[str]) -> Answer:
    """The page that says which roles may."""
    g.refused = f"This page is for: {', '.join(sorted(roles))}."
    return answer("trouble.html", 403, heading=SPOKEN[403], needed=roles, detail="", errors=[])


def _told(error: Exception) -> Answer:
    """What went wrong, as a page."""
    problem = _problem(error)
    g.refused = problem.detail
    heading = STRAY_FORM if problem is STRAY else SPOKEN.get(problem.status, "Something went wrong")
    errors = problem.errors if isinstance(problem, Malformed) else []
    try:
        page = answer(
            "trouble.html", problem.status, heading=heading, needed=None, detail=problem.detail, errors=errors
        )
    except StoreUnavailable:
        return problems.told(Unavailable("The database does not answer now.", 2))
    page.headers.update({name: value for name, value in problem.headers.items() if name != "WWW-Authenticate"})
    return page


def _lost(error: HTTPException) -> Answer:
    """An unknown address or method: a page for browsers, a problem document for everybody else."""
    wants_page = request.accept_mimetypes.best_match(["application/json", "text/html"], "application/json")
    return _told(error) if wants_page == "text/html" else problems.told(_problem(error))


def _problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, StoreUnavailable):
        return Unavailable("The database does not answer now.", 2)
    if isinstance(error, HTTPException) and error.code == 404:
        return NotFound("There is nothing at this address.")
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(error.valid_methods or ())
        return NotAllowed("This address does not take this method.", headers={"Allow": allowed})
    if isinstance(error, HTTPException) and error.code and error.code < 500:
        return Malformed([], f"{error.name}.")
    log.error("a page failed", exc_info=error)
    return BUG


guarded(pages)
