"""Running balances: every posting with its account's total after it, so that any position is an index look-up."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Column, Connection, Integer, Table, Text, func, select

from reporting_service.projections.fact import Fact
from reporting_service.projections.tables import DERIVED, Rows, Totals
from reporting_service.projections.view import View
from shared.money import ZERO
from shared.postings import Posting

keys = Table(
    "balance_keys",
    DERIVED,
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, nullable=False),
    Column("account", Text, nullable=False),
    Column("line", Text),
    Column("year", Integer, nullable=False),
    Column("row", Text),
)
postings = Table(
    "postings",
    DERIVED,
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("debits", Text, nullable=False),
    Column("credits", Text, nullable=False),
    Column("effective_on", Text, nullable=False),
    Column("project", Text),
    sqlite_with_rowid=False,
)

DEBITS, CREDITS = 0, 1

Name = tuple[str, int, str | None]
"""Account, year, T2 row."""


class Balance(NamedTuple):
    """What one account took in and gave in one year and T2 row, in USD, both positive."""

    account: str
    line: str | None
    year: int
    row: str | None
    debits: Decimal
    credits: Decimal

    @property
    def total(self) -> Decimal:
        """Debits less credits."""
        return self.debits - self.credits


class Balances:
    """The projection: one row per key and position."""

    types: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self._keys: dict[Name, int] = {}
        self._totals: list[Totals] = []

    def recall(self, connection: Connection) -> None:
        """Take up every key's totals."""
        for key, account, _, year, row, *sides in connection.execute(_latest(None)):
            assert key == len(self._totals)
            self._keys[account, year, row] = key
            self._totals.append(Totals(map(Decimal, sides)))

    def fold(self, fact: Fact, rows: Rows) -> None:
        """Move each account that the fact's postings name."""
        moved: dict[int, Posting] = {}
        for posting in fact.postings:
            name = (posting.account, posting.year, posting.row)
            key = self._keys.get(name)
            if key is None:
                key = self._new_key(name, posting.line, fact.position, rows)
            amount = posting.amount
            self._totals[key].add(CREDITS if amount < 0 else DEBITS, abs(amount))
            moved[key] = posting
        added = rows["postings"]
        for key, posting in moved.items():
            texts = self._totals[key].texts
            added.append((key, fact.position, *texts, posting.effective_on, posting.project))

    def _new_key(self, name: Name, line: str | None, position: int, rows: Rows) -> int:
        key = self._keys[name] = len(self._totals)
        self._totals.append(Totals((ZERO, ZERO)))
        account, year, row = name
        rows["balance_keys"].append((key, position, account, line, year, row))
        return key


def _latest(position: int | None):  # type: ignore[no-untyped-def]
    last = select(func.max(postings.c.position)).where(postings.c.key == keys.c.key)
    if position is not None:
        last = last.where(postings.c.position <= position)
    chosen = select(
        keys.c.key, keys.c.account, keys.c.line, keys.c.year, keys.c.row, postings.c.debits, postings.c.credits
    ).join(postings, postings.c.key == keys.c.key)
    if position is not None:
        chosen = chosen.where(keys.c.position <= position)
    return chosen.where(postings.c.position == last.correlate(keys).scalar_subquery()).order_by(keys.c.key)


def balances(view: View) -> list[Balance]:
    """Every account's balance per year and T2 row, as the view knows them."""
    return view.once("balances", lambda: _booked_by(view) if view.as_of else _known(view))


def _known(view: View) -> list[Balance]:
    found = view.connection.execute(_latest(view.position))
    return [
        Balance(account, line, year, row, Decimal(debited), Decimal(credited))
        for _, account, line, year, row, debited, credited in found
    ]


def _booked_by(view: View) -> list[Balance]:
    """From the steps between totals, because a booking date may lie anywhere in the order of the log."""
    chosen = (
        select(keys.c.account, keys.c.line, keys.c.year, keys.c.row, postings.c.debits, postings.c.credits)
        .add_columns(postings.c.effective_on)
        .join(postings, postings.c.key == keys.c.key)
        .where(postings.c.position <= view.position)
        .order_by(keys.c.key, postings.c.position)
    )
    kept: dict[Name, Balance] = {}
    last, before = None, (ZERO, ZERO)
    for account, line, year, row, *sides, on in view.connection.execute(chosen):
        name = (account, year, row)
        if name != last:
            last, before = name, (ZERO, ZERO)
        after = (Decimal(sides[DEBITS]), Decimal(sides[CREDITS]))
        if view.as_of is None or on <= view.as_of:
            have = kept.get(name) or Balance(account, line, year, row, ZERO, ZERO)
            debits, credited = (
                have.debits + after[DEBITS] - before[DEBITS],
                have.credits + after[CREDITS] - before[CREDITS],
            )
            kept[name] = Balance(account, line, year, row, debits, credited)
        before = after
    return list(kept.values())


class Booking(NamedTuple):
    """One entry's postings to one account in one year, in USD, debits less credits."""

    account: str
    year: int
    position: int
    amount: Decimal


def bookings(view: View, line: str) -> list[Booking]:
    """Every step between the totals of a line's accounts."""
    return view.once(("bookings", line), lambda: list(_bookings(view, line)))


def _bookings(view: View, line: str) -> Iterator[Booking]:
    chosen = select(keys.c.key, keys.c.account, keys.c.year, postings.c.position, postings.c.debits, postings.c.credits)
    known = chosen.join(postings, postings.c.key == keys.c.key).where(postings.c.position <= view.position)
    last, before = None, ZERO
    for key, account, year, position, debited, credited in view.connection.execute(
        known.where(keys.c.line == line).order_by(keys.c.key, postings.c.position)
    ):
        if key != last:
            last, before = key, ZERO
        after = Decimal(debited) - Decimal(credited)
        yield Booking(account, year, position, after - before)
        before = after


def total(found: Iterable[Balance], keep: Callable[[Balance], bool]) -> Decimal:
    """Sum of the balances that `keep` accepts, in USD."""
    return sum((balance.total for balance in found if keep(balance)), ZERO)
