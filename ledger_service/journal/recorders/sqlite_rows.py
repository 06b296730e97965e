"""The journal's rows on SQLite: what is read and appended within one transaction. All statements are here."""

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

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

CHUNK = 500
BODY = "CAST(state AS BLOB)"
KEYS = "SELECT key, position, CAST(digest AS BLOB), caused, CAST(warnings AS TEXT) FROM idempotency_keys"
CHECKPOINT = "SELECT size, CAST(note AS TEXT), CAST(link AS TEXT) FROM checkpoints"
COSIGNATURE = "SELECT size, CAST(witness AS TEXT), CAST(line AS TEXT) FROM cosignatures"
NEXT_STREAMS = """
WITH RECURSIVE names (name) AS (
  SELECT MIN(originator_id) FROM {events} WHERE originator_id > ?
  UNION ALL
  SELECT (SELECT MIN(originator_id) FROM {events} WHERE originator_id > name) FROM names WHERE name IS NOT NULL
  LIMIT ?)
SELECT name, (SELECT MAX(originator_version) FROM {events} WHERE originator_id = name) FROM names
WHERE name IS NOT NULL"""


class Session:
    """Reading and appending within one transaction."""

    def __init__(self, connection: sqlite3.Connection, events: str) -> None:
        """`events` is the table of stored events; the connection is within a transaction."""
        self._connection = connection
        self._events = events

    def _select(self, columns: str, where: str) -> str:
        return f"SELECT {columns} FROM {self._events} WHERE {where}"  # noqa: S608

    def _rows(self, statement: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        cursor = self._connection.execute(statement, values)
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
        return next(self._rows(self._select("MAX(position)", "TRUE")))[0] or 0

    def bodies(self, after: int) -> Iterator[tuple[int, bytes]]:
        """(position, canonical bytes) after a position, in order, streamed."""
        return (tuple(row) for row in self._rows(self._select(f"position, {BODY}", "position > ? ORDER BY 1"), [after]))

    def rows(self, after: int) -> Iterator[EntryRow]:
        """Every stored entry after a position with the columns it is found by, streamed."""
        columns = f"position, originator_id, originator_version, topic, year, {BODY}"
        return (EntryRow(*row) for row in self._rows(self._select(columns, "position > ? ORDER BY 1"), [after]))

    def keys(self, keys: Sequence[bytes]) -> dict[bytes, KeyRow]:
        """The idempotency keys among these that are taken."""
        found = self._in(f"{KEYS} WHERE key", keys)
        return {row[0]: KeyRow(*tuple(row)[1:]) for row in found}

    def key_rows(self) -> Iterator[tuple[bytes, KeyRow]]:
        """Every idempotency key in order of position, streamed."""
        rows = self._rows(f"{KEYS} ORDER BY position")
        return ((row[0], KeyRow(*tuple(row)[1:])) for row in rows)

    def entries_at(self, positions: Sequence[int]) -> dict[int, bytes]:
        """The canonical bytes at these positions, those that exist."""
        return {row[0]: row[1] for row in self._in(self._select(f"position, {BODY}", "position"), positions)}

    def page(self, after: int, limit: int, wanted: Filter) -> list[tuple[int, bytes]]:
        """Up to `limit` (position, bytes) after a position, oldest first."""
        columns = {"originator_id": wanted.stream, "topic": wanted.type, "year": wanted.year}
        values = {column: value for column, value in columns.items() if value is not None}
        where = "".join(f"{column} = ? AND " for column in values) + "position > ?"
        order = "originator_version" if wanted.stream is not None else "position"
        statement = self._select(f"position, {BODY}", where) + f" ORDER BY {order} LIMIT ?"
        return [(row[0], row[1]) for row in self._rows(statement, [*values.values(), after, limit])]

    def streams(self, after: str, limit: int) -> list[StreamRow]:
        """Up to `limit` streams by name, after a name."""
        statement = NEXT_STREAMS.format(events=self._events)
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
        rows = self._rows(f"{CHECKPOINT} ORDER BY size DESC LIMIT 1")
        return next((CheckpointRow(*row) for row in rows), None)

    def checkpoint_covering(self, size: int) -> CheckpointRow | None:
        """The smallest signed checkpoint of at least this many entries."""
        rows = self._rows(f"{CHECKPOINT} WHERE size >= ? ORDER BY size LIMIT 1", [size])
        return next((CheckpointRow(*row) for row in rows), None)

    def checkpoints(self, after: int) -> Iterator[CheckpointRow]:
        """Every signed checkpoint of more than `after` entries, smallest first, streamed."""
        rows = self._rows(f"{CHECKPOINT} WHERE size > ? ORDER BY size", [after])
        return (CheckpointRow(*row) for row in rows)

    def cosignatures(self, size: int) -> list[CosignatureRow]:
        """What witnesses said of the checkpoint of a size, by their keys."""
        return [CosignatureRow(*row) for row in self._rows(f"{COSIGNATURE} WHERE size = ? ORDER BY witness", [size])]

    def cosigned_sizes(self, limit: int) -> list[int]:
        """Sizes of checkpoints that any witness cosigned, the largest first."""
        return [row[0] for row in self._rows("SELECT DISTINCT size FROM cosignatures ORDER BY 1 DESC LIMIT ?", [limit])]

    def cosignature_rows(self) -> Iterator[CosignatureRow]:
        """Every kept cosignature, smallest size first, streamed."""
        return (CosignatureRow(*row) for row in self._rows(f"{COSIGNATURE} ORDER BY size, witness"))

    def link(self, link: Link) -> None:
        """Bind every stored checkpoint to the one before it."""
        sizes = [row[0] for row in self._rows("SELECT size FROM checkpoints ORDER BY size")]
        linked = [(link(before, size), size) for before, size in pairwise([0, *sizes])]
        self._connection.executemany("UPDATE checkpoints SET link = ? WHERE size = ?", linked)

    def touch(self) -> None:
        """Write and leave nothing, to see whether the store still takes anything; SQLite skips what changes nothing."""
        self._connection.execute("INSERT INTO meta VALUES ('touched', '')")
        self._connection.execute("DELETE FROM meta WHERE name = 'touched'")

    def append(self, rows: GroupRows) -> None:
        """Add a group's rows; the transaction's end stores them."""
        entries = [(e.position, e.stream, e.version, e.type, e.body, e.year) for e in rows.entries]
        keys = [(key, *row) for key, row in rows.keys.items()]
        self._connection.executemany(f"INSERT INTO {self._events} VALUES (?,?,?,?,?,?)", entries)  # noqa: S608
        self._connection.executemany("INSERT INTO idempotency_keys VALUES (?,?,?,?,?)", keys)
        self._connection.executemany("INSERT INTO tile_hashes VALUES (?,?,?)", rows.hashes)
        if rows.checkpoint is not None:
            self._connection.execute("INSERT INTO checkpoints VALUES (?,?,?)", rows.checkpoint)
        self._connection.executemany("INSERT OR IGNORE INTO cosignatures VALUES (?,?,?)", rows.cosignatures)
