"""Who is asking: bearer tokens in, a subject and roles out; the tokens of development and of small installations.

Tokens are JWTs with `sub`, `roles`, `iss`, `aud`, `exp`. In mode `dev` they are signed with a secret kept in
FUND_HOME/keys; in mode `oidc` by an identity provider (or `ledger token`) whose public keys are a JSON Web Key Set.
"""

import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from shared.contract.problems import Unauthenticated
from shared.contract.roles import ROLES
from shared.key_sets import key_finder
from shared.private import replace_file, write_once

DEV_ISSUER = "fund1035-dev"
DEV_AUDIENCE = "fund1035"
DEV_HOURS_MAX = 12
PUBLIC_KEY_ALGORITHMS = ("EdDSA", "ES256", "ES384", "RS256", "PS256")
CACHE_SECONDS = 60
CACHE_TOKENS_MAX = 4096
TOKEN_CHARS_MAX = 16_384
LEEWAY_SECONDS = 30
UNSOUND = (jwt.PyJWTError, ValueError, TypeError, RecursionError, OverflowError)
"""What reading a token that does not hold may raise."""
_SUBJECT = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token speaks for: an opaque subject and the roles it may act in."""

    subject: str
    roles: frozenset[str]


class TokenChecker:
    """Checks `Authorization` headers; a token that held is trusted again for up to a minute."""

    def __init__(self, key_of: Callable[[str], Any], algorithms: Iterable[str], issuer: str, audience: str) -> None:
        self._key_of = key_of
        self._algorithms = list(algorithms)
        self._issuer = issuer
        self._audience = audience
        self._known: dict[bytes, tuple[Identity, float]] = {}
        self._lock = Lock()

    def check(self, authorization: str | None) -> Identity:
        """The identity of a `Bearer` header; Unauthenticated (401) when missing, malformed, expired or not ours."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("Send a token in the header Authorization: Bearer …")
        if len(token) > TOKEN_CHARS_MAX:
            raise Unauthenticated(f"The token does not hold: it is longer than {TOKEN_CHARS_MAX} characters.")
        mark = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
        known = self._known.get(mark)
        if known and time.time() < known[1]:
            return known[0]
        identity, expires_at = self._verify(token.strip())
        with self._lock:
            if len(self._known) >= CACHE_TOKENS_MAX:
                self._known.clear()
            self._known[mark] = (identity, min(expires_at, time.time() + CACHE_SECONDS))
        return identity

    def _verify(self, token: str) -> tuple[Identity, float]:
        try:
            claims = claims_of(token, self._key_of(token), self._algorithms, self._issuer, self._audience)
        except UNSOUND as error:
            raise Unauthenticated(f"The token does not hold: {_cause(error)}.") from error
        return _identity(claims), float(claims["exp"])


def claims_of(token: str, key: Any, algorithms: Iterable[str], issuer: str, audience: str) -> dict[str, Any]:
    """What a token says, once its signature, issuer, audience and times hold; one of UNSOUND otherwise.

    The clock of whoever issued it may be ahead of ours by LEEWAY_SECONDS; its end is its end.
    """
    claims: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=list(algorithms),
        issuer=issuer,
        audience=audience,
        leeway=LEEWAY_SECONDS,
        options={"require": ["exp", "iss", "aud", "sub"]},
    )
    if float(claims["exp"]) <= time.time():
        raise jwt.ExpiredSignatureError
    return claims


def _cause(error: Exception) -> str:
    if isinstance(error, jwt.ExpiredSignatureError):
        return "it has expired"
    if isinstance(error, jwt.InvalidIssuerError | jwt.InvalidAudienceError):
        return "it was issued by or for somebody else"
    if isinstance(error, jwt.ImmatureSignatureError):
        return "it is of a later time than this machine's clock"
    if isinstance(error, jwt.MissingRequiredClaimError):
        return f"it has no claim {error.claim}"
    return "its signature or form is wrong"


def _identity(claims: dict[str, Any]) -> Identity:
    subject, roles = claims["sub"], claims.get("roles")
    if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
        raise Unauthenticated("The token does not hold: its sub is not 1 to 255 printable ASCII characters.")
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise Unauthenticated("The token does not hold: its claim roles is not a list of names.")
    return Identity(subject, frozenset(roles) & frozenset(ROLES))


