"""A line's year: what came in, what was committed, what is left, in USD (DOMAIN section 4, line balance)."""

from decimal import Decimal

from reporting_service.projections.balances import Balance, balances
from reporting_service.projections.view import View
from shared.money import ZERO

SOURCES = ("opening", "allocation", "revisions", "contributions", "refunds", "recovered", "adjustments")
USES = ("project-allocations", "increases", "decreases", "freed")


def line_rows(view: View, line: str, year: int) -> dict[str, Decimal]:
    """The rows of table T2, signed as they move available money, with `available`, `closing` and `over-committed`."""
    return view.once(("line-rows", line, year), lambda: _line_rows(available_of(view), line, year))


def _line_rows(found: list[Balance], line: str, year: int) -> dict[str, Decimal]:
    rows = dict.fromkeys((*SOURCES, "available", *USES), ZERO)
    for balance in found:
        if balance.line != line or balance.year > year or balance.row is None:
            continue
        row = balance.row if balance.year == year else "opening"
        rows[row] += balance.total
    rows["available"] = sum((rows[row] for row in SOURCES), ZERO)
    rows["closing"] = rows["available"] + sum((rows[row] for row in USES), ZERO)
    rows["over-committed"] = max(ZERO, -rows["closing"])
    return rows


def available_of(view: View) -> list[Balance]:
    """The balances of available money only."""
    return view.once("available", lambda: [balance for balance in balances(view) if balance.row is not None])
