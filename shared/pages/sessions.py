"""Sessions of people: a sealed cookie says who they are and until when; every form carries a token of its session."""

import hmac
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import structlog
from werkzeug.wrappers import Request, Response

from shared.access import Identity
from shared.contract.problems import Forbidden
from shared.environment import is_loopback
from shared.pages.sealing import Seal

log = structlog.get_logger("pages")
HOURS = 8
STRAY = Forbidden("This form was not sent from a page of ours, or its session has ended. Go back and try again.")


@dataclass(frozen=True)
class Session:
    """A person's visit; without a subject nobody has signed in yet."""

    id: str
    subject: str = ""
    roles: frozenset[str] = frozenset()

    @property
    def identity(self) -> Identity | None:
        """Who it is, once signed in."""
        return Identity(self.subject, self.roles) if self.subject else None


class Sessions:
    """Begins sessions, finds them again, ends them.

    What was ended stays ended: of people by an empty file named for the session in the folder `ended`, which a restart
    and other processes find; without a folder, and of nobody in particular, as long as this process lives.
    """

    def __init__(self, seal: Seal, name: str, ended: Path | None = None) -> None:
        self.seal = seal
        self._name = name
        self._marks = ended
        self._ended: dict[str, float] = {}
        self._lock = Lock()

    def of(self, request: Request) -> Session | None:
        """The session that a request's cookie names."""
        found = self.open("session", request.cookies.get(self._cookie(request), ""))
        if found is None or self._is_over(found["id"]):
            return None
        return Session(found["id"], found["subject"], frozenset(found["roles"]))

    def begin(self, request: Request, response: Response, identity: Identity | None = None) -> Session:
        """A new session, its cookie put on the response; the one before is over."""
        if before := self.of(request):
            self._over(before)
        made = Session(secrets.token_urlsafe(16))
        if identity:
            made = Session(made.id, identity.subject, identity.roles)
        self.put(request, response, made)
        return made

    def put(self, request: Request, response: Response, session: Session) -> None:
        """Put a session's cookie on the response."""
        content = {"id": session.id, "subject": session.subject, "roles": sorted(session.roles)}
        self.cookie(request, response, "session", self.close("session", content, HOURS * 3600), HOURS * 3600)

    def close(self, purpose: str, content: dict[str, Any], seconds: int) -> str:
        """What this service seals; another one with the same secret does not open it."""
        return self.seal.close(self._purpose(purpose), content, seconds)

    def open(self, purpose: str, sealed: str) -> dict[str, Any] | None:
        """What this service sealed for a purpose; None when it did not, or its time is over."""
        return self.seal.open(self._purpose(purpose), sealed)

    def _purpose(self, purpose: str) -> str:
        return f"{self._name} {purpose}"

    def end(self, request: Request, response: Response) -> None:
        """Sign out."""
        if before := self.of(request):
            self._over(before)
        self.cookie(request, response, "session", "", 0)

    def token(self, session: Session) -> str:
        """What a form carries, so that it is known for one that was shown to this visitor."""
        return self.seal.mark(self._purpose("form"), session.id)

    def check(self, request: Request, session: Session | None, token: str) -> None:
        """Forbidden (403) unless a form came from a page that was shown to this visitor."""
        if not hmac.compare_digest(self.token(self.visited(request, session)).encode(), token.encode()):
            raise STRAY

    @staticmethod
    def visited(request: Request, session: Session | None) -> Session:
        """The visitor's session; Forbidden (403) where there is none that a form can belong to."""
        where = request.headers.get("Sec-Fetch-Site", "same-origin")
        if session is None or where not in ("same-origin", "none"):
            raise STRAY
        return session

    def cookie(
        self, request: Request, response: Response, kind: str, value: str, seconds: int, same_site: str = "Strict"
    ) -> None:
        """Put a cookie on the response: for this host alone, out of reach of scripts; off loopback, encrypted only."""
        response.set_cookie(
            self._cookie(request, kind),
            value,
            max_age=seconds,
            path="/",
            secure=not from_here(request),
            httponly=True,
            samesite=same_site,
        )

    def value(self, request: Request, kind: str) -> str:
        """The value of such a cookie."""
        return request.cookies.get(self._cookie(request, kind), "")

    def _cookie(self, request: Request, kind: str = "session") -> str:
        return f"{'' if from_here(request) else '__Host-'}fund-{self._name}-{kind}"

    def _over(self, session: Session) -> None:
        with self._lock:
            now = self.seal.now()
            self._ended = {id: until for id, until in self._ended.items() if until > now}
            self._ended[session.id] = now + HOURS * 3600
        if self._marks and session.subject:
            try:
                self._marks.mkdir(mode=0o700, parents=True, exist_ok=True)
                (self._marks / session.id).touch()
                for mark in self._marks.iterdir():
                    if mark.stat().st_mtime < time.time() - HOURS * 3600:
                        mark.unlink(missing_ok=True)  # its cookie does not open any more
            except OSError as error:
                log.warning("a session that was ended is kept in memory only", cause=str(error))

    def _is_over(self, id: str) -> bool:
        return id in self._ended or (self._marks is not None and (self._marks / id).exists())


def from_here(request: Request) -> bool:
    """Whether the browser addressed this machine itself."""
    return is_loopback(request.host.rsplit(":", 1)[0].strip("[]"))
