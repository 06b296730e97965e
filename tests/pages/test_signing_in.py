"""Signing in: sessions that only their owner has, forms that only our pages send, an identity provider asked."""

import json
import os
import re
import time
from base64 import urlsafe_b64encode
from urllib.parse import parse_qs, urlsplit

import pytest

from reporting_service.settings import load
from shared.environment import SettingsInvalid
from shared.pages.sealing import Seal
from shared.pages.sessions import HOURS
from shared.pages.site import local
from tests.access.provider import CLIENT, CODE, IdentityProvider, running
from tests.pages.serving import Visitor, ledger_over_nothing, reporting_over_the_sample, words_of


def test_the_session_cookie_is_strict_and_out_of_reach_of_scripts(reporting):
    visitor = Visitor(reporting)
    said = visitor.get("/sign-in").headers["Set-Cookie"]
    for attribute in ("HttpOnly", "SameSite=Strict", "Path=/", f"Max-Age={HOURS * 3600}"):
        assert attribute in said
    assert "Secure" not in said
    elsewhere = visitor.get("/sign-in", base_url="https://reports.example").headers["Set-Cookie"]
    assert elsewhere.startswith("__Host-fund-reporting-session=")
    assert "Secure" in elsewhere


def test_signing_in_begins_a_new_session_and_signing_out_ends_it(reporting):
    visitor = Visitor(reporting)
    visitor.get("/sign-in")
    before = visitor.client.get_cookie("fund-reporting-session").value
    visitor.post("/sign-in", "/sign-in", role="auditor", next="/")
    kept = visitor.client.get_cookie("fund-reporting-session").value
    assert kept != before
    assert visitor.get("/audit").status_code == 200
    visitor.post("/audit", "/sign-out")
    assert visitor.get("/audit").status_code == 303
    visitor.client.set_cookie("fund-reporting-session", kept)
    assert visitor.get("/audit").status_code == 303


def test_what_was_signed_out_stays_so_after_a_restart(tmp_path):
    folders = [tmp_path / name for name in ("home", "first", "second")]
    for folder in folders:
        folder.mkdir()
    home, *stores = folders
    first, second = (Visitor(reporting_over_the_sample(store, FUND_HOME=str(home))) for store in stores)
    first.post("/sign-in", "/sign-in", role="auditor", next="/")
    kept = first.client.get_cookie("fund-reporting-session").value
    second.client.set_cookie("fund-reporting-session", kept)
    assert second.get("/audit").status_code == 200
    first.post("/audit", "/sign-out")
    assert second.get("/audit").status_code == 303
    assert len(list((home / "sessions-ended" / "reporting").iterdir())) == 1


def test_a_mark_of_a_session_that_ended_is_taken_away_when_no_cookie_of_it_opens(tmp_path):
    marks = tmp_path / "sessions-ended" / "ledger"
    with ledger_over_nothing(tmp_path) as app:
        Visitor(app, "finance").post("/sign-in", "/sign-out")
        (old,) = marks.iterdir()
        long_ago = time.time() - HOURS * 3600 - 60
        os.utime(old, (long_ago, long_ago))
        Visitor(app, "finance").post("/sign-in", "/sign-out")
        (left,) = marks.iterdir()
    assert left.name != old.name


def test_a_sign_out_holds_where_nothing_can_be_written(tmp_path):
    (tmp_path / "sessions-ended").write_text("no folder")
    with ledger_over_nothing(tmp_path) as app:
        visitor = Visitor(app, "finance")
        kept = visitor.client.get_cookie("fund-ledger-session").value
        assert visitor.post("/sign-in", "/sign-out").status_code == 303
        visitor.client.set_cookie("fund-ledger-session", kept)
        assert visitor.get("/post").status_code == 303


