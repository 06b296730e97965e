"""Settings: environment variables only, every error told at once; the token file is read again when it changes."""

from pathlib import Path

import pytest

from reporting_service.settings import load
from reporting_service.token_file import TokenFile
from shared.environment import SettingsInvalid
from shared.log_format.notes import SigningKey

VKEY = SigningKey.generate("ledger.example/log").vkey


def errors_of(**given: str) -> list[str]:
    with pytest.raises(SettingsInvalid) as refused:
        load(given)
    return sorted(error.partition(":")[0] for error in refused.value.errors)


def test_only_the_logs_key_must_be_given():
    settings = load({"REPORTING_LOG_VKEY": VKEY})
    assert (settings.host, settings.port) == ("127.0.0.1", 8036)
    assert settings.database_url == "sqlite:///var/reporting.db"
    assert settings.token_file == Path("var/reporting.token")


def test_fund_home_moves_database_and_token():
    settings = load({"REPORTING_LOG_VKEY": VKEY, "FUND_HOME": "/srv/fund"})
    assert settings.database_url == "sqlite:////srv/fund/reporting.db"
    assert settings.token_file == Path("/srv/fund/reporting.token")


def test_all_errors_are_told_at_once():
    assert errors_of(
        REPORTING_BIND="nowhere",
        REPORTING_DATABASE_URL="mysql://x",
        REPORTING_LEDGER_URL="ftp://x",
        REPORTING_LOG_VKEY="junk",
        REPORTING_THREADS="many",
        AUTH_MODE="none",
    ) == [
        "AUTH_MODE",
        "REPORTING_BIND",
        "REPORTING_DATABASE_URL",
        "REPORTING_LEDGER_URL",
        "REPORTING_LOG_VKEY",
        "REPORTING_THREADS",
    ]


def test_dev_tokens_are_for_loopback_only():
    assert errors_of(REPORTING_LOG_VKEY=VKEY, REPORTING_BIND="0.0.0.0:8036") == ["AUTH_MODE"]
    assert errors_of(REPORTING_LOG_VKEY=VKEY, REPORTING_BIND="reports.example:8036") == ["AUTH_MODE"]


def test_oidc_needs_all_three():
    assert errors_of(REPORTING_LOG_VKEY=VKEY, AUTH_MODE="oidc") == ["OIDC_AUDIENCE", "OIDC_ISSUER", "OIDC_JWKS_URL"]


def test_without_a_key_nothing_is_followed():
    assert errors_of() == ["REPORTING_LOG_VKEY"]
    assert load({}, serving=False).log_vkey == ""


def test_a_token_file_is_read_again_when_it_changes(tmp_path):
    token = TokenFile(tmp_path / "reporting.token")
    assert token() == ""
    (tmp_path / "reporting.token").write_text("first\n")
    assert token() == "first"
    (tmp_path / "new").write_text("second\n")
    (tmp_path / "new").rename(tmp_path / "reporting.token")
    assert token() == "second"