def token_checker(
    auth_mode: str,
    *,
    fund_home: Path,
    issuer: str | None = None,
    audience: str | None = None,
    jwks_url: str | None = None,
) -> TokenChecker:
    """The checker of a mode: `dev` (its key is made on first use) or `oidc` (all three arguments needed)."""
    if auth_mode == "dev":
        key = dev_key(fund_home)
        return TokenChecker(lambda _token: key, ["HS256"], DEV_ISSUER, DEV_AUDIENCE)
    if auth_mode != "oidc" or not (issuer and audience and jwks_url):
        raise ValueError("AUTH_MODE is dev, or oidc with OIDC_ISSUER, OIDC_AUDIENCE and OIDC_JWKS_URL")
    return TokenChecker(key_finder(jwks_url), PUBLIC_KEY_ALGORITHMS, issuer, audience)


def dev_key(fund_home: Path) -> str:
    """The secret of development tokens in FUND_HOME/keys, made on first use; both services share it."""
    path = fund_home / "keys" / "dev-token.key"
    write_once(path, secrets.token_hex(32).encode() + b"\n")
    return path.read_text(encoding="ascii").strip()


def check_subject(subject: str) -> str:
    """The subject itself; ValueError unless 1 to 255 printable ASCII characters without spaces."""
    if not _SUBJECT.fullmatch(subject):
        raise ValueError("a subject is 1 to 255 printable ASCII characters without spaces")
    return subject


def _claims(roles: str | Iterable[str], subject: str, hours: float, issuer: str, audience: str) -> dict[str, Any]:
    names = [roles] if isinstance(roles, str) else list(roles)
    if unknown := [name for name in names if name not in ROLES]:
        raise ValueError(f"there is no role {unknown[0]}; roles are {', '.join(ROLES)}")
    now = int(time.time())
    times = {"iat": now, "exp": now + int(hours * 3600), "jti": secrets.token_hex(8)}
    return {"sub": check_subject(subject), "roles": names, "iss": issuer, "aud": audience, **times}


def mint_dev_token(fund_home: Path, role: str | Iterable[str], subject: str, hours: float = DEV_HOURS_MAX) -> str:
    """A token for AUTH_MODE=dev, good for at most 12 hours; ValueError for an unknown role."""
    claims = _claims(role, subject, min(hours, DEV_HOURS_MAX), DEV_ISSUER, DEV_AUDIENCE)
    return jwt.encode(claims, dev_key(fund_home), algorithm="HS256")


def make_token_key(fund_home: Path) -> Path:
    """An Ed25519 key to sign tokens with, where there is no identity provider; returns the public key set's path."""
    secret_path, public_path = _token_paths(fund_home)
    write_once(secret_path, _pem(Ed25519PrivateKey.generate()))
    if write_once(public_path, _key_set([_jwk(_token_key(secret_path))])):
        public_path.chmod(0o644)
    return public_path


def renew_token_key(fund_home: Path) -> Path:
    """Sign tokens with a new key from now on. Tokens of the key before hold on, those of older ones do not."""
    secret_path, public_path = _token_paths(fund_home)
    make_token_key(fund_home)
    fresh, before = Ed25519PrivateKey.generate(), _token_key(secret_path)
    replace_file(public_path, _key_set([_jwk(fresh), _jwk(before)]), 0o644)  # first: no token comes before its key
    replace_file(secret_path, _pem(fresh), 0o600)
    return public_path


def _token_paths(fund_home: Path) -> tuple[Path, Path]:
    return fund_home / "keys" / "token.key", fund_home / "keys" / "token.jwks.json"


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _jwk(key: Ed25519PrivateKey) -> dict[str, Any]:
    public = key.public_key()
    jwk: dict[str, Any] = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(public))
    return jwk | {"kid": _kid(public.public_bytes_raw()), "alg": "EdDSA", "use": "sig"}


def _key_set(keys: list[dict[str, Any]]) -> bytes:
    return json.dumps({"keys": keys}, indent=2).encode() + b"\n"


def mint_token(
    fund_home: Path, roles: str | Iterable[str], subject: str, hours: float, issuer: str, audience: str
) -> str:
    """A token signed with the key of `make_token_key`; FileNotFoundError when there is none."""
    key = _token_key(fund_home / "keys" / "token.key")
    headers = {"kid": _kid(key.public_key().public_bytes_raw())}
    return jwt.encode(_claims(roles, subject, hours, issuer, audience), key, algorithm="EdDSA", headers=headers)


def _token_key(path: Path) -> Ed25519PrivateKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} holds no Ed25519 key")
    return key


def _kid(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]
