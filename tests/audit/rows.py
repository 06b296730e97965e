"""Edits of rows in a SQLite database: flip, delete, swap, insert, cut the end off; each by one statement or a few."""

import random
import sqlite3
from dataclasses import dataclass

from tests.audit.finding import NothingChanged, flipped


@dataclass(frozen=True)
class Table:
    """A table to edit: its columns, how many of them, from the first, are its key, and which are never edited."""

    name: str
    columns: tuple[str, ...]
    keys: int = 1
    left: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset({"flip", "delete", "swap", "insert", "truncate"})

    @property
    def where(self) -> str:
        return " AND ".join(f"{column} = ?" for column in self.columns[: self.keys])

    @property
    def editable(self) -> list[str]:
        return [column for column in self.columns if column not in self.left]

    def rows(self, raw: sqlite3.Connection) -> list[tuple]:
        return raw.execute(f"SELECT {', '.join(self.columns)} FROM {self.name} ORDER BY 1, 2").fetchall()


@dataclass(frozen=True)
class Made:
    """What was edited, in words, and the row's number: of the table's rows as they were, from 0."""

    table: Table
    what: str
    row: tuple
    column: str | None = None


def edited(raw: sqlite3.Connection, table: Table, kind: str, chance: random.Random) -> Made:
    """Make one edit in the running transaction; NothingChanged when the database would not have it so."""
    before = table.rows(raw)
    try:
        made = EDITS[kind](raw, table, before, chance)
    except (sqlite3.IntegrityError, OverflowError) as error:
        raise NothingChanged from error
    if table.rows(raw) == before:
        raise NothingChanged
    return made


def _flip(raw, table, rows, chance):
    row, column = chance.choice(rows), chance.choice(table.editable)
    value = flipped(row[table.columns.index(column)], chance)
    raw.execute(f"UPDATE {table.name} SET {column} = ? WHERE {table.where}", (value, *row[: table.keys]))
    return Made(table, f"{table.name}.{column}", row, column)


def _delete(raw, table, rows, chance):
    row = chance.choice(rows)
    raw.execute(f"DELETE FROM {table.name} WHERE {table.where}", row[: table.keys])
    return Made(table, table.name, row)


def _swap(raw, table, rows, chance):
    """One column, or all but the key, of two rows changes places."""
    if len(rows) < 2:
        raise NothingChanged
    one, other = sorted(chance.sample(rows, 2), key=rows.index)
    values = [column for column in table.columns[table.keys :] if column not in table.left]
    columns = values if chance.random() < 0.5 else [chance.choice(values)]
    places = [table.columns.index(column) for column in columns]
    setting = ", ".join(f"{column} = ?" for column in columns)
    if "originator_version" in columns:  # a version stands once in a stream: out of the way first
        raw.execute(f"UPDATE {table.name} SET originator_version = -1 WHERE {table.where}", other[: table.keys])
    for to, source in ((one, other), (other, one)):
        values = [source[place] for place in places]
        raw.execute(f"UPDATE {table.name} SET {setting} WHERE {table.where}", (*values, *to[: table.keys]))
    return Made(table, f"{table.name}.{'+'.join(columns)}", one, columns[0])


def _insert(raw, table, rows, chance):
    """A row once more under another key, behind the last or between."""
    row = list(chance.choice(rows))
    for place in range(table.keys):
        row[place] = flipped(row[place], chance)
    if table.name in ("stored_events", "entries") and chance.random() < 0.5:
        row[0] = rows[-1][0] + 1
    if "originator_version" in table.columns:
        row[2] += 1_000
    marks = ", ".join("?" * len(row))
    raw.execute(f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({marks})", row)
    return Made(table, table.name, tuple(row))


def _truncate(raw, table, rows, chance):
    first = chance.randrange(max(1, len(rows) // 2), len(rows)) if len(rows) > 1 else 0
    for row in rows[first:]:
        raw.execute(f"DELETE FROM {table.name} WHERE {table.where}", row[: table.keys])
    return Made(table, table.name, rows[first])


EDITS = {"flip": _flip, "delete": _delete, "swap": _swap, "insert": _insert, "truncate": _truncate}
