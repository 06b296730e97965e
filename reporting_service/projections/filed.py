"""Facts filed under a key: the read model of facts too few or too different for columns of their own."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Column, ColumnElement, Connection, Index, Integer, Table, Text, select

from reporting_service.projections.fact import Fact
from reporting_service.projections.tables import DERIVED, Rows
from reporting_service.projections.view import View


class Filed(NamedTuple):
    """A fact as filed: `origin` is the position of the entry that carries the data, `sign` −1 takes it back."""

    key: str
    position: int
    origin: int
    sign: int
    type: str
    effective_on: str
    year: int
    subject: str
    data: dict[str, Any]


def filed_table(name: str) -> Table:
    """A table of filed facts."""
    return Table(
        name,
        DERIVED,
        Column("key", Text, primary_key=True),
        Column("position", Integer, primary_key=True, autoincrement=False),
        Column("origin", Integer, nullable=False),
        Column("sign", Integer, nullable=False),
        Column("type", Text, nullable=False),
        Column("effective_on", Text, nullable=False),
        Column("year", Integer, nullable=False),
        Column("subject", Text, nullable=False),
        Column("data", Text, nullable=False),
        Index(f"{name}_position", "position"),
        sqlite_with_rowid=False,
    )


class FiledFacts:
    """A projection of some event types into such a table; a fact without a key is left out."""

    def __init__(self, table: Table, types: Iterable[str], key: Callable[[Fact], str | None]) -> None:
        self.types = frozenset(types)
        self._name = table.name
        self._key = key

    def recall(self, connection: Connection) -> None:
        """Nothing is remembered: every row stands alone."""

    def fold(self, fact: Fact, rows: Rows) -> None:
        """File one fact."""
        entry, key = fact.entry, self._key(fact)
        if key is None:
            return
        rows[self._name].append(
            (
                key,
                fact.position,
                entry["position"],
                fact.sign,
                fact.short,
                fact.on,
                fact.year,
                entry["recorded_by"],
                orjson.dumps(entry["data"]).decode(),
            )
        )


def filed(
    view: View, table: Table, key: str | None = None, *, types: Iterable[str] = (), dated: bool = True
) -> list[Filed]:
    """The facts that stand, all or under one key or of some types, in the order of the log.

    Unless `dated`, the view's booking date plays no part.
    """
    found = moves(view, table, key, types)
    gone = {fact.origin for fact in found if fact.sign < 0}
    kept = [fact for fact in found if fact.origin not in gone]
    return [fact for fact in kept if not dated or not view.as_of or fact.effective_on <= view.as_of]


def moves(view: View, table: Table, key: str | None = None, types: Iterable[str] = ()) -> list[Filed]:
    """Every fact filed and every taking back, each in the year in which it is booked, in the order of the log.

    Those not of one key stay in memory: ask so only for what is never filed by the thousand, else `filed_behind`.
    """
    if key is not None:
        return _read(view, table, table.c.key == key)
    which = [table.c.type.in_(types)] if types else []
    name, nothing = " ".join((table.name, *sorted(types))), list[Filed]()
    return view.read_on(name, nothing, lambda known, after: _on(view, table, known, after, *which), _cut)


def filed_behind(view: View, table: Table, position: int) -> list[Filed]:
    """What was filed behind a position, and nothing else read."""
    return _read(view, table, table.c.position > position)


def _on(view: View, table: Table, known: list[Filed], after: int, *which: ColumnElement[bool]) -> list[Filed]:
    later = _read(view, table, table.c.position > after, *which)
    return [*known, *later] if later else known


def _cut(found: list[Filed], position: int) -> list[Filed]:
    return found[: bisect_right(found, position, key=lambda fact: fact.position)]


def _read(view: View, table: Table, *which: ColumnElement[bool]) -> list[Filed]:
    chosen = select(table).where(table.c.position <= view.position, *which).order_by(table.c.position)
    return [Filed._make((*row[:8], orjson.loads(row[8]))) for row in view.connection.execute(chosen).all()]
