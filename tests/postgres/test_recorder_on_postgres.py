"""What only the PostgreSQL recorder must withstand: lost answers and connections, waiting locks, collations."""

import shutil
import tempfile
import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bench.pair import wait_until
from ledger_service.journal.recorders import postgres, postgres_rows
from ledger_service.journal.recorders.interface import (
    EntryRow,
    Filter,
    GroupRows,
    OutcomeUnknown,
    StoreDamaged,
    StoreRefused,
    StoreUnavailable,
)
from ledger_service.journal.recorders.postgres import PostgresJournalRecorder
from tests.clusters import QUICK, Cluster
from tests.databases import own_binaries
from tests.ledger.stores import PostgresStore
from tests.postgres.severed import Door

WAITS_FOR_THE_LOCK = """
SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"""


@pytest.fixture
def store(database):
    return PostgresStore(database)


@pytest.fixture
def recorder(store):
    made = store.recorder()
    made.prepare("log.example")
    yield made
    made.close()


def row(position, stream="line-1", version=None):
    return EntryRow(position, stream, version or position, "t", 2015, b"{%d}" % position)


def append(recorder, *rows):
    with recorder.group() as group:
        group.append(GroupRows(list(rows)))


def head(recorder):
    with recorder.reading() as reader:
        return reader.head()


class TestALostConnection:
    """Whatever is lost when, what was recorded is told truly."""

    @pytest.fixture
    def door(self, store):
        server = Path(parse_qs(urlsplit(store.url).query)["host"][0])
        folder = Path(tempfile.mkdtemp(prefix="door-"))
        door = Door(folder, server)
        yield door
        door.close()
        shutil.rmtree(folder)

    @pytest.fixture
    def recorder(self, store, door):
        folder = Path(door._listener.getsockname()).parent
        made = PostgresJournalRecorder.at(f"{store.url.split('?')[0]}?host={folder}")
        made.prepare("log.example")
        yield made
        made.close()

    def test_a_commit_whose_answer_is_lost_is_found_stored(self, recorder, door):
        append(recorder, row(1))
        door.sever = "after"
        append(recorder, row(2), row(3))
        assert door.severed.wait(10)
        assert head(recorder) == 3

    def test_a_commit_that_never_arrived_is_found_missing(self, recorder, door):
        append(recorder, row(1))
        door.sever = "before"
        with pytest.raises(StoreUnavailable) as lost:
            append(recorder, row(2))
        assert not isinstance(lost.value, OutcomeUnknown)
        assert head(recorder) == 1
        append(recorder, row(2))

    def test_a_commit_nobody_can_be_asked_about_is_unknown(self, recorder, door, monkeypatch):
        append(recorder, row(1))
        monkeypatch.setattr(postgres, "SETTLE_SECONDS", 0.2)
        monkeypatch.setattr(recorder.datastore.pool, "timeout", 0.1)
        door.sever, door.open = "after", False
        with pytest.raises(OutcomeUnknown, match="position 2"):
            append(recorder, row(2))
        door.open = True
        monkeypatch.undo()
        assert head(recorder) == 2

    def test_what_another_recorded_meanwhile_is_not_taken_for_ours(self, recorder, door, store):
        append(recorder, row(1))
        door.sever = "before"
        other = store.recorder()
        lost = threading.Thread(target=door.severed.wait)
        lost.start()
        append_other = threading.Thread(target=lambda: (lost.join(), append(other, row(2, stream="line-2"))))
        append_other.start()
        with pytest.raises(StoreUnavailable):
            append(recorder, row(2))
        append_other.join()
        other.close()
        assert head(recorder) == 2


def test_a_connection_lost_within_a_group_leaves_nothing(recorder, store):
    with pytest.raises(StoreUnavailable), recorder.group() as group:
        group.append(GroupRows([row(1)]))
        _terminate_all(store)
        group.append(GroupRows([row(2)]))
    assert head(recorder) == 0
    append(recorder, row(1))


def test_idle_connections_that_died_are_replaced_unseen(recorder, store):
    append(recorder, row(1))
    _terminate_all(store)
    append(recorder, row(2))
    _terminate_all(store)
    assert head(recorder) == 2


