"""The journal's rows on PostgreSQL: what is read and appended within one transaction. All statements are here.

Rows travel in binary. Long answers come through cursors of the server, which end with the transaction.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, pairwise
from typing import Any

from psycopg import Connection, Cursor
from psycopg.rows import DictRow, TupleRow, tuple_row
from psycopg.sql import SQL, Composed, Identifier, Literal

from ledger_service.journal.recorders.interface import (
    SCHEMA_VERSION,
    CheckpointRow,
    CosignatureRow,
    EntryRow,
    Filter,
    GroupRows,
    KeyRow,
    Link,
    StoreRefused,
    StreamRow,
)

CHUNK = 2_000
SCRIPTS = (
    """
CREATE TABLE stored_events (
  position bigint PRIMARY KEY, originator_id text COLLATE "C" NOT NULL, originator_version bigint NOT NULL,
  topic text COLLATE "C" NOT NULL, state bytea NOT NULL, year integer,
  UNIQUE (originator_id, originator_version));
ALTER TABLE stored_events ALTER COLUMN state SET STORAGE EXTERNAL;
CREATE INDEX stored_events_topic ON stored_events (topic, position);
CREATE INDEX stored_events_year ON stored_events (year, position) WHERE year IS NOT NULL;
CREATE TABLE idempotency_keys (
  key bytea PRIMARY KEY, position bigint NOT NULL, digest bytea NOT NULL, caused integer NOT NULL, warnings text);
CREATE TABLE tile_hashes (
  tile_level integer, hash_index bigint, hash bytea NOT NULL, PRIMARY KEY (tile_level, hash_index));
CREATE TABLE checkpoints (size bigint PRIMARY KEY, note text NOT NULL);
CREATE TABLE meta (name text PRIMARY KEY, value text NOT NULL)""",
    """
ALTER TABLE checkpoints ADD COLUMN link text NOT NULL DEFAULT '';
CREATE TABLE cosignatures (
  size bigint, witness text COLLATE "C", line text NOT NULL, PRIMARY KEY (size, witness))""",
)
"""What makes the tables and brings those of an older version to the next: the n-th script leads to schema n."""

INTO_EVENTS = SQL("COPY stored_events FROM STDIN (FORMAT BINARY)"), ("int8", "text", "int8", "text", "bytea", "int4")
INTO_KEYS = SQL("COPY idempotency_keys FROM STDIN (FORMAT BINARY)"), ("bytea", "int8", "bytea", "int4", "text")
INTO_HASHES = SQL("COPY tile_hashes FROM STDIN (FORMAT BINARY)"), ("int4", "int8", "bytea")
NEXT_STREAMS = SQL("""
WITH RECURSIVE names (name) AS (
  (SELECT originator_id FROM stored_events WHERE originator_id > %s ORDER BY 1 LIMIT 1)
  UNION ALL
  SELECT (SELECT originator_id FROM stored_events WHERE originator_id > name ORDER BY 1 LIMIT 1)
  FROM names WHERE name IS NOT NULL)
