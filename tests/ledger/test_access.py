"""Tokens: who is let in, and every way not to be."""

import json
import time

import jwt
import pytest
import time_machine
from click.testing import CliRunner

from ledger_service.cli import main
from shared.access import (
    DEV_AUDIENCE,
    DEV_ISSUER,
    Identity,
    dev_key,
    make_token_key,
    mint_dev_token,
    mint_token,
    token_checker,
)
from shared.contract.problems import Unauthenticated

ISSUER, AUDIENCE = "https://issuer.example", "fund1035"


@pytest.fixture
def dev(tmp_path):
    return token_checker("dev", fund_home=tmp_path)


@pytest.fixture
def oidc(tmp_path):
    url = f"file://{make_token_key(tmp_path)}"
    return token_checker("oidc", fund_home=tmp_path, issuer=ISSUER, audience=AUDIENCE, jwks_url=url)


def dev_token(tmp_path, **changes):
    now = int(time.time())
    claims = {"sub": "s", "roles": ["finance"], "iss": DEV_ISSUER, "aud": DEV_AUDIENCE, "exp": now + 60, "iat": now}
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode(claims, dev_key(tmp_path), algorithm="HS256")


def test_a_development_token_names_subject_and_roles(dev, tmp_path):
    token = mint_dev_token(tmp_path, ["finance", "auditor"], "gl-1")
    expected = Identity("gl-1", frozenset({"finance", "auditor"}))
    assert dev.check(f"Bearer {token}") == dev.check(f"bearer {token}") == expected


def test_the_development_key_is_private_and_made_once(tmp_path):
    assert dev_key(tmp_path) == dev_key(tmp_path)
    assert (tmp_path / "keys" / "dev-token.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1},
        {"exp": None},
        {"iss": "somebody"},
        {"iss": None},
        {"aud": "somebody"},
        {"aud": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "a b"},
        {"sub": "a\u0000"},
        {"sub": "é"},
        {"sub": "x" * 256},
        {"roles": "finance"},
        {"roles": [1]},
        {"roles": None},
        {"nbf": 4102444800},
    ],
)
def test_a_token_with_a_wrong_claim_does_not_hold(dev, tmp_path, changes):
    with pytest.raises(Unauthenticated):
        dev.check(f"Bearer {dev_token(tmp_path, **changes)}")


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer x", "Bearer a.b.c", "Bearer \udcff"]
)
def test_a_malformed_header_does_not_hold(dev, header):
    with pytest.raises(Unauthenticated):
        dev.check(header)


def test_another_algorithm_or_key_does_not_hold(dev, tmp_path):
    claims = jwt.decode(dev_token(tmp_path), options={"verify_signature": False})
    none = jwt.encode(claims, None, algorithm="none")
    other = jwt.encode(claims, "k" * 64, algorithm="HS256")
    wider = jwt.encode(claims, dev_key(tmp_path), algorithm="HS512")
    for token in (none, other, wider):
        with pytest.raises(Unauthenticated):
            dev.check(f"Bearer {token}")


def test_an_unknown_role_opens_nothing(dev, tmp_path):
    assert dev.check(f"Bearer {dev_token(tmp_path, roles=['root', 'finance'])}").roles == {"finance"}
    assert dev.check(f"Bearer {dev_token(tmp_path, roles=['root'])}").roles == frozenset()


def test_a_known_token_still_expires(dev, tmp_path):
    token = f"Bearer {dev_token(tmp_path, exp=int(time.time()) + 30)}"
    dev.check(token)
    with time_machine.travel(time.time() + 31), pytest.raises(Unauthenticated):
        dev.check(token)


def test_a_key_set_is_read_again_when_it_changes(oidc, tmp_path):
    old = mint_token(tmp_path, "auditor", "a-1", 1, ISSUER, AUDIENCE)
    oidc.check(f"Bearer {old}")
    for name in ("token.key", "token.jwks.json"):
        (tmp_path / "keys" / name).unlink()
    make_token_key(tmp_path)
    new = mint_token(tmp_path, "auditor", "a-2", 1, ISSUER, AUDIENCE)
    assert oidc.check(f"Bearer {new}").subject == "a-2"


def run(tmp_path, *words, **environment):
    return CliRunner().invoke(main, words, env={"FUND_HOME": str(tmp_path), **environment})


def test_the_command_line_makes_keys_and_tokens(tmp_path, dev):
    token = run(tmp_path, "dev-token", "--role", "finance", "--subject", "gl-1").output.strip()
    assert dev.check(f"Bearer {token}") == Identity("gl-1", frozenset({"finance"}))
    url = run(tmp_path, "token-key").output.strip()
    assert url == run(tmp_path, "token-key").output.strip()
    names = {"OIDC_ISSUER": ISSUER, "OIDC_AUDIENCE": AUDIENCE}
    token = json.loads(run(tmp_path, "token", "--role", "auditor", "--subject", "a", "--json", **names).output)["token"]
    checker = token_checker("oidc", fund_home=tmp_path, issuer=ISSUER, audience=AUDIENCE, jwks_url=url)
    assert checker.check(f"Bearer {token}").roles == {"auditor"}
    vkey = run(tmp_path, "vkey").output
    assert vkey == run(tmp_path, "vkey").output
    assert vkey.startswith("ledger.fund1035.example/log+")


@pytest.mark.parametrize(
    "words",
    [
        ("dev-token", "--role", "king", "--subject", "x"),
        ("dev-token", "--role", "finance"),
        ("dev-token", "--role", "finance", "--subject", "a b"),
        ("dev-token", "--role", "finance", "--subject", "a", "--hours", "13"),
        ("token", "--role", "finance", "--subject", "a"),
        ("nobody",),
    ],
)
def test_wrong_usage_ends_with_two(tmp_path, words):
    assert run(tmp_path, *words).exit_code == 2
