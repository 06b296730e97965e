"""Settings: defaults, and every error told at once."""

import pytest

from ledger_service.settings import SettingsInvalid, load


def test_the_defaults_are_those_of_the_documentation():
    settings = load({})
    assert (settings.host, settings.port) == ("127.0.0.1", 8035)
    assert settings.database_url == "sqlite:///var/ledger.db"
    assert (settings.auth_mode, settings.public_log, settings.refusals_per_minute) == ("dev", False, 600)
    assert str(settings.signing_key_file) == "var/keys/log.key"


@pytest.mark.parametrize(
    ("url", "path"),
    [("sqlite:///a/b.db", "a/b.db"), ("sqlite:////a/b.db", "/a/b.db"), ("sqlite:///a%20b.db", "a b.db")],
)
def test_a_database_url_names_a_file(url, path):
    assert str(load({"LEDGER_DATABASE_URL": url}).sqlite_path) == path


def test_every_error_is_told_at_once():
    wrong = {
        "LEDGER_BIND": "0.0.0.0:80x",
        "LEDGER_PUBLIC_LOG": "perhaps",
        "LEDGER_REFUSALS_PER_MINUTE": "many",
        "LEDGER_THREADS": "3",
        "LEDGER_DATABASE_URL": "mysql://x",
        "LEDGER_ORIGIN": "https://with.scheme",
        "AUTH_MODE": "oidc",
        "OIDC_JWKS_URL": "http://plain.example",
    }
    with pytest.raises(SettingsInvalid) as invalid:
        load(wrong)
    named = {error.partition(":")[0] for error in invalid.value.errors}
    assert named == (wrong.keys() | {"OIDC_ISSUER", "OIDC_AUDIENCE"}) - {"AUTH_MODE"}


@pytest.mark.parametrize("bind", ["0.0.0.0:8035", "192.0.2.1:8035", "[::]:8035", "ledger.example:8035"])
def test_development_tokens_are_refused_beyond_loopback(bind):
    with pytest.raises(SettingsInvalid, match="AUTH_MODE"):
        load({"LEDGER_BIND": bind})


@pytest.mark.parametrize("bind", ["127.0.0.1:1", "[::1]:8035", "localhost:8035"])
def test_development_tokens_are_accepted_on_loopback(bind):
    assert load({"LEDGER_BIND": bind}).auth_mode == "dev"


@pytest.mark.parametrize("url", ["postgresql://ledger@db/ledger", "postgres://a:5432,b:5432/ledger"])
def test_a_database_url_may_name_postgresql(url):
    settings = load({"LEDGER_DATABASE_URL": url})
    assert (settings.database_url, settings.sqlite_path) == (url, None)


def test_a_postgresql_url_is_checked_before_use():
    with pytest.raises(SettingsInvalid, match=r"LEDGER_DATABASE_URL: .*nonsense"):
        load({"LEDGER_DATABASE_URL": "postgresql://db/ledger?nonsense=1"})
