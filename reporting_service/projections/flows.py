"""What each fact does to its line and year by its own amount: a second count, made without the postings.

Table T15 sets it beside the postings and beside the projects; all three must agree.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from operator import add, sub
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Integer, Table, Text, func, select

from reporting_service.projections.balances import keys
from reporting_service.projections.fact import Fact
from reporting_service.projections.tables import DERIVED, Rows, Totals
from reporting_service.projections.view import View
from shared.money import ZERO, amount, received_usd

flows = Table(
    "flows",
    DERIVED,
    Column("line", Text, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("effective_on", Text, nullable=False),
    Column("available", Text, nullable=False),
    Column("granted", Text, nullable=False),
    Column("freed", Text, nullable=False),
    Column("disbursed", Text, nullable=False),
    Column("spent", Text, nullable=False),
    Column("recovered", Text, nullable=False),
    sqlite_with_rowid=False,
)


class Flow(NamedTuple):
    """USD of one line: net effect on available money, and what happened to grants."""

    available: Decimal = ZERO
    granted: Decimal = ZERO
    freed: Decimal = ZERO
    disbursed: Decimal = ZERO
    spent: Decimal = ZERO
    recovered: Decimal = ZERO

    def plus(self, other: "Flow") -> "Flow":
        """Both together."""
        return Flow._make(map(add, self, other))

    def minus(self, other: "Flow") -> "Flow":
        """The difference."""
        return Flow._make(map(sub, self, other))

    @property
    def of_grants(self) -> tuple[Decimal, ...]:
        """Granted, freed, disbursed, spent and recovered: what happened to grants."""
        return self[1:]

    @property
    def undisbursed(self) -> Decimal:
        """Granted and neither freed nor disbursed."""
        return self.granted - self.freed - self.disbursed

    @property
    def is_open(self) -> bool:
        """Money that is granted and not disbursed, or disbursed and neither spent nor recovered."""
        return self.undisbursed != 0 or self.disbursed - self.spent - self.recovered != 0


def together(found: Sequence[Flow]) -> Flow:
    """The sum of any number of them."""
    if len(found) < 2:
        return found[0] if found else Flow()
    return Flow._make([sum(amounts, ZERO) for amounts in zip(*found, strict=True)])


PLACES = {name: place for place, name in enumerate(Flow._fields)}


FREEING = frozenset({"grant.cancelled", "project.financially-closed"})
EFFECTS: dict[str, dict[str, int]] = {
    "line.opened": {"available": 1},
    "line.allocated": {"available": 1},
    "line.allocation-revised": {"available": 1},
    "contribution.received": {"available": 1},
    "contribution.refunded": {"available": -1},
    "project.migrated": {},
    "grant.approved": {"available": -1, "granted": 1},
    "grant.increased": {"available": -1, "granted": 1},
    "grant.decreased": {"available": 1, "granted": -1},
    "grant.cancelled": {"available": 1, "freed": 1},
    "project.financially-closed": {"available": 1, "freed": 1},
    "grant.disbursed": {"disbursed": 1},
    "expenditure.reported": {"spent": 1},
    "grant.balance-returned": {"available": 1, "recovered": 1},
}
"""Event type to what its amount moves, and which way."""


def moved_by(fact: Fact, freed: Decimal) -> list[tuple[int, Decimal]]:
    """What a fact moves of a Flow, by place; `freed` is what a cancellation or closure sets free."""
    data, sign = fact.data, fact.sign
    if fact.short == "project.migrated":
        brought = (("granted", "approved"), ("disbursed", "disbursed"), ("spent", "spent"))
        return [(PLACES[name], sign * amount(data[field])) for name, field in brought]
    value = freed if fact.short in FREEING else amount(data["change"]) if "change" in data else received_usd(data)
    return [(PLACES[name], sign * way * value) for name, way in EFFECTS[fact.short].items()]


class Flows:
    """The projection: running totals per line and year."""

    types = frozenset(EFFECTS)

    def __init__(self, freed_by: Callable[[Fact], Decimal], line_of: Callable[[Fact], str]) -> None:
        self._freed_by = freed_by
        self._line_of = line_of
        self._totals: dict[tuple[str, int], Totals] = {}

    def recall(self, connection: Connection) -> None:
        """Take up the totals of every line and year."""
        for line, year, *figures in _read(connection, None):
            self._totals[line, year] = Totals(map(Decimal, figures))

    def fold(self, fact: Fact, rows: Rows) -> None:
        """Add the fact's effect to its line and year."""
        line = self._line_of(fact)
        total = self._totals.get((line, fact.year))
        if total is None:
            total = self._totals[line, fact.year] = Totals(Flow())
        for place, value in moved_by(fact, self._freed_by(fact)):
            total.add(place, value)
        rows["flows"].append((line, fact.year, fact.position, fact.on, *total.texts))


def _read(connection: Connection, position: int | None) -> Iterable[tuple[Any, ...]]:
    named = select(keys.c.line, keys.c.year).where(keys.c.line.is_not(None)).distinct().subquery()
    last = select(func.max(flows.c.position)).where(flows.c.line == named.c.line, flows.c.year == named.c.year)
    if position is not None:
        last = last.where(flows.c.position <= position)
    same = (flows.c.line == named.c.line) & (flows.c.year == named.c.year)
    chosen = select(flows.c.line, flows.c.year, *flows.c[4:]).join(named, same)
    return connection.execute(chosen.where(flows.c.position == last.correlate(named).scalar_subquery()))


def flows_by_year(view: View) -> dict[tuple[str, int], Flow]:
    """Totals by line and year, as known at the view's position."""
    return view.once(
        "flows",
        lambda: {(row[0], int(row[1])): Flow(*map(Decimal, row[2:])) for row in _read(view.connection, view.position)},
    )


class FlowStep(NamedTuple):
    """What one entry did to a line's year."""

    position: int
    year: int
    flow: Flow


def flow_steps(view: View, line: str) -> list[FlowStep]:
    """Every step between the totals of a line, by year and position."""
    return view.once(("flow-steps", line), lambda: list(_steps(view, line)))


def _steps(view: View, line: str) -> Iterator[FlowStep]:
    c = flows.c
    chosen = select(c.year, c.position, *flows.c[4:]).where(c.line == line, c.position <= view.position)
    of, before = None, Flow()
    for year, position, *figures in view.connection.execute(chosen.order_by(c.year, c.position)):
        if year != of:
            of, before = year, Flow()
        after = Flow(*map(Decimal, figures))
        yield FlowStep(position, year, after.minus(before))
        before = after
