"""Tokens without an identity provider: made by the ledger's command line, for a time, a subject and known roles."""

import json
import time

import jwt
import pytest
import time_machine
from click.testing import CliRunner

from ledger_service.cli import main
from shared.access import Identity, TokenChecker, token_checker
from shared.contract.problems import Unauthenticated, Unavailable
from shared.contract.roles import ROLES

ISSUER, AUDIENCE = "https://fund.example", "fund1035"
TOLD = {"OIDC_ISSUER": ISSUER, "OIDC_AUDIENCE": AUDIENCE}


def run(home, *words, **settings):
    """What `ledger` answers in an installation."""
    return CliRunner().invoke(main, words, env={"FUND_HOME": str(home), **TOLD, **settings})


def token(home, role="finance", subject="gl-1", *more):
    """A token as the command prints it."""
    made = run(home, "token", "--role", role, "--subject", subject, *more)
    assert made.exit_code == 0, made.output
    return made.output.strip()


@pytest.fixture
def checker(tmp_path) -> TokenChecker:
    """The services' checker of such an installation."""
    url = run(tmp_path, "token-key").output.strip()
    return token_checker("oidc", fund_home=tmp_path, issuer=ISSUER, audience=AUDIENCE, jwks_url=url)


@pytest.mark.parametrize("role", ROLES)
def test_a_token_of_any_role_is_taken(checker, tmp_path, role):
    assert checker.check(f"Bearer {token(tmp_path, role, 's-1')}") == Identity("s-1", frozenset({role}))


def test_a_token_may_have_several_roles(checker, tmp_path):
    made = token(tmp_path, "finance", "s-1", "--role", "auditor")
    assert checker.check(f"Bearer {made}").roles == {"finance", "auditor"}


@pytest.mark.parametrize(
    "words",
    [
        ("--role", "king", "--subject", "s"),
        ("--role", "FINANCE", "--subject", "s"),
        ("--role", "", "--subject", "s"),
        ("--subject", "s"),
        ("--role", "finance"),
        ("--role", "finance", "--subject", ""),
        ("--role", "finance", "--subject", "a b"),
        ("--role", "finance", "--subject", "x" * 256),
        ("--role", "finance", "--subject", "s", "--hours", "0"),
        ("--role", "finance", "--subject", "s", "--hours", "-1"),
        ("--role", "finance", "--subject", "s", "--hours", "9000"),
        ("--role", "finance", "--subject", "s", "--hours", "inf"),
    ],
)
def test_no_token_is_made_for_an_unknown_role_subject_or_time(checker, tmp_path, words):
    made = run(tmp_path, "token", *words)
    assert made.exit_code == 2
    assert "eyJ" not in made.output


def test_a_token_holds_for_its_hours_and_no_longer(checker, tmp_path):
    made = f"Bearer {token(tmp_path, 'finance', 'gl-1', '--hours', '2')}"
    begun = time.time()
    with time_machine.travel(begun + 2 * 3600 - 5):
        assert checker.check(made).subject == "gl-1"
    with time_machine.travel(begun + 2 * 3600 + 5), pytest.raises(Unauthenticated, match="expired"):
        checker.check(made)


def test_a_new_key_signs_from_now_on_and_tokens_of_the_one_before_hold_on(checker, tmp_path):
    first = token(tmp_path)
    checker.check(f"Bearer {first}")
    renewed = run(tmp_path, "token-key", "--renew")
    assert renewed.output == run(tmp_path, "token-key").output
    second = token(tmp_path)
    kids = [jwt.get_unverified_header(one)["kid"] for one in (first, second)]
    assert kids[0] != kids[1]
    published = json.loads((tmp_path / "keys" / "token.jwks.json").read_text())["keys"]
    assert [key["kid"] for key in published] == [kids[1], kids[0]]
    assert not [key for key in published if "d" in key]
    fresh = token_checker("oidc", fund_home=tmp_path, issuer=ISSUER, audience=AUDIENCE, jwks_url=renewed.output.strip())
    for one in (first, second):
        assert checker.check(f"Bearer {one}") == fresh.check(f"Bearer {one}")


def test_a_key_renewed_twice_is_one_whose_tokens_are_refused(checker, tmp_path):
    stolen = token(tmp_path)
    for _ in range(2):
        assert run(tmp_path, "token-key", "--renew").exit_code == 0
    with pytest.raises(Unauthenticated):
        checker.check(f"Bearer {stolen}")
    assert checker.check(f"Bearer {token(tmp_path)}")


def test_a_first_key_may_be_made_by_renewing(tmp_path):
    assert run(tmp_path, "token-key", "--renew").exit_code == 0
    assert token(tmp_path)


def test_while_the_key_set_is_away_nobody_is_let_in_or_called_a_liar(checker, tmp_path):
    made = token(tmp_path)
    path = tmp_path / "keys" / "token.jwks.json"
    path.rename(tmp_path / "away")
    with pytest.raises(Unavailable):
        checker.check(f"Bearer {made}")
    path.write_text("{")
    with pytest.raises(Unavailable):
        checker.check(f"Bearer {made}")
    (tmp_path / "away").rename(path)
    assert checker.check(f"Bearer {made}")


@pytest.mark.parametrize("changed", [{"OIDC_ISSUER": "https://other.example"}, {"OIDC_AUDIENCE": "another"}])
def test_a_token_for_another_installation_is_refused(checker, tmp_path, changed):
    made = run(tmp_path, "token", "--role", "auditor", "--subject", "a", **changed).output.strip()
    with pytest.raises(Unauthenticated, match="somebody else"):
        checker.check(f"Bearer {made}")


def test_a_token_before_its_key_or_without_an_issuer_is_explained(tmp_path):
    words = ("token", "--role", "auditor", "--subject", "a")
    told = run(tmp_path, *words)
    assert (told.exit_code, "ledger token-key" in told.stderr) == (2, True)
    run(tmp_path, "token-key")
    told = run(tmp_path, *words, OIDC_ISSUER="")
    assert (told.exit_code, "OIDC_ISSUER" in told.stderr) == (2, True)
