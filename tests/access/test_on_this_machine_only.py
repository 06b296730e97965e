"""Development tokens and chosen roles: for this machine alone, however its address is written."""

import socket

import pytest

from ledger_service.settings import load as ledger_settings
from reporting_service.settings import load as reporting_settings
from shared.environment import SettingsInvalid, is_loopback, only_from_here
from tests.reporting.history import KEY

ELSEWHERE = [
    "0.0.0.0:8035",
    "[::]:8035",
    "[::ffff:0.0.0.0]:8035",
    "[::ffff:192.0.2.1]:8035",
    "[::ffff:10.0.0.1]:8035",
    "192.0.2.1:8035",
    "10.0.0.1:8035",
    "169.254.169.254:8035",
    "[fe80::1]:8035",
    "[2001:db8::1]:8035",
    "0:8035",
    "0x7f000001:8035",
    "2130706433:8035",
    "127.1:8035",
    "localhost.:8035",
    "localhost.example:8035",
    "ledger:8035",
    "*:8035",
]


@pytest.mark.parametrize("bind", ELSEWHERE)
@pytest.mark.parametrize("mode", ["dev", ""])
def test_development_is_refused_on_any_other_address(bind, mode):
    with pytest.raises(SettingsInvalid, match="AUTH_MODE: dev is refused"):
        ledger_settings({"LEDGER_BIND": bind, "AUTH_MODE": mode})
    with pytest.raises(SettingsInvalid, match="AUTH_MODE: dev is refused"):
        reporting_settings({"REPORTING_BIND": bind, "AUTH_MODE": mode, "REPORTING_LOG_VKEY": KEY.vkey})


@pytest.mark.parametrize("bind", ["127.0.0.1:8035", "127.8.9.10:8035", "[::1]:8035", "localhost:8035"])
def test_development_is_taken_on_this_machine(bind):
    assert ledger_settings({"LEDGER_BIND": bind}).auth_mode == "dev"


@pytest.mark.parametrize(
    "found",
    [["192.0.2.1"], ["127.0.0.1", "192.0.2.1"], ["::ffff:192.0.2.1"], None],
    ids=["other", "both", "mapped", "none"],
)
def test_a_localhost_that_is_another_machine_is_refused(monkeypatch, found):
    def resolved(*_args, **_more):
        if found is None:
            raise socket.gaierror("unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    assert not only_from_here("localhost")
    with pytest.raises(SettingsInvalid, match="AUTH_MODE"):
        ledger_settings({"LEDGER_BIND": "localhost:8035"})


@pytest.mark.parametrize("mode", ["DEV", "none", "Oidc", "dev ", "0"])
def test_an_unknown_mode_is_refused(mode):
    with pytest.raises(SettingsInvalid, match="AUTH_MODE: is dev or oidc"):
        ledger_settings({"AUTH_MODE": mode})


@pytest.mark.parametrize(
    "url", ["http://id.example/keys", "ftp://id.example/keys", "data:application/json,{}", "//id.example", "keys.json"]
)
def test_a_key_set_is_fetched_over_tls_or_read_from_a_file_only(url):
    given = {"AUTH_MODE": "oidc", "OIDC_ISSUER": "https://id.example", "OIDC_AUDIENCE": "a", "OIDC_JWKS_URL": url}
    with pytest.raises(SettingsInvalid, match="OIDC_JWKS_URL"):
        ledger_settings(given)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_browser_that_asked_this_machine_by_name_is_here(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["localhost.evil.example", "127.0.0.1.evil.example", "evil.example", "", "0.0.0.0"])
def test_a_name_that_only_looks_like_this_machine_is_elsewhere(ledger, host):
    """A page of somebody else's whose name was made to lead here does not get to choose a role."""
    assert not is_loopback(host)
    visitor = ledger.visitor()
    if host:
        answer = visitor.client.get("/sign-in", base_url=f"http://{host}:8035")
        assert "Secure" in answer.headers["Set-Cookie"], "which a browser does not send over plain HTTP"
