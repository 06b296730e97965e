"""The formula of Part III in integer cents, and the two shipped rule sets as the domain description gives them."""

from decimal import ROUND_DOWN, Decimal, localcontext
from typing import Any, NamedTuple


class Income(NamedTuple):
    """A year's income in cents; overhead includes security."""

    overhead: int
    security: int
    unearmarked: int
    interest: int

    @classmethod
    def budgeted(cls, data: dict[str, Any]) -> "Income":
        """The income of a budget basis."""
        names = ("project_overhead", "security", "unearmarked_contributions", "interest")
        return cls(*(int(data[name].replace(".", "")) for name in names))

    @property
    def miscellaneous(self) -> int:
        """M, of any sign."""
        return self.unearmarked + self.interest


def room_under_the_cap(income: Income, rules: dict[str, Any], outside: int) -> int | None:
    """What both lines may get of new money; None without a cap."""
    if rules["cap"] == "none":
        return None
    room = max(0, income.miscellaneous)
    return max(0, room - max(0, outside)) if rules["cap_counts"] == "all" else room


def allocation(income: Income, rules: dict[str, Any], year: int, outside: int) -> tuple[int, int]:
    """Line 1 and Line 2 of a year in cents."""
    line_1 = int(rules["line_1_amount"].replace(".", ""))
    share = 0
    if rules["share"] is not None and year >= rules["first_year"]:
        baseline = int(rules["baseline"].replace(".", ""))
        excess = max(0, income.overhead + income.miscellaneous - income.security - baseline)
        with localcontext() as context:
            context.prec = 60
            share = int((Decimal(rules["share"]) * excess).to_integral_value(ROUND_DOWN))
    room = room_under_the_cap(income, rules, outside)
    if room is None:
        return line_1, share
    if not rules["protect_line_1"]:
        line_1 = min(line_1, room)
    return line_1, max(0, min(share, room - line_1))


SHIPPED: list[dict[str, Any]] = [
    {
        "version": "1035",
        "effective_from": "2001-01-01",
        "parameters": {
            "share": None,
            "baseline": None,
            "line_1_amount": "1400000.00",
            "national_ceiling": None,
            "regional_ceiling": None,
            "line_1_national_ceiling": None,
            "line_1_regional_ceiling": None,
            "first_year": 2008,
            "article_4_years": 2,
            "regional_minimum_states": 2,
            "article_4_comparison": "at-least",
            "cap": "none",
            "cap_counts": "new-money",
            "protect_line_1": False,
            "cap_retest_at_close": False,
            "exclude_eu": True,
            "endorsement_required": True,
            "regional_majority": True,
            "article_4_bars": [],
            "eligible_statuses": ["developing", "transition"],
        },
    },
    {
        "version": "1150",
        "effective_from": "2008-01-01",
        "parameters": {
            "share": "0.25",
            "baseline": "20500000.00",
            "line_1_amount": "1400000.00",
            "national_ceiling": "200000.00",
            "regional_ceiling": "300000.00",
            "cap": "miscellaneous-income",
            "cap_retest_at_close": True,
            "article_4_bars": ["line-2"],
        },
    },
]
