"""A disk without room: commands end with a sentence and exit code 3, and nothing half written stays behind."""

import errno
import sqlite3

import pytest
from click.testing import CliRunner

from ledger_service.cli import main
from ledger_service.journal.recorders.interface import StoreFull
from ledger_service.journal.recorders.sqlite import LedgerDatastore, SQLiteJournalRecorder
from shared import private


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

    class NoRoom(SQLiteJournalRecorder):
        pass

    recorder = NoRoom.at(str(tmp_path / "ledger.db"))
    assert isinstance(recorder.datastore, LedgerDatastore)

    def connect(self):
        raise Full("database or disk is full")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("eventsourcing.sqlite.SQLiteConnectionPool._create_connection", connect)
        with pytest.raises(StoreFull), recorder.reading():
            pass
    recorder.close()
