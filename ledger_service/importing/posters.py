"""Who posts a line: the token whose roles may, by name where the line says who."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import jwt

from shared.contract.events import EventType
from shared.contract.problems import Malformed


class Who(NamedTuple):
    """Who a line says posts it."""

    role: object
    subject: object


class TokenUnusable(Exception):
    """A token file that cannot be read or holds no token."""


@dataclass(frozen=True, slots=True)
class Poster:
    """Whom a token speaks for, the roles it has, and how to get it as it is now: it may have been renewed."""

    token: Callable[[], str]
    subject: str
    roles: frozenset[str]

    def may(self, kind: EventType, who: Who | None) -> bool:
        """Whether it may post a type, and is the one that a line names."""
        roles = self.roles & kind.roles
        named = who is None or (who.subject == self.subject and any(role == who.role for role in roles))
        return named and bool(kind.roles & self.roles)


def poster(file: Path) -> Poster:
    """Whom the token in a file speaks for; the ledger checks the signature, nobody here."""
    try:
        claims = jwt.decode(_token(file), options={"verify_signature": False})
        return Poster(partial(_token, file), str(claims["sub"]), frozenset(map(str, claims["roles"])))
    except (jwt.PyJWTError, KeyError, TypeError) as error:
        raise TokenUnusable(f"{file} holds no token with sub and roles: {error}") from error


def _token(file: Path) -> str:
    try:
        return file.read_text("ascii").strip()
    except (OSError, UnicodeError) as error:
        raise TokenUnusable(f"The token cannot be read: {error}") from error


class Posters:
    """The tokens at hand."""

    def __init__(self, posters: Iterable[Poster]) -> None:
        self._posters = tuple(posters)

    def of(self, kind: EventType, who: Who | None) -> Poster:
        """The one that posts a line; Malformed when there is none, or more than one and the line does not say."""
        found = [poster for poster in self._posters if poster.may(kind, who)]
        if len(found) == 1:
            return found[0]
        roles = ", ".join(sorted(kind.roles)) or "the ledger alone"
        if found:
            detail = f"may be posted by {len(found)} of the tokens: say who, as {{role, subject, event}}"
        elif who is not None:
            detail = f"no token of {who.role} {who.subject} may post it; {kind.short} is recorded by: {roles}"
        else:
            detail = f"no token may post it; {kind.short} is recorded by: {roles}"
        raise Malformed([{"pointer": "type" if who is None else "role", "detail": detail}])
