"""Behind T12: each direct voluntary contribution in its own currency and in USD."""

from decimal import Decimal

from reporting_service.projections.contributions import contribution_moves, moves_of_contribution
from reporting_service.projections.filed import Filed
from reporting_service.projections.view import View
from reporting_service.reports.behind.figure import EMPTY, Behind, Events, Sums, formula, gathered, said, total
from reporting_service.reports.contributions import KINDS, RECEIPTS, gifts, in_usd
from reporting_service.reports.donors import SETTLED, TOGETHER
from shared.money import ZERO, amount

WORDS = frozenset({"donor", "line", "currency"})
MADE_OF = ("pledged", "reduced", "received")


def contributions(view: View, year: int, row: str, column: str) -> Behind:
    """T12: the facts of a contribution up to the end of the year, what a reversal takes back with them."""
    moves = _moves(view, year, row)
    if column.startswith("usd"):
        return total(_usd([fact for fact in moves if _counts(fact, column, year)]))
    if row in (TOGETHER, SETTLED):
        return EMPTY
    to_date = [fact for fact in moves if fact.effective_on <= f"{year}-12-31"]
    if column in WORDS:
        return said(to_date[0].position)
    if column == "rates":
        rated = [fact.position for fact in to_date if "rate" in fact.data and fact.sign > 0]
        return said(*rated) if rated else EMPTY
    if column != "outstanding":
        return total(_own(to_date, column))
    leaves = {name: _own(to_date, name) for name in MADE_OF}
    parts = {name: f"T12/{row}/{name}" for name in MADE_OF}
    return formula("pledged less reduced less received, never below zero", _outstanding, leaves, parts)


def _moves(view: View, year: int, row: str) -> list[Filed]:
    if row == TOGETHER:
        return contribution_moves(view)
    if row == SETTLED:
        listed = gifts(view).of_year(year)
        found = contribution_moves(view)
        return [fact for fact in found if (fact.data["contribution"], fact.data["currency"]) not in listed]
    code, _, _currency = row.rpartition("/")
    found = moves_of_contribution(view, row) + moves_of_contribution(view, code)
    return [fact for fact in found if row == _row_of(fact)]


def _row_of(fact: Filed) -> str:
    code, currency = fact.data["contribution"], fact.data["currency"]
    return str(code) if currency == "USD" else f"{code}/{currency}"


def _counts(fact: Filed, column: str, year: int) -> bool:
    if column == "usd":
        return fact.effective_on <= f"{year}-12-31"
    return fact.year == (year if column == "usd-year" else year - 1)


def _usd(facts: list[Filed]) -> Events:
    return gathered((fact.position, in_usd(fact)) for fact in facts if fact.type in RECEIPTS)


def _own(facts: list[Filed], column: str) -> Events:
    return gathered(
        (fact.position, fact.sign * amount(fact.data["amount"])) for fact in facts if KINDS[fact.type] == column
    )


def _outstanding(sums: Sums) -> Decimal:
    return max(ZERO, sums["pledged"] - sums["reduced"] - sums["received"])
