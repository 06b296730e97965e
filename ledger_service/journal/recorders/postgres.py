"""The journal on PostgreSQL: the event store library's application recorder, with groups and numbered positions.

A group takes an advisory transaction lock before anything else: one writer at a time on one database, whatever the
number of ledger processes, and the lock goes when the transaction or its connection does. A commit whose answer is
lost is looked up on a new connection, under the same lock, instead of guessed.
"""

import select
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID
from weakref import WeakSet

from eventsourcing.persistence import Notification, PersistenceError, StoredEvent
from eventsourcing.postgres import ConnectionPool, PostgresApplicationRecorder, PostgresDatastore
from psycopg import Connection, Error, errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg.sql import SQL

from ledger_service.journal.recorders.interface import (
    EntryRow,
    GroupRows,
    Link,
    OutcomeUnknown,
    StoreDamaged,
    StoreFull,
    StoreRefused,
    StoreUnavailable,
)
from ledger_service.journal.recorders.postgres_rows import SCRIPTS, Session
from ledger_service.journal.recorders.schema import LINKED, NO_LINK, steps

LOCK_TIMEOUT_SECONDS = 30
SETTLE_SECONDS = 45
CONNECTIONS_MAX = 24
UNLESS_GIVEN = {
    "application_name": "fund-ledger",
    "connect_timeout": "3",
    "target_session_attrs": "read-write",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
"""How we connect unless the URL says otherwise; of several hosts, to the one that takes writes."""

SESSION = f"""
SET lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'; SET idle_in_transaction_session_timeout = '{LOCK_TIMEOUT_SECONDS}s';
SET synchronous_commit = on; SET enable_seqscan = off; SET jit = off"""
"""Every question is answered by an index, also while the tables are young and look small to the planner."""

BEGIN_WRITING = SQL("BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(1035)")
BEGIN_READING = SQL("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
VERSIONED = SQL(
    "INSERT INTO meta VALUES ('schema_version', %s) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value"
)


def _configure(connection: Connection[Any]) -> None:
    connection.autocommit = True
    connection.execute(SESSION)


def _check(connection: Connection[Any]) -> None:
    """Refuse a connection whose server is gone: only then is there something to read on it."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    if poll.poll(0):
        ConnectionPool.check_connection(connection)


class LedgerDatastore(PostgresDatastore):
    """The library's datastore over one URL, with our pool and without composite types."""

    def __init__(self, url: str) -> None:
        super().__init__("", "", "", "", "", originator_id_type="text", lock_timeout=LOCK_TIMEOUT_SECONDS)
        given = conninfo_to_dict(url)
        missing = {name: value for name, value in UNLESS_GIVEN.items() if name not in given}
        self.pool = ConnectionPool(
            make_conninfo(url, **missing),
            connection_class=Connection[DictRow],
            kwargs={"row_factory": dict_row},
            min_size=1,
            max_size=CONNECTIONS_MAX,
            open=False,
            configure=_configure,
            check=_check,
            timeout=8,
            reconnect_timeout=8,
        )

    def register_type_adapters(self) -> None:
        """None are needed: rows are copied in, not passed as composites."""


class PostgresJournalRecorder(PostgresApplicationRecorder):
    """The journal's tables in one PostgreSQL database."""

    datastore: PostgresDatastore

    def __init__(self, datastore: PostgresDatastore) -> None:
        super().__init__(datastore)
        self.select_events_statement = SQL("SELECT * FROM stored_events WHERE originator_id = %s").format()
        self.max_notification_id_statement = SQL("SELECT MAX(position) FROM stored_events").format()
        self._touched: WeakSet[Connection[DictRow]] = WeakSet()
        self._reached = False

    @classmethod
    def at(cls, url: str) -> "PostgresJournalRecorder":
        """The recorder of a `postgresql:` URL; `prepare` makes the tables."""
        return cls(LedgerDatastore(url))

    # the library's interface

    def create_table(self) -> None:
        """Make our tables, or bring them to this version; StoreRefused when they are of a newer one."""
        with self._connection() as connection:
            connection.execute(BEGIN_WRITING, prepare=False)
            self._migrate(connection, None)
            connection.commit()

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Append under the next positions; the library's IntegrityError when a version of a stream is taken."""
        if not stored_events:
            return None
        with self.datastore.get_connection() as connection:
            session = self._begin(connection)
            rows = [
                EntryRow(
                    position, _stream(event.originator_id), event.originator_version, event.topic, None, event.state
                )
                for position, event in enumerate(stored_events, session.head() + 1)
            ]
            session.append(GroupRows(rows))
            self._commit(connection)
        return [row.position for row in rows]

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
        statement = SQL(
            "SELECT * FROM stored_events WHERE position >= %(first)s AND position <= COALESCE(%(stop)s, position)"
            " AND (%(any)s OR topic = ANY(%(topics)s)) ORDER BY position LIMIT %(limit)s"
        )
        values = {"first": first, "stop": stop, "any": not topics, "topics": list(topics), "limit": limit}
        with self.datastore.get_connection() as connection:
            rows = connection.execute(statement, values).fetchall()
        names = ("originator_id", "originator_version", "topic", "state", "position")
        return [Notification(*(row[name] for name in names)) for row in rows]

    # the journal's interface

    def prepare(self, origin: str, link: Link | None = None) -> None:
        """Make or migrate the tables; StoreRefused when the origin differs or they are of a newer version."""
        with self._connection() as connection:
            connection.execute(BEGIN_WRITING, prepare=False)
            self._migrate(connection, link)
            connection.execute("INSERT INTO meta VALUES ('origin', %s) ON CONFLICT DO NOTHING", [origin])
            stored = Session(connection).origin()
            connection.commit()
        if stored != origin:
            raise StoreRefused(f"The database belongs to the log {stored}, and LEDGER_ORIGIN is {origin}.")

    def _migrate(self, connection: Connection[DictRow], link: Link | None) -> None:
        made = connection.execute("SELECT to_regclass('meta') IS NOT NULL AS made").fetchall()[0]["made"]
        found = connection.execute("SELECT value FROM meta WHERE name = 'schema_version'").fetchone() if made else None
        missing = steps(found["value"] if found else None, SCRIPTS)
        for script in missing:
            connection.execute(script)
        if missing:
            connection.execute(VERSIONED, [str(len(SCRIPTS))])
        if found is not None and int(found["value"]) < LINKED:
            if link is None:
                raise StoreRefused(NO_LINK)
            Session(connection).link(link)

    @contextmanager
    def group(self) -> Iterator[Session]:
        """A write transaction with the lock taken; commits at the end, or rolls all back."""
        last, lost = None, False
        try:
            with self._connection() as connection:
                session = self._begin(connection)
                yield session
                last = session.last
                try:
                    self._commit(connection)
                finally:
                    lost = connection.closed
        except StoreUnavailable as error:
            if last is None or not lost or not self._was_stored(last, error):
                raise

    def _begin(self, connection: Connection[DictRow]) -> Session:
        """Take the lock. The first group of a connection writes, whatever it finds: its commit then waits until
        what it read is as safe as what it would append, also on a server that was restarted in between."""
        connection.execute(BEGIN_WRITING, prepare=False)
        session = Session(connection)
        if connection not in self._touched:
            session.touch()
        return session

    def _commit(self, connection: Connection[DictRow]) -> None:
        connection.commit()
        self._touched.add(connection)

    def _was_stored(self, last: EntryRow, error: StoreUnavailable) -> bool:
        """Whether a group is there that ends with this entry, once nobody can be storing it any more."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            try:
                with self._connection() as connection:
                    stored = self._begin(connection).entries_at([last.position])
                    self._commit(connection)
                return stored.get(last.position) == last.body
            except StoreUnavailable as again:
                error = again
        raise OutcomeUnknown(f"The commit of position {last.position} was not answered: {error}") from error

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read transaction: everything in it is seen as of its first read."""
        with self._connection() as connection:
            connection.execute(BEGIN_READING)
            yield Session(connection)

    @contextmanager
    def _connection(self) -> Iterator[Connection[DictRow]]:
        if not self._reached:
            self._reach()
        try:
            with self.datastore.get_connection() as connection:
                yield connection
        except PersistenceError as error:
            raise _kind(error.__cause__)(str(error)) from error

    def _reach(self) -> None:
        """Connect once past the pool, which would only say that it waited in vain."""
        try:
            Connection.connect(self.datastore.pool.conninfo).close()  # type: ignore[arg-type]
        except Error as error:
            raise StoreUnavailable(str(error).strip()) from error
        self._reached = True

    def close(self) -> None:
        """Let go of every connection."""
        self.datastore.close()


def _kind(error: BaseException | None) -> type[StoreUnavailable]:
    """What our callers call an error of the database."""
    if isinstance(error, errors.DataCorrupted | errors.IndexCorrupted):
        return StoreDamaged
    return StoreFull if isinstance(error, errors.DiskFull) else StoreUnavailable


def _stream(originator_id: UUID | str) -> str:
    return originator_id.hex if isinstance(originator_id, UUID) else originator_id
