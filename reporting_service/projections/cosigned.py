"""Checkpoints that witnesses cosigned, as they were verified: kept beside the copy of the log, not folded from it."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Column, Connection, Integer, Table, Text, delete, func, insert, select

from reporting_service.projections.tables import VERIFIED

cosigned_checkpoints = Table(
    "cosigned_checkpoints",
    VERIFIED,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
)


class Cosigned(NamedTuple):
    """A signed note with cosignatures that made the quorum, and when it was seen (UTC, ISO 8601)."""

    size: int
    note: str
    seen_at: str


def keep(connection: Connection, size: int, note: str, seen_at: str) -> None:
    """Keep a verified one; of one size the last."""
    connection.execute(delete(cosigned_checkpoints).where(cosigned_checkpoints.c.size == size))
    connection.execute(insert(cosigned_checkpoints).values(size=size, note=note, seen_at=seen_at))


def last_size(connection: Connection) -> int:
    """Size of the newest; 0 when there is none."""
    return connection.execute(select(func.max(cosigned_checkpoints.c.size))).scalar() or 0


def newest_first(connection: Connection, head: int) -> Iterator[Cosigned]:
    """Those of at most `head` entries, the newest first."""
    chosen = select(cosigned_checkpoints).where(cosigned_checkpoints.c.size <= head)
    for row in connection.execute(chosen.order_by(cosigned_checkpoints.c.size.desc())):
        yield Cosigned(row.size, row.note, row.seen_at)
