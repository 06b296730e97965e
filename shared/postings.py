"""Fact to double-entry postings: the one place that says what an event does to the accounts.

Every entry's postings sum to zero, and so do those of each line (Res. 1150, Annex, Part III,
criterion 5: distinct accounting). Debits are positive. Money that a line can still commit is
the account "<line>/available"; the row names the line of table T2 in which a movement counts.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from shared.money import amount, received_usd

Entry = dict[str, Any]


class Posting(NamedTuple):
    """One movement of one account: debit positive, in USD, booked on its own date."""

    account: str
    amount: Decimal
    effective_on: str
    year: int
    line: str | None = None
    row: str | None = None
    project: str | None = None


class ProjectBalances(NamedTuple):
    """What a project has been granted, paid, has spent and given back so far, in USD."""

    line: str
    granted: Decimal
    disbursed: Decimal
    spent: Decimal
    recovered: Decimal


class Books(Protocol):
    """What must be known of the entries before this one."""

    def project(self, code: str) -> ProjectBalances:
        """The project's balances before the entry."""
        ...

    def entry_at(self, position: int) -> Entry | None:
        """An earlier entry of the log."""
        ...

    def freed_at(self, position: int) -> Decimal | None:
        """What the cancellation or closure recorded at a position freed; None if not recorded yet."""
        ...

    def is_pending(self, position: int) -> bool:
        """Does the action recorded at a position still wait for its confirmation?"""
        ...


Leg = tuple[str, Decimal, str | None]
"""Account without its line, amount, T2 row."""


def postings_of(entry: Entry, books: Books) -> tuple[Posting, ...]:
    """The balanced postings of an entry; none for a fact that moves no money."""
    short = entry["type"][9:-3]
    if short == "action.confirmed":
        return _of_confirmed(entry, books)
    if short == "entry.reversed":
        return _of_reversed(entry, books)
    legs = _LEGS.get(short)
    return _booked(entry, legs(entry, books)) if legs else ()


def freed(entry: Entry, books: Books) -> Decimal:
    """What a cancellation or financial closure sets free: the grant less what was disbursed."""
    recorded = books.freed_at(entry["position"])
    if recorded is not None:
        return recorded
    project = books.project(entry["data"]["project"])
    return project.granted - project.disbursed


def _booked(entry: Entry, legs: list[Leg]) -> tuple[Posting, ...]:
    data, stream = entry["data"], entry["stream"]
    line = data.get("line") or (stream if stream.startswith("line-") else None)
    adjusted = "adjusts_year" in data
    on, year, project = entry["effective_on"], entry["year"], data.get("project")
    owner = f"{line}/" if line else "income/"
    return tuple(
        Posting(owner + account, value, on, year, line, "adjustments" if adjusted and row else row, project)
        for account, value, row in legs
    )


def _of_confirmed(entry: Entry, books: Books) -> tuple[Posting, ...]:
    confirmed = books.entry_at(entry["data"]["position"])
    assert confirmed is not None, "a confirmation names an earlier entry"
    legs = _CONFIRMED_LEGS.get(confirmed["type"][9:-3])
    return _booked(confirmed, legs(confirmed, books)) if legs else ()


def _of_reversed(entry: Entry, books: Books) -> tuple[Posting, ...]:
    reversed_entry = books.entry_at(entry["data"]["position"])
    assert reversed_entry is not None, "a reversal names an earlier entry"
    adjusted = "adjusts_year" in entry["data"]
    on, year = entry["effective_on"], entry["year"]
    short = reversed_entry["type"][9:-3]
    if short in _CONFIRMED_LEGS and not books.is_pending(reversed_entry["position"]):
        moved = _booked(reversed_entry, _CONFIRMED_LEGS[short](reversed_entry, books))
    else:
        moved = postings_of(reversed_entry, books)
    return tuple(
        posting._replace(
            amount=-posting.amount,
            effective_on=on,
            year=year,
            row="adjustments" if adjusted and posting.row else posting.row,
        )
        for posting in moved
    )


def _available(counter_account: str, row: str, sign: int = 1) -> Callable[[Entry, Books], list[Leg]]:
    """Legs that move a posted amount between a line's available money and another account."""

    def legs(entry: Entry, _: Books) -> list[Leg]:
        value = sign * received_usd(entry["data"])
        return [("available", value, row), (counter_account, -value, None)]

    return legs


def _between(debited: str, credited: str) -> Callable[[Entry, Books], list[Leg]]:
    """Legs that move a posted amount between two accounts that are not available money."""

    def legs(entry: Entry, _: Books) -> list[Leg]:
        value = amount(entry["data"]["amount"])
        return [(debited, value, None), (credited, -value, None)]

    return legs


def _revision(entry: Entry, _: Books) -> list[Leg]:
    change = amount(entry["data"]["change"])
    return [("available", change, "revisions"), ("allocation", -change, None)]


def _freeing(entry: Entry, books: Books) -> list[Leg]:
    value = freed(entry, books)
    return [("available", value, "freed"), ("undisbursed", -value, None)]


def _income(entry: Entry, _: Books) -> list[Leg]:
    value = received_usd(entry["data"])
    return [("cash", value, None), (entry["data"]["kind"], -value, None)]


def _migration(entry: Entry, _: Books) -> list[Leg]:
    data = entry["data"]
    approved, disbursed, spent = (amount(data[field]) for field in ("approved", "disbursed", "spent"))
    return [
        ("undisbursed", approved - disbursed, None),
        ("advances", disbursed - spent, None),
        ("expenditure", spent, None),
        ("opening", -approved, None),
    ]


_LEGS: dict[str, Callable[[Entry, Books], list[Leg]]] = {
    "line.allocated": _available("allocation", "allocation"),
    "line.allocation-revised": _revision,
    "contribution.received": _available("contributions", "contributions"),
    "contribution.refunded": _available("contributions", "refunds", -1),
    "grant.approved": _available("undisbursed", "project-allocations", -1),
    "grant.increased": _available("undisbursed", "increases", -1),
    "grant.decreased": _available("undisbursed", "decreases"),
    "grant.cancelled": _freeing,
    "project.financially-closed": _freeing,
    "grant.disbursed": _between("advances", "undisbursed"),
    "expenditure.reported": _between("expenditure", "advances"),
    "grant.balance-returned": _available("advances", "recovered"),
    "income.received": _income,
    "overhead.applied": _between("applied", "cash"),
}
_CONFIRMED_LEGS: dict[str, Callable[[Entry, Books], list[Leg]]] = {
    "line.opened": _available("opening", "opening"),
    "project.migrated": _migration,
}
