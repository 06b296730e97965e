"""What people and machines are recognised by: tokens, key sets, cookies."""

import json
import tempfile
import time
from http.cookies import SimpleCookie
from pathlib import Path
from random import Random
from typing import Any

import jwt
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from shared.access import (
    DEV_AUDIENCE,
    DEV_ISSUER,
    Identity,
    dev_key,
    key_finder,
    make_token_key,
    mint_dev_token,
    mint_token,
    token_checker,
)
from shared.contract.problems import Unauthenticated, Unavailable
from shared.contract.roles import ROLES
from shared.pages.sealing import Seal
from shared.pages.sessions import Sessions
from tests.fuzz.making import altered, text, value
from tests.fuzz.parser import Parser

ISSUER, AUDIENCE = "https://login.example", "fund1035"


def _header(content: bytes) -> str:
    """As a WSGI server hands a header over: a character a byte, on one line."""
    return content.decode("latin-1").replace("\r", " ").replace("\n", " ")


def _token() -> Parser:
    home = Path(tempfile.mkdtemp(prefix="fuzz-keys-"))
    public = make_token_key(home)
    checkers = [
        token_checker("dev", fund_home=home),
        token_checker("oidc", fund_home=home, issuer=ISSUER, audience=AUDIENCE, jwks_url=f"file:{public}"),
    ]

    def read(content: bytes) -> None:
        refused: list[Unauthenticated] = []
        for checker in checkers:
            try:
                _check_identity(checker.check(_header(content)))
            except Unauthenticated as error:
                refused.append(error)
        if len(refused) == len(checkers):
            raise refused[0]

    def grammar(chance: Random) -> bytes:
        times = {"iat": int(time.time()), "exp": int(time.time()) + 600}
        claims = {"sub": "s", "roles": ["finance"], "iss": DEV_ISSUER, "aud": DEV_AUDIENCE, **times}
        said = altered(claims, chance)
        payload = json.dumps(said).encode("utf-8", "surrogatepass")
        headers = {"typ": "JWT", **({"kid": value(chance)} if chance.random() < 0.2 else {})}
        return b"Bearer " + _signed(payload, headers, dev_key(home))

    minted = [mint_dev_token(home, "finance", "s"), mint_token(home, "finance", "s", 1, ISSUER, AUDIENCE)]
    specimens = [f"Bearer {token}".encode() for token in minted]
    return Parser("token", read, (Unauthenticated,), specimens, grammar, 20_000)


def _signed(payload: bytes, headers: dict[str, Any], key: str) -> bytes:
    try:
        return jwt.api_jws.encode(payload, key, "HS256", headers).encode()
    except (TypeError, ValueError, jwt.PyJWTError):  # the library itself would not write such a header
        return jwt.api_jws.encode(payload, key, "HS256").encode()


def _check_identity(identity: Identity) -> None:
    assert 0 < len(identity.subject) <= 255
    assert identity.subject.isascii()
    assert identity.subject.isprintable()
    assert identity.roles <= set(ROLES)


def _key_set() -> Parser:
    home = Path(tempfile.mkdtemp(prefix="fuzz-keys-"))
    genuine = make_token_key(home).read_bytes()
    token = mint_token(home, "finance", "s", 1, ISSUER, AUDIENCE)
    file = home / "tried.json"

    def read(content: bytes) -> None:
        file.write_bytes(content)
        jwks_url = f"file:{file}"
        checker = token_checker("oidc", fund_home=home, issuer=ISSUER, audience=AUDIENCE, jwks_url=jwks_url)
        _check_identity(checker.check(f"Bearer {token}"))
        assert key_finder(jwks_url)(token).key_id in (None, json.loads(genuine)["keys"][0]["kid"])

    more = json.loads(genuine)
    elliptic = {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "e"}
    more["keys"] += [{"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "r"}, elliptic]
    specimens = [genuine, json.dumps(more).encode()]
    return Parser(
        "key-set",
        read,
        (Unauthenticated, Unavailable),
        specimens,
        lambda chance: text(altered(json.loads(chance.choice(specimens)), chance), chance),
    )


def _cookie() -> Parser:
    sessions = Sessions(Seal(b"\x01" * 32, lambda: 1.0), "ledger")
    sealed = _sealed(sessions)

    def read(content: bytes) -> None:
        request = Request(EnvironBuilder("/", environ_base={"HTTP_COOKIE": _header(content)}).get_environ())
        session = sessions.of(request)
        if session is not None:
            assert session.subject == "s", "a session that nobody began"
            assert sessions.token(session)

    specimens = [f"fund-ledger-session={sealed}".encode(), f"a=b; fund-ledger-session={sealed}; c".encode()]
    return Parser("cookie", read, (), specimens)


def _sealed(sessions: Sessions) -> str:
    """The cookie of somebody who signed in."""
    response = Response()
    sessions.begin(Request(EnvironBuilder("/").get_environ()), response, Identity("s", frozenset({"finance"})))
    return SimpleCookie(response.headers["Set-Cookie"])["fund-ledger-session"].value


PARSERS = {"token": _token, "key-set": _key_set, "cookie": _cookie}
