"""What every projection's tables share: two families of tables, and how rows are written in bulk."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, MetaData, Table, insert

from reporting_service.projections.copying import copy_rows
from shared.money import text

VERIFIED = MetaData()
"""The verified copy of the log and the bookmark: what a rebuild reads and never drops."""

DERIVED = MetaData()
"""What the projections fold out of the log: dropped and made again by a rebuild."""

BESIDE = "rebuilt_"
"""Prefix of the tables that a rebuild fills beside the live ones."""

Row = tuple[Any, ...]
Rows = defaultdict[str, list[Row]]
"""New rows by table name, values in the order of the table's columns; amounts are texts."""


class Totals:
    """Running sums of two-place amounts, each beside its text, so that only what moved is written anew."""

    __slots__ = ("texts", "values")

    def __init__(self, values: Iterable[Decimal]) -> None:
        self.values = list(values)
        self.texts = [text(value) for value in self.values]

    def add(self, place: int, amount: Decimal) -> None:
        """Add to one of the sums."""
        value = self.values[place] = self.values[place] + amount
        self.texts[place] = text(value)


def new_rows() -> Rows:
    """No rows yet."""
    return defaultdict(list)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows in one call, past the parameter handling that would cost more than the insert."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        copy_rows(connection, table, rows)
    else:
        connection.exec_driver_sql(str(insert(table).compile(dialect=connection.dialect)), list(rows))


def write(connection: Connection, rows: Rows, metadata: MetaData, prefix: str = "") -> None:
    """Add the rows of all tables of one family; `prefix` sends them to the tables beside."""
    for name, added in rows.items():
        insert_rows(connection, metadata.tables[prefix + name], added)
