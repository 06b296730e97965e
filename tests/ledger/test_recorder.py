"""Both recorders pass the event store library's own suites, and the journal's."""

from concurrent.futures import ThreadPoolExecutor
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
    CosignatureRow,
    EntryRow,
    Filter,
    GroupRows,
    KeyRow,
    StoreRefused,
    StoreUnavailable,
)
from ledger_service.journal.recorders.postgres import PostgresJournalRecorder
from ledger_service.journal.recorders.sqlite import SQLiteJournalRecorder
from tests.ledger.stores import PostgresStore, SQLiteStore


class _OnFile:
    """Gives the library's suites a recorder on a fresh file, with text stream names."""

    kind = SQLiteJournalRecorder

    def new_store(self):
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return SQLiteStore(f"{folder.name}/ledger.db", self.kind)

    def create_recorder(self):
        recorder = self.new_store().recorder()
        self.addCleanup(recorder.close)
        recorder.create_table()
        return recorder

    def new_originator_id(self):
        return f"project/{super().new_originator_id()}"


class _OnPostgres(_OnFile):
    """The same on a fresh PostgreSQL database."""

    kind = PostgresJournalRecorder

    @pytest.fixture(autouse=True)
    def _on_a_server(self, postgres):
        self._postgres = postgres

    def new_store(self):
        url = self._postgres.create()
        self.addCleanup(self._postgres.drop, url)
        return PostgresStore(url, self.kind)


class _WithoutPositions:
    """The library's suite for streams expects that positions are not told."""

    def insert_events(self, stored_events, **more):
        super().insert_events(stored_events, **more)


class TestAggregateRecorder(_OnFile, AggregateRecorderTestCase):
    """The library's suite for streams."""

    kind = type("WithoutPositions", (_WithoutPositions, SQLiteJournalRecorder), {})


class TestApplicationRecorder(_OnFile, ApplicationRecorderTestCase):
    """The library's suite for positions."""


class TestPositionsDoNotInterleave(_OnFile, NonInterleavingNotificationIDsBaseCase):
    """The library's suite for concurrent groups."""


class TestAggregateRecorderOnPostgres(_OnPostgres, AggregateRecorderTestCase):
    """The library's suite for streams."""

    kind = type("WithoutPositions", (_WithoutPositions, PostgresJournalRecorder), {})


class TestApplicationRecorderOnPostgres(_OnPostgres, ApplicationRecorderTestCase):
    """The library's suite for positions."""


class TestPositionsDoNotInterleaveOnPostgres(_OnPostgres, NonInterleavingNotificationIDsBaseCase):
    """The library's suite for concurrent groups."""


@pytest.fixture(params=["sqlite", "postgres"])
def store(request, tmp_path):
    """Each kind of database in turn."""
    if request.param == "postgres":
        return PostgresStore(request.getfixturevalue("database"))
    return SQLiteStore(tmp_path / "ledger.db")


@pytest.fixture
def recorder(store):
    made = store.recorder()
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


def test_a_newer_schema_is_refused(recorder, store):
    store.run("UPDATE meta SET value = '99' WHERE name = 'schema_version'")
    with pytest.raises(StoreRefused, match="schema 99"):
        recorder.prepare("log.example")
    with recorder.reading() as reader, pytest.raises(StoreRefused, match="schema 99"):
        reader.origin()


def test_preparing_again_changes_nothing(recorder, store):
    append(recorder, row(1))
    other = store.recorder()
    other.prepare("log.example")
    with other.reading() as reader:
        assert (reader.head(), reader.origin()) == (1, "log.example")
    other.close()


def test_many_recorders_may_prepare_at_once(store):
    recorders = [store.recorder() for _ in range(8)]
    with ThreadPoolExecutor(len(recorders)) as pool:
        list(pool.map(lambda recorder: recorder.prepare("log.example"), recorders))
    for recorder in recorders:
        recorder.close()


def test_what_is_streamed_comes_whole_and_in_order(recorder):
    rows = [row(position, version=position) for position in range(1, 5_001)]
    keys = {b"%032d" % at: KeyRow(at, b"d" * 32) for at in range(1, 5_001)}
    append(recorder, *rows, keys=keys, hashes=[(0, at, b"h") for at in range(5_000)])
    with recorder.reading() as reader:
        entries, bodies = reader.rows(0), reader.bodies(4_000)
        assert next(entries) == rows[0]
        assert [position for position, _ in bodies] == list(range(4_001, 5_001))
        assert list(entries) == rows[1:]
        assert [key.position for _, key in reader.key_rows()] == list(range(1, 5_001))
        assert reader.keys(list(keys)) == keys
        assert len(reader.entries_at(range(1, 6_000))) == len(reader.hashes(0, 0, 9_000)) == 5_000


def test_cosignatures_are_kept_once_beside_their_checkpoint(recorder):
    said = [CosignatureRow(2, "v", "line\n"), CosignatureRow(2, "w", "other\n"), CosignatureRow(5, "v", "third\n")]
    for _ in range(2):
        with recorder.group() as group:
            group.append(GroupRows(cosignatures=said))
    with recorder.reading() as reader:
        assert reader.cosignatures(2) == said[:2]
        assert reader.cosignatures(3) == []
        assert reader.cosigned_sizes(1) == [5]
        assert reader.cosigned_sizes(9) == [5, 2]
        assert list(reader.cosignature_rows()) == said


def test_a_store_of_the_first_schema_is_brought_up_to_date(recorder, store):
    for size in (2, 3):
        append(recorder, row(size), checkpoint=CheckpointRow(size, "n"))
    store.run("DROP TABLE cosignatures")
    store.run("ALTER TABLE checkpoints DROP COLUMN link")
    store.run("UPDATE meta SET value = '1' WHERE name = 'schema_version'")
    with pytest.raises(StoreRefused, match="start the ledger once"):
        recorder.prepare("log.example")
    recorder.prepare("log.example", lambda before, size: f"{before}-{size}")
    with recorder.reading() as reader:
        assert list(reader.checkpoints(-1)) == [CheckpointRow(2, "n", "0-2"), CheckpointRow(3, "n", "2-3")]
        assert reader.cosigned_sizes(1) == []
