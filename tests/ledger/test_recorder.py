"""The SQLite recorder passes the event store library's own suites, and the journal's."""

import sqlite3
from collections import deque
from contextlib import suppress
from tempfile import TemporaryDirectory

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent
from eventsourcing.tests.persistence import (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
)

from ledger_service.journal.recorders.interface import (
    CheckpointRow,
    EntryRow,
    Filter,
    GroupRows,
    KeyRow,
    StoreRefused,
    StoreUnavailable,
)
from ledger_service.journal.recorders.sqlite import SQLiteJournalRecorder


class _OnFile:
    """Gives the library's suites a recorder on a fresh file, with text stream names."""

    def setUp(self):
        self._folder = TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)

    kind = SQLiteJournalRecorder

    def create_recorder(self):
        recorder = self.kind.at(f"{self._folder.name}/ledger.db")
        recorder.create_table()
        self.addCleanup(recorder.close)
        return recorder

    def new_originator_id(self):
        return f"project/{super().new_originator_id()}"


class _WithoutPositions(SQLiteJournalRecorder):
    """The library's suite for streams expects that positions are not told."""

    def insert_events(self, stored_events, **more):
        super().insert_events(stored_events, **more)


class TestAggregateRecorder(_OnFile, AggregateRecorderTestCase):
    """The library's suite for streams."""

    kind = _WithoutPositions


class TestApplicationRecorder(_OnFile, ApplicationRecorderTestCase):
    """The library's suite for positions."""


class TestPositionsDoNotInterleave(_OnFile, NonInterleavingNotificationIDsBaseCase):
    """The library's suite for concurrent groups."""


@pytest.fixture
def recorder(tmp_path):
    made = SQLiteJournalRecorder.at(str(tmp_path / "ledger.db"))
    made.prepare("log.example")
    yield made
    made.close()


def row(position, stream="line-1", version=None, type="t", year=2015):
    return EntryRow(position, stream, version or position, type, year, b"{%d}" % position)


def append(recorder, *rows, keys=None, hashes=(), checkpoint=None):
    with recorder.group() as group:
        group.append(GroupRows(list(rows), keys or {}, list(hashes), checkpoint))


def test_a_group_is_stored_whole(recorder):
    keys = {b"k" * 32: KeyRow(1, b"d" * 32, 1, "[]")}
    append(recorder, row(1), row(2), keys=keys, hashes=[(0, 0, b"a"), (0, 1, b"b")], checkpoint=CheckpointRow(2, "n"))
    with recorder.reading() as reader:
        assert reader.head() == 2
        assert reader.entries_at([2, 3]) == {2: b"{2}"}
        assert list(reader.bodies(1)) == [(2, b"{2}")]
        assert list(reader.rows(0)) == [row(1), row(2)]
        assert reader.keys([b"k" * 32, b"x"]) == keys
        assert list(reader.key_rows()) == list(keys.items())
        assert reader.hashes(0, 0, 5) == [b"a", b"b"]
        assert reader.hash_levels() == {0: 2}
        assert reader.newest_checkpoint() == reader.checkpoint_covering(1) == CheckpointRow(2, "n")
        assert reader.checkpoint_covering(3) is None
        assert list(reader.checkpoints(0)) == [CheckpointRow(2, "n")]
        assert reader.damage() is None


def test_a_group_that_fails_leaves_nothing(recorder):
    with suppress(ZeroDivisionError), recorder.group() as group:
        group.append(GroupRows([row(1)]))
        1 / 0  # noqa: B018
    with recorder.reading() as reader:
        assert reader.head() == 0


def test_a_position_or_version_is_taken_once(recorder):
    append(recorder, row(1))
    with pytest.raises(StoreUnavailable):
        append(recorder, row(1, stream="other"))
    with pytest.raises(StoreUnavailable):
        append(recorder, row(2, version=1))
    with pytest.raises(IntegrityError):
        recorder.insert_events([StoredEvent("line-1", 1, "t", b"")])


def test_a_read_sees_one_moment(recorder):
    append(recorder, row(1))
    with recorder.reading() as reader:
        assert reader.head() == 1
        append(recorder, row(2))
        assert reader.head() == 1


def test_pages_are_filtered_and_in_order(recorder):
    append(recorder, row(1), row(2, "line-2", 1, "u"), row(3, version=2, year=2016), row(4, version=3, type="u"))
    with recorder.reading() as reader:
        pages = {
            (1, 2): Filter(),
            (1, 3, 4): Filter(stream="line-1"),
            (2, 4): Filter(type="u"),
            (1, 2, 4): Filter(year=2015),
            (4,): Filter("line-1", "u", 2015),
        }
        for expected, wanted in pages.items():
            assert tuple(at for at, _ in reader.page(0, len(expected), wanted)) == expected
        assert [at for at, _ in reader.page(1, 9, Filter("line-1"))] == [3, 4]
        assert reader.streams("", 9) == [("line-1", 3), ("line-2", 1)]
        assert reader.streams("line-1", 1) == [("line-2", 1)]
        assert reader.streams("line-2", 1) == []


def test_another_logs_database_is_refused(recorder):
    with pytest.raises(StoreRefused, match=r"belongs to the log log\.example"):
        recorder.prepare("other.example")


def test_another_schema_version_is_refused(recorder, tmp_path):
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.execute("UPDATE meta SET value = '99' WHERE name = 'schema_version'")
    with pytest.raises(StoreRefused, match="schema 99"):
        recorder.prepare("log.example")


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
        append(recorder, row(1))
    other.execute("ROLLBACK")
    other.close()
    append(recorder, row(1))
