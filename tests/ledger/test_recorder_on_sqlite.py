"""What only SQLite has: its pragmas, and its lock on the whole file."""

import sqlite3
from collections import deque

import pytest

from ledger_service.journal.recorders.interface import EntryRow, GroupRows, StoreUnavailable
from ledger_service.journal.recorders.sqlite import SQLiteJournalRecorder


@pytest.fixture
def recorder(tmp_path):
    made = SQLiteJournalRecorder.at(str(tmp_path / "ledger.db"))
    made.prepare("log.example")
    yield made
    made.close()


def append_one(recorder):
    with recorder.group() as group:
        group.append(GroupRows([EntryRow(1, "line-1", 1, "t", 2015, b"{}")]))


def test_commits_reach_the_disk_before_they_return(recorder):
    with recorder.datastore.get_connection(commit=True) as connection:
        raw = connection.cursor()
        answers = deque()
        for pragma in ("synchronous", "journal_mode"):
            raw.execute(f"PRAGMA {pragma}")
            answers.append(raw.fetchone()[0])
    assert list(answers) == [2, "wal"]


def test_a_locked_database_is_unavailable(recorder, tmp_path, monkeypatch):
    monkeypatch.setattr(recorder.datastore.pool, "lock_timeout", 0.01)
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with recorder.datastore.get_connection(commit=True) as connection:
        connection.cursor().execute("PRAGMA busy_timeout=10")
    with pytest.raises(StoreUnavailable, match="locked"):
        append_one(recorder)
    other.execute("ROLLBACK")
    other.close()
    append_one(recorder)
