"""The journal on SQLite: the event store library's application recorder, with groups and numbered positions.

WAL, synchronous=FULL: a commit returns after the write-ahead log is on the disk. Write
transactions begin IMMEDIATE, so nobody decides on a state that another process is changing.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
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
    Link,
    OutcomeUnknown,
    StoreDamaged,
    StoreFull,
    StoreRefused,
    StoreUnavailable,
)
from ledger_service.journal.recorders.schema import LINKED, NO_LINK, steps
from ledger_service.journal.recorders.sqlite_rows import Session
from shared.private import private_file

LOCK_TIMEOUT_SECONDS = 30
PRIMARY = 0xFF
"""The part of SQLite's error codes that names the kind."""
SCRIPTS = (
    """
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
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID""",
    """
ALTER TABLE checkpoints ADD COLUMN link TEXT NOT NULL DEFAULT '';
CREATE TABLE cosignatures (
  size INTEGER, witness TEXT, line TEXT NOT NULL, PRIMARY KEY (size, witness)
) WITHOUT ROWID""",
)
"""What makes the tables and brings those of an older version to the next: the n-th script leads to schema n."""

VERSIONED = "INSERT OR REPLACE INTO meta VALUES ('schema_version', ?)"


class _NotConfirmed(persistence.OperationalError):
    """The disk failed within a commit: a part of it that is there already may count when the file is next opened."""


def _is_of_disk(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & PRIMARY == sqlite3.SQLITE_IOERR


def _library_error(error: sqlite3.Error) -> PersistenceError:
    kind: type[PersistenceError] = getattr(persistence, type(error).__name__, PersistenceError)
    return kind(error)


def _text(stored: bytes) -> str:
    """Text as stored, readable even when damaged."""
    return stored.decode("utf-8", "surrogateescape")


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
                raise (_NotConfirmed if _is_of_disk(error) else _library_error)(error) from error
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
        try:
            raw = super()._create_connection()._sqlite_conn
            for pragma in ("synchronous=FULL", "cache_size=-16000", "temp_store=MEMORY"):
                raw.execute(f"PRAGMA {pragma}")
        except sqlite3.Error as error:
            raise _library_error(error) from error
        raw.text_factory = _text
        return _Connection(sqlite_conn=raw, max_age=self.max_age)

    def close(self) -> None:
        """Close every connection, once nobody uses one: SQLite does not bear that."""
        with self._put_condition:
            self._put_condition.wait_for(lambda: not self._in_use, LOCK_TIMEOUT_SECONDS)
        super().close()


class LedgerDatastore(SQLiteDatastore):
    """The library's datastore with our transactions, text stream names and room for every request thread."""

    def __init__(self, path: str) -> None:
        super().__init__(path, originator_id_type="text")
        self.pool.close()
        self.pool = _Pool(
            db_name=path, lock_timeout=LOCK_TIMEOUT_SECONDS, pool_size=4, max_overflow=124, pool_timeout=10.0
        )


class SQLiteJournalRecorder(SQLiteApplicationRecorder):
    """The journal's tables in one SQLite database file."""

    def __init__(self, datastore: SQLiteDatastore, events_table_name: str = "stored_events") -> None:
        super().__init__(datastore, events_table_name)
        self.insert_events_statement = f"INSERT INTO {events_table_name} VALUES (?,?,?,?,?,?)"  # noqa: S608
        self.select_max_notification_id_statement = f"SELECT MAX(position) FROM {events_table_name}"  # noqa: S608

    @classmethod
    def at(cls, path: str) -> "SQLiteJournalRecorder":
        """The recorder of a database file; a new one is for its owner alone, and `prepare` makes its tables."""
        private_file(Path(path))
        return cls(LedgerDatastore(path))

    # the library's interface

    def construct_create_table_statements(self) -> list[str]:
        """Our tables; called by the library."""
        return ";".join(SCRIPTS).format(events=self.events_table_name).split(";")

    def _create_table(self, c: SQLiteCursor) -> None:
        """Make our tables, or bring them to this version; called by the library."""
        self._migrate(c, None)

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
            statement = f"SELECT * FROM {self.events_table_name} WHERE {where} ORDER BY position LIMIT ?"  # noqa: S608
            c.execute(statement, [*values, limit])
            return [Notification(row[1], row[2], row[3], row[4], row[0]) for row in c.fetchall()]

    # the journal's interface

    def prepare(self, origin: str, link: Link | None = None) -> None:
        """Make or migrate the tables; StoreRefused when the origin differs or they are of a newer version."""
        with self._transaction(commit=True) as c:
            self._migrate(c, link)
            c.execute("INSERT OR IGNORE INTO meta VALUES ('origin', ?)", (origin,))
            stored = Session(c.sqlite_cursor.connection, self.events_table_name).origin()
        if stored != origin:
            raise StoreRefused(f"The database belongs to the log {stored}, and LEDGER_ORIGIN is {origin}.")

    def _migrate(self, c: SQLiteCursor, link: Link | None) -> None:
        c.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'meta'")
        found = None
        if c.fetchone()[0]:
            c.execute("SELECT value FROM meta WHERE name = 'schema_version'")
            found = next(iter(c.fetchone() or ()), None)
        missing = steps(found, SCRIPTS)
        for statement in ";".join(missing).format(events=self.events_table_name).split(";"):
            c.execute(statement)
        if missing:
            c.execute(VERSIONED, (str(len(SCRIPTS)),))
        if found is not None and int(found) < LINKED:
            if link is None:
                raise StoreRefused(NO_LINK)
            Session(c.sqlite_cursor.connection, self.events_table_name).link(link)

    @contextmanager
    def group(self) -> Iterator[Session]:
        """A write transaction with the lock taken; commits at the end, or rolls all back."""
        with self._transaction(commit=True) as c:
            yield Session(c.sqlite_cursor.connection, self.events_table_name)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read transaction: everything in it is seen as of its first read."""
        with self._transaction(commit=False) as c:
            yield Session(c.sqlite_cursor.connection, self.events_table_name)

    @contextmanager
    def _transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        try:
            with self.datastore.transaction(commit=commit) as c:
                yield c
        except PersistenceError as error:
            raise _kind(error)(str(error)) from error

    def close(self) -> None:
        """Let go of every connection."""
        self.datastore.close()


def _kind(error: PersistenceError) -> type[StoreUnavailable]:
    """What our callers call an error of the library."""
    if isinstance(error, _NotConfirmed):
        return OutcomeUnknown
    if type(error) is persistence.DatabaseError:
        return StoreDamaged
    full = getattr(error.__cause__, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL
    return StoreFull if full else StoreUnavailable


def _stream(originator_id: UUID | str) -> str:
    return originator_id.hex if isinstance(originator_id, UUID) else originator_id
