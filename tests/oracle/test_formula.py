"""The oracle knows the published cases of the formula, in cents."""

import pytest

from tests.oracle.formula import SHIPPED, Income, allocation

RULES = {**SHIPPED[0]["parameters"], **SHIPPED[1]["parameters"]}
MILLION = 100_000_000


def income(discretionary: int, security: int, miscellaneous: int) -> Income:
    """Income of a year in cents from its sums."""
    return Income(discretionary - miscellaneous, security, miscellaneous, 0)


@pytest.mark.parametrize(
    ("given", "line_1", "line_2"),
    [
        (income(3_090_000_000, 540_000_000, 600_000_000), 140_000_000, 125_000_000),
        (income(2_500_000_000, 450_000_000, 600_000_000), 140_000_000, 0),
        (income(2_400_000_000, 420_000_000, 600_000_000), 140_000_000, 0),
        (income(4_650_000_000, 600_000_000, 400_000_000), 140_000_000, 260_000_000),
        (income(4_650_000_000, 600_000_000, 110_000_000), 110_000_000, 0),
        (income(4_650_000_000, 600_000_000, -10 * MILLION), 0, 0),
    ],
    ids=["normal", "at baseline", "security matters", "cap binds", "M below 1.4 million", "M negative"],
)
def test_the_published_cases_come_out(given: Income, line_1: int, line_2: int) -> None:
    assert allocation(given, RULES, 2008, 0) == (line_1, line_2)


def test_nothing_goes_to_line_2_before_2008() -> None:
    given = income(3_090_000_000, 540_000_000, 600_000_000)
    assert allocation(given, RULES, 2007, 0) == (140_000_000, 0)
    assert allocation(given, SHIPPED[0]["parameters"], 2008, 0) == (140_000_000, 0)


def test_the_share_is_rounded_down_to_the_cent() -> None:
    given = income(2_050_000_003, 0, 600_000_000)
    assert allocation(given, RULES, 2008, 0) == (140_000_000, 0)
