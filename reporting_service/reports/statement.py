"""What moved a line's available money, in the order of the log, with the running balance?"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reporting_service.projections import log_copy
from reporting_service.projections.statement import Movement, movements_of
from reporting_service.projections.view import View
from shared.money import ZERO, text


@dataclass(frozen=True)
class Statement:
    """A page of a line's statement in USD; `opening` is the balance before the first movement shown."""

    line: str
    opening: Decimal
    closing: Decimal
    movements: tuple[Movement, ...]
    next: int | None

    def as_dict(self, view: View) -> dict[str, Any]:
        """As answered, each movement with the event behind it."""
        events = log_copy.entries_at(view.connection, [movement.position for movement in self.movements])
        return {
            "line": self.line,
            "opening": text(self.opening),
            "movements": [_shown(movement, events[movement.position]) for movement in self.movements],
            "closing": text(self.closing),
            "next": self.next,
        }


def statement(view: View, line: str, year: int | None = None, after: int = 0, limit: int = 100) -> Statement:
    """A page behind position `after`; with a year, only its movements, the balance beginning with those before it.

    `closing` is the balance after the last movement of the page.
    """
    opening, page = ZERO, list[Movement]()
    more = False
    for movement in _running(view, line, year, after, limit):
        if movement.position <= after or (year is not None and movement.year < year):
            opening = movement.balance
        elif len(page) < limit or page[-1].position == movement.position:
            page.append(movement)
        else:
            more = True
            break
    if page:
        opening = page[0].balance - page[0].amount
    closing = page[-1].balance if page else opening
    return Statement(line, opening, closing, tuple(page), page[-1].position if more else None)


def _running(view: View, line: str, year: int | None, after: int, limit: int) -> Iterator[Movement]:
    """The stored balances where every movement counts; otherwise balances over those that do, earlier years first."""
    if year is None and view.as_of is None:
        yield from movements_of(view, line, after, limit + 2, before=1)
        return
    balance = ZERO
    chosen = [movement for movement in movements_of(view, line) if year is None or movement.year <= year]
    for movement in sorted(chosen, key=lambda found: year is not None and found.year == year):
        balance += movement.amount
        yield movement._replace(balance=balance)


def _shown(movement: Movement, entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "position": movement.position,
        "effective_on": movement.effective_on,
        "year": movement.year,
        "recorded_at": entry["recorded_at"],
        "type": entry["type"],
        "source": entry["source"],
        "id": entry["id"],
        "row": movement.row,
        "project": movement.project,
        "amount": text(movement.amount),
        "balance": text(movement.balance),
    }
