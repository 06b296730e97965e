"""How a page is answered: in the reader's language, with what their roles may see, the policy, and the footer."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from werkzeug.wrappers import Request, Response

from shared.contract.events import EVENT_TYPES
from shared.pages.policy import HEADERS
from shared.pages.sessions import Session, Sessions
from shared.words import Words

FOLDER = Path(__file__).resolve().parent
STATIC = FOLDER / "static"
LANGUAGES = {"en": "English", "fr": "Français"}
YEAR_S = 365 * 86_400
TITLES = {kind.short: kind.title for kind in EVENT_TYPES.values()}
"""What each event type is called, by its short name."""
LOCAL_MAX = 2_000
"""Letters of an address to go back to: what a cookie and a query can carry."""
LOCAL = re.compile(r"/(?![/\\])[^\s\\]*")


@dataclass
class Visit:
    """One request for a page: by whom, in which language."""

    request: Request
    session: Session | None
    said: Words
    known: dict[str, Any] = field(default_factory=dict)
    """What the footer tells: position, root, lag."""
    refused: str = ""
    """Why the visitor was turned away, for the log."""

    @property
    def roles(self) -> frozenset[str]:
        """The reader's roles."""
        return self.session.roles if self.session else frozenset()


@dataclass(frozen=True)
class Place:
    """A page that the menu leads to; `text` is a message of the catalogue."""

    path: str
    text: str
    roles: frozenset[str]


@dataclass(frozen=True)
class Plan:
    """What makes one service's pages its own."""

    name: str
    title: str
    folder: Path
    """Holds `templates` and `catalogues`."""
    catalogues: Sequence[Path]
    menu: Sequence[Place]
    searchers: frozenset[str]
    """Who may search; nobody where there is nothing to search."""
    footer: Callable[[], Mapping[str, Any]]
    """Position, root, lag and trouble, as they stand where the page itself has not said them."""


class Site:
    """One service's pages."""

    def __init__(self, plan: Plan, sessions: Sessions) -> None:
        self.plan = plan
        self.sessions = sessions
        folders = (FOLDER / "catalogues", plan.folder / "catalogues", *plan.catalogues)
        self.words: dict[str, Words] = {language: Words(language, *folders) for language in LANGUAGES}
        self._pages = Environment(
            loader=FileSystemLoader([plan.folder / "templates", FOLDER / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages.globals |= {"asset": asset, "languages": LANGUAGES, "titles": TITLES}
        self._pages.filters |= {"breakable": breakable}

    def visit(self, request: Request) -> Visit:
        """Who asks for a page, and in which language."""
        return Visit(request, self.sessions.of(request), self.words[self._language(request)])

    def answer(self, visit: Visit, template: str, /, status: int = 200, **content: Any) -> Response:
        """A page; ends of sessions, languages and forms are looked after."""
        response = Response(status=status, content_type="text/html; charset=utf-8")
        if visit.session is None:
            visit.session = self.sessions.begin(visit.request, response)
        if visit.request.args.get("lang") in LANGUAGES:
            self.sessions.cookie(visit.request, response, "language", visit.said.language, YEAR_S)
        frame = {
            "visit": visit,
            "said": visit.said,
            "plan": self.plan,
            "token": self.sessions.token(visit.session),
            "menu": [place for place in self.plan.menu if not place.roles or place.roles & visit.roles],
            "known": dict(self.plan.footer()) | visit.known,
            "other": {language: self._in(visit.request, language) for language in LANGUAGES},
            "here": self.here(visit.request),
        }
        response.set_data(self._pages.get_template(template).render(frame | content))
        for name, value in HEADERS.items():
            response.headers[name] = value
        response.headers["Cache-Control"] = "private, no-store"
        response.vary.update(("Cookie", "Accept-Language"))
        response.content_language.add(visit.said.language)
        return response

    def here(self, request: Request) -> str:
        """The address of a page within this site, its language left out."""
        kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
        return request.path + (f"?{urlencode(kept)}" if kept else "")

    def _in(self, request: Request, language: str) -> str:
        here = self.here(request)
        return f"{here}{'&' if '?' in here else '?'}lang={language}"

    def _language(self, request: Request) -> str:
        for wished in (request.args.get("lang", ""), self.sessions.value(request, "language")):
            if wished in LANGUAGES:
                return wished
        return str(request.accept_languages.best_match(list(LANGUAGES), "en"))


def local(address: str) -> str:
    """An address of this site to go to next; the front page where it is none."""
    return address if len(address) <= LOCAL_MAX and LOCAL.fullmatch(address) else "/"


@cache
def asset(name: str) -> str:
    """The address of a static file; another content has another address."""
    mark = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/pages/{name}?v={mark}"


def breakable(text: str) -> Markup:
    """A text of one long word, with places where a narrow screen may break it."""
    return Markup("<wbr>").join(escape(part) for part in re.findall(r".{1,8}", str(text)))
