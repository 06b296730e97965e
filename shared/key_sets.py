"""The public keys that tokens are signed with: a JSON Web Key Set in a file or at an address, each known by its id.

Only the operator says where the set is: what a token's own header says of keys (`jku`, `x5u`, `jwk`) is not looked at.
"""

import json
import time
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Any
from urllib.parse import unquote, urlsplit

import jwt
import structlog

from shared.contract.problems import Unavailable

log = structlog.get_logger("access")
FETCH_SECONDS = 3
SET_BYTES_MAX = 1 << 20
FRESH_SECONDS = 60.0
"""A set is asked for again after this: how long a key that was taken away still counts."""
COOLDOWN_SECONDS = 5.0
"""Between two requests for a set because of an unknown key, and after one that failed."""
STALE_SECONDS_MAX = 86_400.0
"""So long do known keys count while the set cannot be read."""
WAITING_MAX = 8
"""Requests with an unknown key that may wait for the set at once."""
_TROUBLE = "The identity provider's keys cannot be read now."

KeyFinder = Callable[[str], jwt.PyJWK]
"""Gives the key that a token says it was signed with; jwt.InvalidKeyError when there is none, Unavailable (503)."""
Keys = dict[str | None, jwt.PyJWK]


def key_finder(jwks_url: str) -> KeyFinder:
    """Finds keys in a set at an `https:` address (kept for a minute) or in a `file:` (re-read when it changes)."""
    parts = urlsplit(jwks_url)
    if parts.scheme == "https":
        return KeysAtAddress(lambda: fetched(jwks_url))
    if parts.scheme == "file":
        return KeysInFile(Path(unquote(parts.netloc + parts.path)))
    raise ValueError("OIDC_JWKS_URL begins with https: or file:")


def _kid(token: str) -> str | None:
    kid: str | None = jwt.get_unverified_header(token).get("kid")
    return kid


def _by_id(key_set: bytes) -> Keys:
    """The signing keys of a set that we can use, maybe none; ValueError when it is no set. The only one needs no id."""
    try:
        found = json.loads(key_set)["keys"]
        usable = [key for key in map(_usable, found) if key is not None]
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise ValueError("this is no key set") from error
    keys: Keys = {key.key_id: key for key in usable}
    if len(usable) == 1:
        keys[None] = usable[0]
    return keys


def _usable(member: Any) -> jwt.PyJWK | None:
    if not isinstance(member, dict):
        raise TypeError("a key is an object")
    try:
        key = jwt.PyJWK.from_dict(member)
    except (jwt.PyJWTError, NotImplementedError):  # the latter for `none`, which is no key's
        return None
    return key if key.public_key_use in ("sig", None) else None


class KeysInFile:
    """A key set in a file, read again when its time or size changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._keys: Keys = {}

    def __call__(self, token: str) -> jwt.PyJWK:
        """The key of a token."""
        key = self._read().get(_kid(token))
        if key is None:
            raise jwt.InvalidKeyError("unknown key")
        return key

    def _read(self) -> Keys:
        try:
            status = self._path.stat()
            seen = (status.st_ino, status.st_mtime_ns, status.st_size)
            if seen != self._seen:
                self._keys, self._seen = _by_id(self._path.read_bytes()), seen
        except (OSError, ValueError) as error:
            log.warning("the key set cannot be read", cause=str(error))
            raise Unavailable(_TROUBLE) from error
        return self._keys


class KeysAtAddress:
    """A key set that is fetched: by one request at a time, which never makes one with a known key wait.

    A new key is found by the first token that names it. While the set cannot be read, known keys go on counting.
    """

    def __init__(self, fetch: Callable[[], bytes], clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: Keys = {}
        self._read_at = float("-inf")
        self._tried_at = float("-inf")
        self._searched_at = float("-inf")
        self._failed = False
        self._fetching = Lock()
        self._waiting = BoundedSemaphore(WAITING_MAX)

    def __call__(self, token: str) -> jwt.PyJWK:
        """The key of a token."""
        kid = _kid(token)
        if self._age() > FRESH_SECONDS and self._keys:
            self._renew()
        key = self._keys.get(kid)
        if key is None:
            key = self._searched(kid)
        elif self._age() > STALE_SECONDS_MAX:
            raise Unavailable(_TROUBLE)
        return key

    def _age(self) -> float:
        return self._clock() - self._read_at

    def _renew(self) -> None:
        """Fetch the set, unless another does or has just failed to."""
        if self._fetching.acquire(blocking=False):
            try:
                if self._clock() - self._tried_at > COOLDOWN_SECONDS:
                    self._take()
            finally:
                self._fetching.release()

    def _searched(self, kid: str | None) -> jwt.PyJWK:
        """A key that is not known yet: the set is fetched for it, at most once in a while."""
        if not self._waiting.acquire(blocking=False):
            raise Unavailable(_TROUBLE, 1)
        try:
            with self._fetching:
                if kid not in self._keys and self._may_search():
                    if self._keys:
                        self._searched_at = self._clock()
                    self._take()
        finally:
            self._waiting.release()
        if kid in self._keys:
            return self._keys[kid]
        if self._failed:
            raise Unavailable(_TROUBLE)
        raise jwt.InvalidKeyError("unknown key")

    def _may_search(self) -> bool:
        last = max(self._searched_at, self._tried_at) if self._failed else self._searched_at
        return self._clock() - last > COOLDOWN_SECONDS

    def _take(self) -> None:
        self._tried_at = self._clock()
        try:
            self._keys = _by_id(self._fetch())
        except (OSError, ValueError) as error:
            self._failed = True
            log.warning("the key set cannot be read", cause=str(error))
        else:
            self._failed, self._read_at = False, self._clock()


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """An answer that leads elsewhere is no key set."""

    def redirect_request(self, *_: Any) -> None:
        """Nowhere."""


def fetched(address: str) -> bytes:
    """What an `https:` address answers, its certificate checked (SSL_CERT_FILE names an own authority); OSError."""
    opener = urllib.request.build_opener(_NoRedirects())
    try:
        with opener.open(address, timeout=FETCH_SECONDS) as answer:
            body: bytes = answer.read(SET_BYTES_MAX + 1)
    except HTTPException as error:
        raise OSError(f"{type(error).__name__} {error}") from error
    if len(body) > SET_BYTES_MAX:
        raise OSError(f"the key set is larger than {SET_BYTES_MAX} bytes")
    return body
