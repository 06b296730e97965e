"""Sign-in by an identity provider: OpenID Connect's authorization code with PKCE, state and nonce."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlencode, urlsplit

from shared.access import PUBLIC_KEY_ALGORITHMS, UNSOUND, Identity, TokenChecker, claims_of
from shared.contract.problems import Unauthenticated, Unavailable
from shared.environment import is_loopback
from shared.key_sets import key_finder

MINUTES = 10
DISCOVERY = "/.well-known/openid-configuration"
ASKED_AT_ONCE = 4
"""Strangers may begin a sign-in: so many requests to the provider at once, each of which holds a thread."""
Fetch = Callable[[str, Mapping[str, str] | None], dict[str, Any]]
"""The JSON object at an address, asked for with GET, or with POST of a form; Unavailable (503) when there is none."""


@dataclass(frozen=True)
class Errand:
    """What a sign-in under way must find again when the person comes back."""

    state: str
    nonce: str
    verifier: str
    to: str

    @classmethod
    def begun(cls, to: str) -> "Errand":
        """A new one, with secrets of its own."""
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), to)

    @property
    def challenge(self) -> str:
        """The verifier's SHA-256, as PKCE (RFC 7636) sends it."""
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


class Provider:
    """An identity provider, known by its issuer; what it says of its addresses is asked once."""

    def __init__(self, issuer: str, audience: str, jwks_url: str, client_id: str, fetch: Fetch) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._fetch = fetch
        self._key_of = key_finder(jwks_url)
        self._access = TokenChecker(self._key_of, PUBLIC_KEY_ALGORITHMS, issuer, audience)
        self._said: dict[str, Any] = {}
        self._asking = BoundedSemaphore(ASKED_AT_ONCE)

    def address(self, errand: Errand, back: str) -> str:
        """Where to send the person."""
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": back,
            "scope": "openid profile",
            "state": errand.state,
            "nonce": errand.nonce,
            "code_challenge": errand.challenge,
            "code_challenge_method": "S256",
        }
        address = self._address("authorization_endpoint")
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    def identity(self, errand: Errand, code: str, back: str) -> Identity:
        """Who came back with a code: the ID token must be theirs, ours and of this errand; Unauthenticated otherwise.

        Roles are those of the ID token; of the access token where the ID token names none.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self._client_id,
            "code_verifier": errand.verifier,
        }
        given = self._ask(self._address("token_endpoint"), form)
        claims = self._claims(str(given.get("id_token", "")))
        if claims.get("nonce") != errand.nonce:
            raise Unauthenticated("The identity provider answered another sign-in.")
        checker = TokenChecker(self._key_of, PUBLIC_KEY_ALGORITHMS, self._issuer, self._client_id)
        if "roles" in claims:
            return checker.check(f"Bearer {given['id_token']}")
        found = self._access.check(f"Bearer {given.get('access_token', '')}")
        if found.subject != claims["sub"]:
            raise Unauthenticated("The identity provider's two tokens are of different subjects.")
        return found

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            return claims_of(token, self._key_of(token), PUBLIC_KEY_ALGORITHMS, self._issuer, self._client_id)
        except UNSOUND as error:
            raise Unauthenticated("The identity provider's token does not hold.") from error

    def _ask(self, address: str, form: Mapping[str, str] | None) -> dict[str, Any]:
        if not self._asking.acquire(blocking=False):
            raise Unavailable("Many people are signing in. Please begin again.", 2)
        try:
            return self._fetch(address, form)
        finally:
            self._asking.release()

    def _address(self, name: str) -> str:
        if not self._said:
            said = self._ask(self._issuer.rstrip("/") + DISCOVERY, None)
            if said.get("issuer") != self._issuer:
                raise Unavailable("The identity provider calls itself by another name than OIDC_ISSUER.")
            self._said = said
        address = str(self._said.get(name, ""))
        parts = urlsplit(address)
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise Unavailable(f"The identity provider's {name} is no https address.")
        return address
