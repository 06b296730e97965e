"""The verified copy of the log: every entry's bytes, the tree's inner hashes, and how far it was verified."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from msgspec import json
from sqlalchemy import Column, Connection, Integer, LargeBinary, Table, Text, func, select

from reporting_service.projections.tables import VERIFIED, Rows
from shared.log_format.merkle import EMPTY_ROOT, Frontier, TileNodes, leaf_hashes
from shared.log_format.tiles import TileRows
from shared.postings import Entry

entries = Table(
    "entries",
    VERIFIED,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("type", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("year", Integer),
    Column("effective_on", Text),
    Column("recorded_at", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
tree = Table(
    "tree",
    VERIFIED,
    Column("tile_level", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

_decode = json.Decoder(dict[str, Any]).decode


def decode(body: bytes) -> Entry:
    """An entry from its canonical bytes."""
    return _decode(body)


def add(rows: Rows, frontier: Frontier, bodies: Sequence[bytes], decoded: Sequence[Entry]) -> Frontier:
    """Rows of a page of entries and of the tiles they complete; returns the frontier after them.

    Leaf hashes themselves are not kept: a tile of them is 256 hashes of stored entries away.
    """
    listed = rows["entries"]
    for body, entry in zip(bodies, decoded, strict=True):
        listed.append(
            (
                entry["position"],
                entry["type"],
                entry["source"],
                entry["stream"],
                entry.get("year"),
                entry.get("effective_on"),
                entry["recorded_at"],
                body,
            )
        )
    grown = TileRows(frontier)
    rows["tree"] += [row for row in grown.append(leaf_hashes(bodies)) if row[0]]
    return grown.frontier


def bodies(connection: Connection, first: int, last: int) -> list[bytes]:
    """The bytes of the entries from one position to another, both included."""
    chosen = select(entries.c.body).where(entries.c.position.between(first, last)).order_by(entries.c.position)
    return list(connection.execute(chosen).scalars().all())


def entry_at(connection: Connection, position: int) -> Entry | None:
    """One stored entry."""
    body = connection.execute(select(entries.c.body).where(entries.c.position == position)).scalar()
    return None if body is None else decode(body)


def entries_at(connection: Connection, positions: Sequence[int]) -> dict[int, Entry]:
    """Stored entries by position."""
    found: dict[int, Entry] = {}
    for at in range(0, len(positions), 500):
        chosen = select(entries.c.body).where(entries.c.position.in_(positions[at : at + 500]))
        found |= {entry["position"]: entry for entry in map(decode, connection.execute(chosen).scalars())}
    return found


def recorded_at(connection: Connection, position: int) -> str | None:
    """When an entry was recorded."""
    chosen = select(entries.c.recorded_at).where(entries.c.position == position)
    return connection.execute(chosen).scalar()


def last_recorded_by(connection: Connection, instant: str, head: int) -> int:
    """The last position recorded at or before a UTC instant; recording times grow with positions."""
    low, high = 0, head
    while low < high:
        middle = (low + high + 1) // 2
        at = recorded_at(connection, middle)
        assert at is not None, f"entry {middle} is missing from the verified copy"
        low, high = (middle, high) if at <= instant else (low, middle - 1)
    return low


def count(connection: Connection) -> int:
    """How many entries are stored."""
    return connection.execute(select(func.count()).select_from(entries)).scalar_one()


def root(connection: Connection, size: int) -> bytes:
    """The tree's root over the first `size` entries."""
    if not size:
        return EMPTY_ROOT
    node = nodes(connection, size)
    start, peaks = 0, []
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            peaks.append(node(level, start >> level))
            start += 1 << level
    return Frontier(size, peaks).root()


def nodes(connection: Connection, size: int) -> TileNodes:
    """The inner hashes of the tree of the first `size` entries."""
    return TileNodes(lambda level, start, width: _hashes(connection, level, start, width), size)


def checkpoint(connection: Connection, size: int, known: bytes | None = None) -> dict[str, Any]:
    """Size and root of the first `size` entries, as answers show them."""
    found = root(connection, size) if known is None else known
    return {"size": size, "root": b64encode(found).decode()}


def tile_roots(connection: Connection, start: int, end: int) -> dict[int, bytes]:
    """The stored roots of full leaf tiles by their number, from one to another, both included."""
    chosen = select(tree.c.place, tree.c.hash).where(tree.c.tile_level == 1, tree.c.place.between(start, end))
    return dict(connection.execute(chosen).all())


def _hashes(connection: Connection, tile_level: int, start: int, width: int) -> list[bytes]:
    if tile_level == 0:
        return leaf_hashes(bodies(connection, start + 1, start + width))
    chosen = (
        select(tree.c.hash)
        .where(tree.c.tile_level == tile_level, tree.c.place.between(start, start + width - 1))
        .order_by(tree.c.place)
    )
    return list(connection.execute(chosen).scalars().all())