def _terminate_all(store):
    store.run(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


def test_a_group_waits_for_the_lock_only_so_long(recorder, store, monkeypatch):
    monkeypatch.setattr(postgres, "SESSION", "SET lock_timeout = '50ms'")
    other = store.recorder()
    with recorder.group() as holding:
        with pytest.raises(StoreUnavailable, match="lock timeout"):
            append(other, row(1))
        holding.append(GroupRows([row(1)]))
    append(other, row(2))
    other.close()


def test_readers_do_not_wait_for_a_group(recorder):
    append(recorder, row(1))
    with recorder.group() as group:
        group.append(GroupRows([row(2)]))
        assert head(recorder) == 1
    assert head(recorder) == 2


def test_a_group_decides_on_what_was_committed_before_it_had_the_lock(recorder, store):
    other, seen = store.recorder(), []

    def second():
        with other.group() as group:
            seen.append(group.head())
            group.append(GroupRows([row(2)]))

    with recorder.group() as group:
        waiting = threading.Thread(target=second)
        waiting.start()
        wait_until(lambda: store.run(WAITS_FOR_THE_LOCK), 30, "the other group to wait for the lock")
        group.append(GroupRows([row(1)]))
    waiting.join()
    other.close()
    assert seen == [1]


def test_what_a_new_connection_finds_is_made_safe_before_it_is_told(recorder, store):
    other = store.recorder()
    written = "SELECT xmin FROM meta WHERE name = 'schema_version'"
    before = store.run(written)
    with other.group() as group:
        group.head()
    other.close()
    assert store.run(written) != before


def test_commits_are_durable_whatever_the_database_says(recorder, store):
    store.run(f"ALTER DATABASE {urlsplit(store.url).path[1:]} SET synchronous_commit = off")
    with recorder.reading() as reader:
        assert reader._ask(postgres.SQL("SHOW synchronous_commit")).fetchall() == [("on",)]


def test_states_are_stored_as_they_are(recorder, store):
    body = b'{"a":"' + b"a" * 60_000 + b'"}'
    append(recorder, row(1)._replace(body=body))
    assert store.run("SELECT pg_column_size(state) FROM stored_events") == [(len(body),)]


@pytest.mark.parametrize("provider", ["ICU", "libc"])
def test_streams_are_in_the_order_of_their_bytes(postgres, provider):
    how = "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'" if provider == "ICU" else "LOCALE 'C'"
    url = postgres.create(f"{how} TEMPLATE template0")
    recorder = PostgresJournalRecorder.at(url)
    recorder.prepare("log.example")
    names = ["Line-1", "line-1", "line-10", "line-2", "line_1", "project/NC.0001", "project/nc.0001"]
    append(recorder, *(row(at, name, 1) for at, name in enumerate(reversed(names), 1)))
    with recorder.reading() as reader:
        assert [found.stream for found in reader.streams("", 99)] == sorted(names)
        assert [found.stream for found in reader.streams("line-1", 2)] == ["line-10", "line-2"]
        assert reader.page(0, 9, Filter(stream="line_1")) == [(3, b"{3}")]
    recorder.close()
    postgres.drop(url)


class TestTheSchema:
    """The service makes and migrates its tables itself, and never touches newer ones."""

    def test_an_older_schema_is_brought_up_to_date(self, recorder, store, monkeypatch):
        append(recorder, row(1))
        for module in (postgres, postgres_rows):
            monkeypatch.setattr(module, "SCRIPTS", (*postgres.SCRIPTS, "CREATE TABLE added (id integer)"))
        monkeypatch.setattr(postgres_rows, "SCHEMA_VERSION", "3")
        recorder.prepare("log.example")
        assert store.run("SELECT COUNT(*) FROM added") == [(0,)]
        assert head(recorder) == 1

    def test_a_newer_schema_is_left_alone(self, recorder, store):
        store.run("UPDATE meta SET value = '3' WHERE name = 'schema_version'")
        with pytest.raises(StoreRefused, match="schema 3, and this program knows none after 2"):
            recorder.prepare("log.example")

    def test_a_migration_that_fails_changes_nothing(self, store, recorder, monkeypatch):
        broken = "CREATE TABLE added (id integer); SELECT 1/0"
        monkeypatch.setattr(postgres, "SCRIPTS", (*postgres.SCRIPTS, broken))
        with pytest.raises(StoreUnavailable, match="division by zero"):
            recorder.prepare("log.example")
        assert store.run("SELECT to_regclass('added')") == [(None,)]
        assert store.run("SELECT value FROM meta WHERE name = 'schema_version'") == [("2",)]

    def test_the_scripts_lead_to_this_version(self):
        assert len(postgres.SCRIPTS) == int(postgres_rows.SCHEMA_VERSION)


class TestDamage:
    """Damage to the database itself is found and called damage."""

    def test_rows_that_an_index_lacks_are_found(self, recorder, store):
        append(recorder, row(1))
        ready = "UPDATE pg_index SET indisready = {} WHERE indexrelid = 'stored_events_pkey'::regclass"
        store.run(ready.format(False))
        append(store.recorder(), row(2))
        store.run(ready.format(True))
        with recorder.reading() as reader:
            assert reader.damage() == "stored_events has 2 rows, and its primary key lists 1"

    def test_a_broken_page_is_called_damage(self):
        cluster = Cluster(own_binaries(), QUICK).make()
        try:
            cluster.start()
            recorder = PostgresJournalRecorder.at(cluster.url())
            recorder.prepare("log.example")
            append(recorder, row(1))
            path = PostgresStore(cluster.url()).run("SELECT pg_relation_filepath('stored_events')")[0][0]
            recorder.close()
            cluster.stop()
            with (cluster.data / path).open("r+b") as file:
                file.write(b"\xff" * 64)
            cluster.start()
            recorder = PostgresJournalRecorder.at(cluster.url())
            with pytest.raises(StoreDamaged, match="invalid page"), recorder.reading() as reader:
                reader.entries_at([1])
            recorder.close()
        finally:
            cluster.remove()


def test_a_server_that_is_not_there_is_unavailable(tmp_path):
    recorder = PostgresJournalRecorder.at(f"postgresql://fund@/fund?host={tmp_path}")
    with pytest.raises(StoreUnavailable, match="No such file"):
        recorder.prepare("log.example")
    recorder.close()
