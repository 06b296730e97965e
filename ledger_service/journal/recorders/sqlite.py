"""The journal on SQLite: the event store library's application recorder, with groups and numbered positions.

WAL, synchronous=FULL: a commit returns after the write-ahead log is on the disk. Write
transactions begin IMMEDIATE, so nobody decides on a state that another process is changing.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any
from uuid import UUID

from eventsourcing import persistence
from eventsourcing.persistence import Notification, PersistenceError, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteTransaction,
)

from ledger_service.journal.recorders.interface import (
    SCHEMA_VERSION,
    CheckpointRow,
    EntryRow,
    Filter,
    GroupRows,
    KeyRow,
    StoreDamaged,
    StoreRefused,
    StoreUnavailable,
    StreamRow,
)

LOCK_TIMEOUT_SECONDS = 30
CHUNK = 500
TABLES = """
CREATE TABLE IF NOT EXISTS {events} (
  position INTEGER PRIMARY KEY, originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL,
  topic TEXT NOT NULL, state BLOB NOT NULL, year INTEGER,
  UNIQUE (originator_id, originator_version));
CREATE INDEX IF NOT EXISTS {events}_topic ON {events} (topic);
CREATE INDEX IF NOT EXISTS {events}_year ON {events} (year) WHERE year IS NOT NULL;
CREATE TABLE IF NOT EXISTS idempotency_keys (
  key BLOB PRIMARY KEY, position INTEGER NOT NULL, digest BLOB NOT NULL, caused INTEGER NOT NULL, warnings TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tile_hashes (
  tile_level INTEGER, hash_index INTEGER, hash BLOB NOT NULL, PRIMARY KEY (tile_level, hash_index)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"""
NEXT_STREAMS = """
WITH RECURSIVE names (name) AS (
  SELECT MIN(originator_id) FROM {events} WHERE originator_id > ?
  UNION ALL
  SELECT (SELECT MIN(originator_id) FROM {events} WHERE originator_id > name) FROM names WHERE name IS NOT NULL
  LIMIT ?)
SELECT name, (SELECT MAX(originator_version) FROM {events} WHERE originator_id = name) FROM names
WHERE name IS NOT NULL"""


def _library_error(error: sqlite3.Error) -> PersistenceError:
    kind: type[PersistenceError] = getattr(persistence, type(error).__name__, PersistenceError)
    return kind(error)


class _Transaction(SQLiteTransaction):
    """Takes the write lock at once when it is going to write, and never leaves a failed commit open."""

    def __enter__(self) -> SQLiteCursor:
        cursor = self.connection.cursor()
        try:
            cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        except sqlite3.Error as error:
            raise _library_error(error) from error
        return cursor

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        if exc_val is None and self.commit:
            try:
                self.connection.commit()
            except sqlite3.Error as error:
                self.connection.rollback()
                raise _library_error(error) from error
            return
        self.connection.rollback()
        if isinstance(exc_val, sqlite3.Error):
            raise _library_error(exc_val) from exc_val


class _Connection(SQLiteConnection):
    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        with _Transaction(self, commit=commit) as cursor, cursor:
            yield cursor


class _Pool(SQLiteConnectionPool):
    def _create_connection(self) -> SQLiteConnection:
        raw = super()._create_connection()._sqlite_conn
        for pragma in ("synchronous=FULL", "cache_size=-16000", "temp_store=MEMORY"):
            raw.execute(f"PRAGMA {pragma}")
        return _Connection(sqlite_conn=raw, max_age=self.max_age)


class LedgerDatastore(SQLiteDatastore):
    """The library's datastore with our transactions, text stream names and room for every request thread."""

    def __init__(self, path: str) -> None:
        super().__init__(path, originator_id_type="text")
        self.pool.close()
        self.pool = _Pool(
            db_name=path, lock_timeout=LOCK_TIMEOUT_SECONDS, pool_size=16, max_overflow=112, pool_timeout=10.0
        )


class SQLiteJournalRecorder(SQLiteApplicationRecorder):
    """The journal's tables in one SQLite database file."""

    def __init__(self, datastore: SQLiteDatastore, events_table_name: str = "stored_events") -> None:
        super().__init__(datastore, events_table_name)
        self.insert_events_statement = f"INSERT INTO {events_table_name} VALUES (?,?,?,?,?,?)"  # noqa: S608
        self.select_max_notification_id_statement = f"SELECT MAX(position) FROM {events_table_name}"  # noqa: S608

    @classmethod
    def at(cls, path: str) -> "SQLiteJournalRecorder":
        """The recorder of a database file; `prepare` makes the file."""
        return cls(LedgerDatastore(path))

    # the library's interface

    def construct_create_table_statements(self) -> list[str]:
        """Our tables; called by the library."""
        return TABLES.format(events=self.events_table_name).split(";")

    def _insert_events(self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        c.execute(self.select_max_notification_id_statement)
        first = (c.fetchone()[0] or 0) + 1
        rows = [
            (position, _stream(event.originator_id), event.originator_version, event.topic, event.state, None)
            for position, event in enumerate(stored_events, first)
        ]
        c.executemany(self.insert_events_statement, rows)
        return [row[0] for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Stored events as the library's notifications, the position as id."""
        first = 0 if start is None else start if inclusive_of_start else start + 1
        where, values = "position >= ?", [first, *topics]
        if topics:
            where += f" AND topic IN ({','.join('?' * len(topics))})"
        if stop is not None:
            where += " AND position <= ?"
            values.append(stop)
        with self.datastore.transaction(commit=False) as c:
            c.execute(self._select("*", where) + " ORDER BY position LIMIT ?", [*values, limit])
            return [Notification(row[1], row[2], row[3], row[4], row[0]) for row in c.fetchall()]

    # the journal's interface

    def prepare(self, origin: str) -> None:
        """Create the tables when there are none; StoreRefused when origin or schema version differ."""
        with self._transaction(commit=True) as c:
            self._create_table(c)
            c.execute(
                "INSERT OR IGNORE INTO meta VALUES ('schema_version', ?), ('origin', ?)", (SCHEMA_VERSION, origin)
            )
            stored = _Session(c, self).origin()
        if stored != origin:
            raise StoreRefused(f"The database belongs to the log {stored}, and LEDGER_ORIGIN is {origin}.")

    @contextmanager
    def group(self) -> Iterator["_Session"]:
        """A write transaction with the lock taken; commits at the end, or rolls all back."""
        with self._transaction(commit=True) as c:
            yield _Session(c, self)

    @contextmanager
    def reading(self) -> Iterator["_Session"]:
        """A read transaction: everything in it is seen as of its first read."""
        with self._transaction(commit=False) as c:
            yield _Session(c, self)

    @contextmanager
    def _transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        try:
            with self.datastore.transaction(commit=commit) as c:
                yield c
        except PersistenceError as error:
            damaged = type(error) is persistence.DatabaseError
            raise (StoreDamaged if damaged else StoreUnavailable)(str(error)) from error

    def _select(self, columns: str, where: str) -> str:
        return f"SELECT {columns} FROM {self.events_table_name} WHERE {where}"  # noqa: S608

    def close(self) -> None:
        """Let go of every connection."""
        self.datastore.close()


def _stream(originator_id: UUID | str) -> str:
    return originator_id.hex if isinstance(originator_id, UUID) else originator_id


class _Session:
    """Reading and appending within one transaction."""

    def __init__(self, cursor: SQLiteCursor, recorder: SQLiteJournalRecorder) -> None:
        self._cursor = cursor
        self._recorder = recorder
        self._select = recorder._select

    def _rows(self, statement: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        cursor = self._cursor.sqlite_cursor.connection.execute(statement, values)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows

    def _in(self, statement: str, values: Sequence[Any]) -> Iterator[Any]:
        for start in range(0, len(values), CHUNK):
            chunk = values[start : start + CHUNK]
            yield from self._rows(f"{statement} IN ({','.join('?' * len(chunk))})", chunk)

    def origin(self) -> str:
        """The log that this journal is of; StoreRefused when its tables are of another version."""
        stored = dict(tuple(row) for row in self._rows("SELECT name, value FROM meta"))
        if stored.get("schema_version") != SCHEMA_VERSION:
            raise StoreRefused(f"The database has schema {stored.get('schema_version')}, not {SCHEMA_VERSION}.")
        return str(stored.get("origin"))

    def damage(self) -> str | None:
        """What SQLite finds wrong with its own tables and indices; reads all of it."""
        found = next(self._rows("PRAGMA integrity_check(1)"))[0]
        return None if found == "ok" else str(found)

    def head(self) -> int:
        """The last position; 0 in an empty journal."""
        return next(self._rows(self._recorder.select_max_notification_id_statement))[0] or 0

    def bodies(self, after: int) -> Iterator[tuple[int, bytes]]:
        """(position, canonical bytes) after a position, in order, streamed."""
        return (tuple(row) for row in self._rows(self._select("position, state", "position > ? ORDER BY 1"), [after]))

    def rows(self, after: int) -> Iterator[EntryRow]:
        """Every stored entry after a position with the columns it is found by, streamed."""
        columns = "position, originator_id, originator_version, topic, year, state"
        return (EntryRow(*row) for row in self._rows(self._select(columns, "position > ? ORDER BY 1"), [after]))

    def keys(self, keys: Sequence[bytes]) -> dict[bytes, KeyRow]:
        """The idempotency keys among these that are taken."""
        found = self._in("SELECT key, position, digest, caused, warnings FROM idempotency_keys WHERE key", keys)
        return {row[0]: KeyRow(*tuple(row)[1:]) for row in found}

    def key_rows(self) -> Iterator[tuple[bytes, KeyRow]]:
        """Every idempotency key in order of position, streamed."""
        rows = self._rows("SELECT key, position, digest, caused, warnings FROM idempotency_keys ORDER BY position")
        return ((row[0], KeyRow(*tuple(row)[1:])) for row in rows)

    def entries_at(self, positions: Sequence[int]) -> dict[int, bytes]:
        """The canonical bytes at these positions, those that exist."""
        return {row[0]: row[1] for row in self._in(self._select("position, state", "position"), positions)}

    def page(self, after: int, limit: int, wanted: Filter) -> list[tuple[int, bytes]]:
        """Up to `limit` (position, bytes) after a position, oldest first."""
        columns = {"originator_id": wanted.stream, "topic": wanted.type, "year": wanted.year}
        values = {column: value for column, value in columns.items() if value is not None}
        where = "".join(f"{column} = ? AND " for column in values) + "position > ?"
        order = "originator_version" if wanted.stream is not None else "position"
        statement = self._select("position, state", where) + f" ORDER BY {order} LIMIT ?"
        return [(row[0], row[1]) for row in self._rows(statement, [*values.values(), after, limit])]

    def streams(self, after: str, limit: int) -> list[StreamRow]:
        """Up to `limit` streams by name, after a name."""
        statement = NEXT_STREAMS.format(events=self._recorder.events_table_name)
        return [StreamRow(*row) for row in self._rows(statement, [after, limit])]

    def hashes(self, level: int, start: int, count: int) -> list[bytes]:
        """Stored hashes of a tile level from an index, fewer at the end."""
        where = "tile_level = ? AND hash_index >= ? AND hash_index < ? ORDER BY hash_index"
        rows = self._rows(f"SELECT hash FROM tile_hashes WHERE {where}", [level, start, start + count])  # noqa: S608
        return [row[0] for row in rows]

    def hash_levels(self) -> dict[int, int]:
        """How many hashes each tile level holds."""
        return dict(tuple(row) for row in self._rows("SELECT tile_level, COUNT(*) FROM tile_hashes GROUP BY 1"))

    def newest_checkpoint(self) -> CheckpointRow | None:
        """The signed checkpoint of the largest size."""
        rows = self._rows("SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1")
        return next((CheckpointRow(*row) for row in rows), None)

    def checkpoint_covering(self, size: int) -> CheckpointRow | None:
        """The smallest signed checkpoint of at least this many entries."""
        rows = self._rows("SELECT size, note FROM checkpoints WHERE size >= ? ORDER BY size LIMIT 1", [size])
        return next((CheckpointRow(*row) for row in rows), None)

    def checkpoints(self, after: int) -> Iterator[CheckpointRow]:
        """Every signed checkpoint of more than `after` entries, smallest first, streamed."""
        rows = self._rows("SELECT size, note FROM checkpoints WHERE size > ? ORDER BY size", [after])
        return (CheckpointRow(*row) for row in rows)

    def append(self, rows: GroupRows) -> None:
        """Add a group's rows; the transaction's end stores them."""
        entries = [(e.position, e.stream, e.version, e.type, e.body, e.year) for e in rows.entries]
        keys = [(key, *row) for key, row in rows.keys.items()]
        self._cursor.executemany(self._recorder.insert_events_statement, entries)
        self._cursor.executemany("INSERT INTO idempotency_keys VALUES (?,?,?,?,?)", keys)
        self._cursor.executemany("INSERT INTO tile_hashes VALUES (?,?,?)", rows.hashes)
        if rows.checkpoint is not None:
            self._cursor.execute("INSERT INTO checkpoints VALUES (?,?)", rows.checkpoint)
