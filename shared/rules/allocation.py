"""The formula of Part III: from a year's Discretionary Income to both lines, with every step shown.

M  = unearmarked + interest
L1 = min(line_1_amount, max(0, M))
S  = share x max(0, DI - security - baseline), rounded down to the cent
L2 = min(S, max(0, M) - L1), never negative
"""

from decimal import Decimal
from typing import Any, NamedTuple

from shared.money import EXACT, ZERO, amount, down_to_cent, text
from shared.rules.model import IncomeYear, Model, RuleSet
from shared.rules.refusals import SOURCES

LINES = ("line-1", "line-2")


class Income(NamedTuple):
    """A year's income in USD: overhead includes security."""

    overhead: Decimal
    security: Decimal
    unearmarked: Decimal
    interest: Decimal

    @property
    def miscellaneous(self) -> Decimal:
        """M: unearmarked contributions and interest, the true figure of any sign."""
        return self.unearmarked + self.interest

    @property
    def discretionary(self) -> Decimal:
        """DI: overhead and miscellaneous income."""
        return self.overhead + self.miscellaneous


class Derivation(NamedTuple):
    """What the formula gives for one year: both lines in USD, the steps as texts, exceptions by line."""

    line_1: Decimal
    line_2: Decimal
    steps: dict[str, str]
    exceptions: dict[str, str]

    def of(self, line: str) -> Decimal:
        """The amount of one line."""
        return self.line_1 if line == "line-1" else self.line_2


def budgeted(data: dict[str, Any]) -> Income:
    """The income of one approved budget basis."""
    fields = ("project_overhead", "security", "unearmarked_contributions", "interest")
    return Income(*(amount(data[field]) for field in fields))


def actual(year: IncomeYear) -> Income:
    """The income received for a year so far."""
    return Income(year.overhead, year.security, year.unearmarked, year.interest)


def derive(income: Income, rules: RuleSet, year: int, outside: Decimal = ZERO) -> Derivation:
    """Both lines of a year (Part III, bullets 1, 2, 5); `outside` is carry-forward and recovered balances, in USD."""
    said = rules.parameters
    cap = capped_room(income, rules, outside)
    full_1 = amount(said["line_1_amount"])
    line_1 = full_1 if cap is None or said["protect_line_1"] else min(full_1, cap)
    share, excess = line_2_share(income, rules, year)
    line_2 = share if cap is None else min(share, max(ZERO, cap - line_1))
    steps = {
        "discretionary_income": text(income.discretionary),
        "project_overhead": text(income.overhead),
        "security": text(income.security),
        "without_security": text(income.discretionary - income.security),
        "baseline": text(amount(said["baseline"] or "0.00")),
        "excess": text(excess),
        "share": said["share"] or "0",
        "line_2_share": text(share),
        "unearmarked_contributions": text(income.unearmarked),
        "interest": text(income.interest),
        "miscellaneous_income": text(income.miscellaneous),
        "cap": "none" if cap is None else text(cap),
        "cap_counts": said["cap_counts"],
        "outside_the_cap": text(outside),
        "line_1_amount": text(full_1),
        "line_1": text(line_1),
        "line_2": text(line_2),
        "facility": text(line_1 + line_2),
        "binding": _binding(line_1 < full_1 or line_2 < share, rules, year),
    }
    short = {"line-1": "line-1/amount"} if line_1 < full_1 else {}
    return Derivation(line_1, line_2, steps, short)


def line_2_share(income: Income, rules: RuleSet, year: int) -> tuple[Decimal, Decimal]:
    """S and the excess over the baseline, rounded down to the cent (line-2/share, line-2/first-year; bullet 1)."""
    said = rules.parameters
    if said["share"] is None or year < said["first_year"]:
        return ZERO, ZERO
    excess = max(ZERO, income.discretionary - income.security - amount(said["baseline"]))
    return down_to_cent(EXACT.multiply(Decimal(said["share"]), excess)), excess


def capped_room(income: Income, rules: RuleSet, outside: Decimal) -> Decimal | None:
    """The room under the cap in USD (facility/cap; bullet 2); None where the set has no cap."""
    if rules.parameters["cap"] == "none":
        return None
    room = max(ZERO, income.miscellaneous)
    return max(ZERO, room - max(ZERO, outside)) if rules.parameters["cap_counts"] == "all" else room


def _binding(capped: bool, rules: RuleSet, year: int) -> str:
    """The rule that decided the year: what kept the lines from being larger."""
    if capped:
        return "facility/cap"
    if rules.parameters["share"] is None or year < rules.parameters["first_year"]:
        return "line-2/first-year"
    return "line-2/share"


def outside_the_cap(model: Model, year: int) -> Decimal:
    """Carry-forward into a year and balances recovered in it, both lines, in USD."""
    rows = model.line_years.rows()
    return sum(
        (
            value
            for (_, of, row), value in rows.items()
            if of < year or (of == year and row in ("opening", "recovered"))
        ),
        ZERO,
    )


def allocation_exception(derivation: Derivation, line: str) -> dict[str, str] | None:
    """The recorded exception of a line that gets less than its amount (bullet 5 (i))."""
    if line not in derivation.exceptions:
        return None
    source = SOURCES[derivation.exceptions[line]]
    return {
        "rule": derivation.exceptions[line],
        "resolution": source.resolution,
        "paragraph": source.paragraph,
        "detail": f"Line 1 is {derivation.steps['line_1']}, less than {derivation.steps['line_1_amount']}:"
        " the cap comes first.",
    }
