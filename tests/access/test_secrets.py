"""Marked secrets go through every command and every error of a setting; nothing that is printed has one in it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.pair import OURS, free_bind
from ledger_service.cli import main as ledger
from ledger_service.settings import load as ledger_settings
from reporting_service.cli import main as reporting
from reporting_service.settings import load as reporting_settings
from shared.environment import SettingsInvalid
from tests.access.leaks import in_none, secrets_under
from tests.reporting.history import KEY

BIN = Path(sys.executable).parent
PASSWORD = "Pa55-marked-word"


def run(home, *words, **settings):
    """What a command prints, standard error too, and its exit code."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    given = {**kept, "FUND_HOME": str(home), **settings}
    done = subprocess.run([BIN / words[0], *words[1:]], env=given, capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr, done.returncode


NOWHERE = "127.0.0.1:9"
UNUSABLE = [
    f"postgresql://ledger:{PASSWORD}@{NOWHERE}/ledger?nonsense=1",
    f"postgresql://ledger:{PASSWORD}@[{NOWHERE}/ledger",
    f"postgresql://ledger:{PASSWORD}%zz@{NOWHERE}/ledger",
    f"postgresql://ledger:{PASSWORD}/ledger@{NOWHERE}?nonsense=1",
    f"postgresql://ledger@{NOWHERE}/ledger?password={PASSWORD}&password=%zz",
    f"postgresql://{NOWHERE}/ledger?password={PASSWORD}&{PASSWORD}",
    f"mysql://ledger:{PASSWORD}@{NOWHERE}/ledger",
    f"https:ledger:{PASSWORD}",
]


@pytest.mark.parametrize("url", UNUSABLE)
def test_no_error_of_a_setting_quotes_the_password_of_a_database(url):
    for load, name in ((ledger_settings, "LEDGER_DATABASE_URL"), (reporting_settings, "REPORTING_DATABASE_URL")):
        with pytest.raises(SettingsInvalid, match=name) as invalid:
            load({name: url, "REPORTING_LOG_VKEY": KEY.vkey})
        assert PASSWORD not in str(invalid.value)


@pytest.mark.parametrize("program", ["ledger", "reporting"])
def test_a_database_that_does_not_answer_is_told_without_its_password(tmp_path, program):
    url = f"postgresql://ledger:{PASSWORD}@{free_bind()}/ledger"
    given = {f"{program.upper()}_DATABASE_URL": url, f"{program.upper()}_BIND": free_bind()}
    said, code = run(tmp_path, program, "serve", REPORTING_LOG_VKEY=KEY.vkey, **given)
    assert code == 3, said
    assert "Traceback" not in said
    assert PASSWORD not in said


def asked(home, program, *words, **settings):
    """What a command of this process prints."""
    told = CliRunner().invoke(program, words, env={"FUND_HOME": str(home), **settings})
    return told.output + told.stderr, told.exit_code


def test_no_command_prints_a_secret_but_the_token_it_is_asked_for(tmp_path):
    for words in (("token-key",), ("vkey",), ("dev-token", "--role", "finance", "--subject", "s")):
        said, code = asked(tmp_path, ledger, *words)
        assert code == 0, said
        in_none(said, secrets_under(tmp_path))
    for words in (("--help",), ("serve", "--help"), ("token", "--help"), ("verify",), ("nonsense",)):
        for program in (ledger, reporting):
            in_none(asked(tmp_path, program, *words)[0], secrets_under(tmp_path))


def test_a_damaged_key_is_not_quoted(tmp_path):
    asked(tmp_path, ledger, "vkey")
    key = tmp_path / "keys" / "log.key"
    key.write_text(key.read_text().replace("PRIVATE+KEY", "PRIVATE+KEYS"))
    for command in ("vkey", "verify"):
        said, code = asked(tmp_path, ledger, command)
        assert code in (1, 3), said
        in_none(said, secrets_under(tmp_path))
    in_none(run(tmp_path, "ledger", "serve", LEDGER_BIND=free_bind())[0], secrets_under(tmp_path))


def test_a_session_secret_that_is_too_short_is_not_quoted(tmp_path):
    secret = tmp_path / "short"
    secret.write_text("marked-short")
    said, code = run(tmp_path, "ledger", "serve", SESSION_SECRET_FILE=str(secret), LEDGER_BIND=free_bind())
    assert code in (1, 2, 3)
    assert "marked-short" not in said
    assert "Traceback" not in said