def test_a_cookie_of_one_service_is_nothing_at_the_other(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s" * 40)
    shared = {"SESSION_SECRET_FILE": str(secret)}
    reader = Visitor(reporting_over_the_sample(tmp_path, **shared), "finance")
    value = reader.client.get_cookie("fund-reporting-session").value
    with ledger_over_nothing(tmp_path, **shared) as ledger:
        clerk = Visitor(ledger)
        clerk.client.set_cookie("fund-ledger-session", value)
        assert clerk.get("/post").status_code == 303
        own = Visitor(ledger, "finance").client.get_cookie("fund-ledger-session").value
    assert own != value
    reader.client.set_cookie("fund-reporting-session", own)
    assert reader.get("/facility").status_code == 303


def test_a_form_without_the_token_of_its_session_is_refused(reporting, ledger):
    for app in (reporting, ledger):
        visitor, other = Visitor(app, "finance"), Visitor(app, "finance")
        foreign = other.token("/sign-in")
        for token in ("", "x", foreign):
            answer = visitor.client.post("/sign-out", data={"token": token})
            assert answer.status_code == 403
        own = visitor.token("/sign-in")
        crossed = visitor.client.post("/sign-out", data={"token": own}, headers={"Sec-Fetch-Site": "cross-site"})
        assert crossed.status_code == 403
        assert visitor.client.post("/sign-out", data={"token": own}).status_code == 303


def test_a_changed_cookie_is_nobodys(reporting):
    visitor = Visitor(reporting, "council")
    value = visitor.client.get_cookie("fund-reporting-session").value
    forged = urlsafe_b64encode(
        json.dumps({"id": "x", "subject": "a", "roles": ["auditor"], "until": time.time() + 999}).encode()
    ).decode()
    for cookie in (f"{forged}.{value.rpartition('.')[2]}", forged, value[:-2], "", "."):
        visitor.client.set_cookie("fund-reporting-session", cookie)
        assert visitor.get("/audit").status_code == 303


def test_what_was_sealed_opens_for_its_purpose_and_in_its_time_only():
    seal = Seal(b"s" * 32, now=lambda: 1_000.0)
    sealed = seal.close("session", {"a": 1}, 60)
    assert seal.open("session", sealed) == {"a": 1, "until": 1_060}
    assert seal.open("errand", sealed) is None
    assert Seal(b"s" * 32, now=lambda: 1_061.0).open("session", sealed) is None
    assert Seal(b"t" * 32, now=lambda: 1_000.0).open("session", sealed) is None


@pytest.mark.parametrize("address", ["//evil.example/", "https://evil.example", "/\\evil.example", "evil", "/a b", ""])
def test_nobody_is_sent_elsewhere_after_signing_in(reporting, address):
    assert local(address) == "/"
    visitor = Visitor(reporting)
    answer = visitor.post("/sign-in", "/sign-in", role="auditor", next=address)
    assert answer.headers["Location"] == "/"


def test_an_address_to_go_back_to_has_a_limit():
    assert local("/" + "a" * 1_999) == "/" + "a" * 1_999
    assert local("/" + "a" * 2_000) == "/"


def test_roles_are_chosen_on_this_machine_only(reporting):
    visitor = Visitor(reporting)
    elsewhere = {"base_url": "https://reports.example"}
    found = re.search(r'name="token" value="([^"]+)"', visitor.get("/sign-in", **elsewhere).text)
    answer = visitor.client.post("/sign-in", data={"token": found[1], "role": "auditor"}, **elsewhere)
    assert answer.status_code == 403


def test_a_secret_is_needed_where_people_sign_in_by_a_provider(tmp_path):
    given = {
        "AUTH_MODE": "oidc",
        "OIDC_ISSUER": "https://id.example",
        "OIDC_AUDIENCE": "fund",
        "OIDC_JWKS_URL": "https://id.example/keys",
        "OIDC_CLIENT_ID": CLIENT,
        "FUND_HOME": str(tmp_path),
    }
    with pytest.raises(SettingsInvalid, match="SESSION_SECRET_FILE"):
        load(given, serving=False)
    (tmp_path / "secret").write_text("short")
    with pytest.raises(SettingsInvalid, match="SESSION_SECRET_FILE"):
        load(given | {"SESSION_SECRET_FILE": str(tmp_path / "secret")}, serving=False)


@pytest.fixture
def provider(tmp_path, monkeypatch):
    """An identity provider on loopback, over TLS."""
    made = IdentityProvider(tmp_path)
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, str(made.ca))
    with running(made):
        yield made


@pytest.fixture
def visitor(provider, tmp_path):
    """A stranger before pages whose people sign in there."""
    secret = tmp_path / "secret"
    secret.write_text("s" * 40)
    settings = provider.settings(OIDC_CLIENT_ID=CLIENT, SESSION_SECRET_FILE=str(secret))
    return Visitor(reporting_over_the_sample(tmp_path, **settings))


def _sent(visitor, provider):
    """Off to the provider, which remembers what it was asked."""
    answer = visitor.get("/sign-in/go?next=/audit")
    parts = urlsplit(answer.headers["Location"])
    provider.asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return answer


def test_an_identity_provider_lets_people_in(visitor, provider):
    assert "Go to the identity provider" in visitor.get("/sign-in").text
    answer = _sent(visitor, provider)
    assert answer.headers["Location"].startswith(f"{provider.url}/authorize?")
    assert provider.asked["code_challenge_method"] == "S256"
    assert provider.asked["redirect_uri"] == "http://localhost/sign-in/back"
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    back = visitor.get(f"/sign-in/back?code={CODE}&state={provider.asked['state']}")
    assert back.status_code == 200
    assert 'content="0;url=/audit"' in back.text
    page = visitor.get("/audit")
    assert page.status_code == 200
    assert "auditor-7" in page.text


@pytest.mark.parametrize("change", ["state", "code", "nonce", "audience", "no-errand"])
def test_an_answer_that_belongs_to_no_sign_in_lets_nobody_in(visitor, provider, change):
    _sent(visitor, provider)
    state, code = provider.asked["state"], CODE
    if change == "state":
        state = "another"
    elif change == "code":
        code = "another"
    elif change == "nonce":
        provider.asked["nonce"] = "another"
    elif change == "audience":
        provider.claims["aud"] = "another"
    else:
        visitor.client.delete_cookie("fund-reporting-errand")
    answer = visitor.get(f"/sign-in/back?code={code}&state={state}")
    assert answer.status_code in (401, 503)
    assert "You are not signed in" in words_of(answer)
    assert visitor.get("/audit").status_code == 303


def test_roles_cannot_be_chosen_where_a_provider_is_asked(visitor):
    assert visitor.post("/sign-in", "/sign-in", role="auditor").status_code == 403
