"""A disk without room, or failing, and a clock that went back: what is said, and nothing half written stays behind."""

import errno
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from click.testing import CliRunner

from ledger_service.cli import main
from ledger_service.journal.clock import WatchedClock
from ledger_service.journal.recorders.interface import OutcomeUnknown, StoreFull, StoreUnavailable
from ledger_service.journal.recorders.sqlite import SQLiteJournalRecorder, _kind, _NotConfirmed
from shared import private
from tests.ledger.clerks import interest


@pytest.fixture
def full(monkeypatch, tmp_path):
    """No file takes a byte any more."""

    def sync(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setenv("FUND_HOME", str(tmp_path))
    monkeypatch.setattr(private.os, "fsync", sync)
    return tmp_path


@pytest.mark.parametrize("words", [("vkey",), ("dev-token", "--role", "finance", "--subject", "x"), ("token-key",)])
def test_a_command_without_room_says_so_in_a_sentence(full, words):
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 3
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert [file for file in full.rglob("*") if file.is_file()] == []


def test_a_database_that_cannot_be_opened_for_want_of_room_is_full(tmp_path):
    class Full(sqlite3.OperationalError):
        sqlite_errorcode = sqlite3.SQLITE_FULL

    recorder = SQLiteJournalRecorder.at(str(tmp_path / "ledger.db"))

    def connect(self):
        raise Full("database or disk is full")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("eventsourcing.sqlite.SQLiteConnectionPool._create_connection", connect)
        with pytest.raises(StoreFull), recorder.reading():
            pass
    recorder.close()


def test_a_disk_that_fails_within_a_commit_leaves_the_outcome_unknown():
    assert _kind(_NotConfirmed("disk I/O error")) is OutcomeUnknown
    assert issubclass(OutcomeUnknown, StoreUnavailable)


def test_a_store_that_took_nothing_is_not_ready_until_it_does(office):
    writer = office.ledger.journal._writer
    writer._refusing = StoreFull("database or disk is full"), 0.0
    assert office.get("/readyz", None).status_code == 200
    writer._refusing = StoreFull("database or disk is full"), float("inf")
    answer = office.get("/readyz", None)
    assert (answer.status_code, int(answer.headers["Retry-After"])) == (503, 30)
    assert answer.get_json()["detail"] == "The ledger's database takes nothing: its disk is full."
    assert office.post(interest()).status_code == 201
    assert office.get("/readyz", None).status_code == 200


def test_a_clock_behind_the_last_entry_is_told_once_and_once_that_it_caught_up(monkeypatch):
    now = datetime(2026, 3, 1, tzinfo=UTC)
    last = int(now.timestamp() * 1_000_000)
    shown = [now]
    clock = WatchedClock(lambda: shown[0])
    log = structlog.testing.CapturingLogger()
    monkeypatch.setattr("ledger_service.journal.clock.log", log)
    for hours in (0, -1, -1, 0, 0):
        shown[0] = now + timedelta(hours=hours)
        clock.watch(last)
    said = log.calls
    assert [call.method_name for call in said] == ["warning", "info"]
    assert said[0].args[0].startswith("the clock lies behind the last entry")
