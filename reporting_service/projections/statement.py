"""Each line's movements of available money in the order of the log, with the running balance."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Integer, Select, Table, Text, select

from reporting_service.projections.fact import Fact
from reporting_service.projections.tables import DERIVED, Rows
from reporting_service.projections.view import View
from shared.money import ZERO, text
from shared.rules.allocation import LINES

movements = Table(
    "movements",
    DERIVED,
    Column("line", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("effective_on", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("row", Text, nullable=False),
    Column("project", Text),
    Column("amount", Text, nullable=False),
    Column("balance", Text, nullable=False),
    sqlite_with_rowid=False,
)


class Movement(NamedTuple):
    """One movement of a line's available money, in USD; `balance` is the line's after it."""

    position: int
    place: int
    effective_on: str
    year: int
    row: str
    project: str | None
    amount: Decimal
    balance: Decimal


class Statement:
    """The projection: one row per movement."""

    types: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self._balances: dict[str, Decimal] = {}

    def recall(self, connection: Connection) -> None:
        """Take up each line's last balance."""
        for line in LINES:
            chosen = select(movements.c.balance).where(movements.c.line == line)
            last = chosen.order_by(movements.c.position.desc(), movements.c.place.desc()).limit(1)
            self._balances[line] = Decimal(connection.execute(last).scalar() or ZERO)

    def fold(self, fact: Fact, rows: Rows) -> None:
        """Add each posting to a line's available money."""
        place = 0
        for posting in fact.postings:
            line = posting.line
            if posting.row is None or line is None:
                continue
            balance = self._balances[line] = self._balances.get(line, ZERO) + posting.amount
            rows["movements"].append(
                (
                    line,
                    fact.position,
                    place,
                    posting.effective_on,
                    posting.year,
                    posting.row,
                    posting.project,
                    text(posting.amount),
                    text(balance),
                )
            )
            place += 1


def movements_of(
    view: View, line: str, after: int = 0, limit: int | None = None, *, before: int = 0
) -> Iterator[Movement]:
    """A line's movements behind a position, in the order of the log; `before` asks for the last ones up to it first."""
    c = movements.c
    own = select(*c[1:]).where(c.line == line, c.position <= view.position)
    if view.as_of:
        own = own.where(c.effective_on <= view.as_of)
    if before:
        earlier = own.where(c.position <= after).order_by(c.position.desc(), c.place.desc()).limit(before)
        yield from reversed(_read(view, earlier))
    later = own.where(c.position > after).order_by(c.position, c.place)
    yield from _read(view, later if limit is None else later.limit(limit))


def last_balance(view: View, line: str) -> Decimal:
    """A line's available money at the view's position, whatever the booking dates."""
    c = movements.c
    chosen = select(c.balance).where(c.line == line, c.position <= view.position)
    found = view.connection.execute(chosen.order_by(c.position.desc(), c.place.desc()).limit(1)).scalar()
    return Decimal(found) if found else ZERO


def movements_at(view: View, line: str, position: int) -> list[Movement]:
    """What the entry at a position moved of a line's available money."""
    c = movements.c
    return _read(view, select(*c[1:]).where(c.line == line, c.position == position).order_by(c.place))


def all_movements(view: View, line: str) -> list[Movement]:
    """Every movement of a line, in the order of the log; read once per view."""
    return view.once(("movements", line), lambda: list(movements_of(view, line)))


def _read(view: View, chosen: Select[Any]) -> list[Movement]:
    return [
        Movement(position, place, on, year, row, project, Decimal(amount), Decimal(balance))
        for position, place, on, year, row, project, amount, balance in view.connection.execute(chosen)
    ]