SELECT name, (SELECT MAX(originator_version) FROM stored_events WHERE originator_id = name) FROM names
WHERE name IS NOT NULL LIMIT %s""")
COUNTS = {
    "stored_events": SQL("SELECT COUNT(*) FROM stored_events WHERE position > 0"),
    "idempotency_keys": SQL("SELECT COUNT(*) FROM idempotency_keys WHERE key >= ''"),
    "tile_hashes": SQL("SELECT COUNT(*) FROM tile_hashes WHERE tile_level >= 0"),
    "checkpoints": SQL("SELECT COUNT(*) FROM checkpoints WHERE size >= 0"),
    "cosignatures": SQL("SELECT COUNT(*) FROM cosignatures WHERE size >= 0"),
}
"""How many rows a table has, in words that its primary key can answer as well as its rows."""


class Session:
    """Reading and appending within one transaction."""

    def __init__(self, connection: Connection[DictRow]) -> None:
        """The connection is within a transaction."""
        self._connection = connection
        self._numbers = count(1)
        self.last: EntryRow | None = None

    def _ask(self, statement: SQL | Composed, values: Sequence[Any] = ()) -> Cursor[TupleRow]:
        cursor = self._connection.cursor(binary=True, row_factory=tuple_row)
        return cursor.execute(statement, values, prepare=True)

    def _streamed(self, statement: SQL | Composed) -> Iterator[TupleRow]:
        cursor = self._connection.cursor(binary=True, row_factory=tuple_row)
        name = Identifier(f"streamed_{next(self._numbers)}")
        cursor.execute(SQL("DECLARE {} NO SCROLL CURSOR FOR {}").format(name, statement))
        fetch = SQL("FETCH {} FROM {}").format(Literal(CHUNK), name)
        while rows := cursor.execute(fetch).fetchall():
            yield from rows

    def origin(self) -> str:
        """The log that this journal is of; StoreRefused when its tables are of another version."""
        stored: dict[str, str] = dict(self._ask(SQL("SELECT name, value FROM meta")).fetchall())
        if stored.get("schema_version") != SCHEMA_VERSION:
            raise StoreRefused(f"The database has schema {stored.get('schema_version')}, not {SCHEMA_VERSION}.")
        return str(stored.get("origin"))

    def damage(self) -> str | None:
        """A table that has other rows than its primary key lists; reads all of both."""
        for table, statement in COUNTS.items():
            listed, held = self._count(statement, "off", "on"), self._count(statement, "on", "off")
            if listed != held:
                return f"{table} has {held} rows, and its primary key lists {listed}"
        return None

    def _count(self, statement: SQL | Composed, scan: str, index: str) -> int:
        for setting, value in {
            "seqscan": scan,
            "indexscan": index,
            "indexonlyscan": index,
            "bitmapscan": index,
        }.items():
            self._ask(SQL("SELECT set_config(%s, %s, true)"), (f"enable_{setting}", value))
        counted: int = self._connection.execute(statement).fetchall()[0]["count"]
        return counted

    def head(self) -> int:
        """The last position; 0 in an empty journal."""
        return self._ask(SQL("SELECT MAX(position) FROM stored_events")).fetchall()[0][0] or 0

    def bodies(self, after: int) -> Iterator[tuple[int, bytes]]:
        """(position, canonical bytes) after a position, in order, streamed."""
        statement = SQL("SELECT position, state FROM stored_events WHERE position > {} ORDER BY position")
        return ((row[0], row[1]) for row in self._streamed(statement.format(Literal(after))))

    def rows(self, after: int) -> Iterator[EntryRow]:
        """Every stored entry after a position with the columns it is found by, streamed."""
        statement = SQL(
            "SELECT position, originator_id, originator_version, topic, year, state FROM stored_events"
            " WHERE position > {} ORDER BY position"
        )
        return (EntryRow(*row) for row in self._streamed(statement.format(Literal(after))))

    def keys(self, keys: Sequence[bytes]) -> dict[bytes, KeyRow]:
        """The idempotency keys among these that are taken."""
        statement = SQL("SELECT key, position, digest, caused, warnings FROM idempotency_keys WHERE key = ANY(%b)")
        return {row[0]: KeyRow(*row[1:]) for row in self._ask(statement, (list(keys),))} if keys else {}

    def key_rows(self) -> Iterator[tuple[bytes, KeyRow]]:
        """Every idempotency key in order of position, streamed."""
        statement = SQL("SELECT key, position, digest, caused, warnings FROM idempotency_keys ORDER BY position")
        return ((row[0], KeyRow(*row[1:])) for row in self._streamed(statement))

    def entries_at(self, positions: Sequence[int]) -> dict[int, bytes]:
        """The canonical bytes at these positions, those that exist."""
        statement = SQL("SELECT position, state FROM stored_events WHERE position = ANY(%b::bigint[])")
        return dict(self._ask(statement, (list(positions),)).fetchall())

    def page(self, after: int, limit: int, wanted: Filter) -> list[tuple[int, bytes]]:
        """Up to `limit` (position, bytes) after a position, oldest first."""
        columns = {"originator_id": wanted.stream, "topic": wanted.type, "year": wanted.year}
        values = {column: value for column, value in columns.items() if value is not None}
        where = SQL("").join(SQL("{} = %s AND ").format(Identifier(column)) for column in values)
        order = Identifier("originator_version" if wanted.stream is not None else "position")
        statement = SQL("SELECT position, state FROM stored_events WHERE {}position > %s ORDER BY {} LIMIT %s")
        return self._ask(statement.format(where, order), [*values.values(), after, limit]).fetchall()

    def streams(self, after: str, limit: int) -> list[StreamRow]:
        """Up to `limit` streams by name, after a name."""
        return [StreamRow(*row) for row in self._ask(NEXT_STREAMS, (after, limit))]

    def hashes(self, level: int, start: int, count: int) -> list[bytes]:
        """Stored hashes of a tile level from an index, fewer at the end."""
        statement = SQL(
            "SELECT hash FROM tile_hashes WHERE tile_level = %s AND hash_index >= %s AND hash_index < %s"
            " ORDER BY hash_index"
        )
        return [row[0] for row in self._ask(statement, (level, start, start + count))]

    def hash_levels(self) -> dict[int, int]:
        """How many hashes each tile level holds."""
        return dict(self._ask(SQL("SELECT tile_level, COUNT(*) FROM tile_hashes GROUP BY 1")).fetchall())

    def newest_checkpoint(self) -> CheckpointRow | None:
        """The signed checkpoint of the largest size."""
        return self._checkpoint(SQL("SELECT size, note, link FROM checkpoints ORDER BY size DESC LIMIT 1"))

    def checkpoint_covering(self, size: int) -> CheckpointRow | None:
        """The smallest signed checkpoint of at least this many entries."""
        return self._checkpoint(
            SQL("SELECT size, note, link FROM checkpoints WHERE size >= %s ORDER BY size LIMIT 1"), (size,)
        )

    def _checkpoint(self, statement: SQL, values: Sequence[int] = ()) -> CheckpointRow | None:
        return next((CheckpointRow(*row) for row in self._ask(statement, values)), None)

    def checkpoints(self, after: int) -> Iterator[CheckpointRow]:
        """Every signed checkpoint of more than `after` entries, smallest first, streamed."""
        statement = SQL("SELECT size, note, link FROM checkpoints WHERE size > {} ORDER BY size")
        return (CheckpointRow(*row) for row in self._streamed(statement.format(Literal(after))))

    def cosignatures(self, size: int) -> list[CosignatureRow]:
        """What witnesses said of the checkpoint of a size, by their keys."""
        statement = SQL("SELECT size, witness, line FROM cosignatures WHERE size = %s ORDER BY witness")
        return [CosignatureRow(*row) for row in self._ask(statement, (size,))]

    def cosigned_sizes(self, limit: int) -> list[int]:
        """Sizes of checkpoints that any witness cosigned, the largest first."""
        statement = SQL("SELECT DISTINCT size FROM cosignatures ORDER BY size DESC LIMIT %s")
        return [row[0] for row in self._ask(statement, (limit,))]

    def cosignature_rows(self) -> Iterator[CosignatureRow]:
        """Every kept cosignature, smallest size first, streamed."""
        rows = self._streamed(SQL("SELECT size, witness, line FROM cosignatures ORDER BY size, witness"))
        return (CosignatureRow(*row) for row in rows)

    def link(self, link: Link) -> None:
        """Bind every stored checkpoint to the one before it."""
        sizes = [row[0] for row in self._ask(SQL("SELECT size FROM checkpoints ORDER BY size"))]
        for before, size in pairwise([0, *sizes]):
            self._ask(SQL("UPDATE checkpoints SET link = %s WHERE size = %s"), (link(before, size), size))

    def touch(self) -> None:
        """Write and leave nothing, to see whether the store still takes anything."""
        self._connection.execute("UPDATE meta SET value = value WHERE name = 'schema_version'")

    def append(self, rows: GroupRows) -> None:
        """Add a group's rows; the transaction's end stores them."""
        if rows.entries:
            self.last = rows.entries[-1]
        self._copy(*INTO_EVENTS, ((e.position, e.stream, e.version, e.type, e.body, e.year) for e in rows.entries))
        self._copy(*INTO_KEYS, ((key, *row) for key, row in rows.keys.items()))
        self._copy(*INTO_HASHES, rows.hashes)
        if rows.checkpoint is not None:
            self._ask(SQL("INSERT INTO checkpoints VALUES (%s, %s, %s)"), rows.checkpoint)
        for row in rows.cosignatures:
            self._ask(SQL("INSERT INTO cosignatures VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"), row)

    def _copy(self, statement: SQL, types: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        with self._connection.cursor().copy(statement) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)
