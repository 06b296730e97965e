"""Do debits equal credits, in each line and together?"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reporting_service.projections.balances import balances
from reporting_service.projections.view import View
from shared.money import ZERO, text

NO_LINE = "income"
"""Accounts of Discretionary Income belong to no line and balance among themselves."""


@dataclass(frozen=True)
class Account:
    """What an account took in and gave, in USD; the balance is debits less credits."""

    account: str
    line: str | None
    debits: Decimal
    credits: Decimal

    def as_dict(self) -> dict[str, Any]:
        """As answered."""
        return {"account": self.account, "line": self.line, **_sides(self.debits, self.credits)}


def trial_balance(view: View, year: int | None = None) -> list[Account]:
    """Every account at the end of a year, or now, in the order of their names."""
    sums: dict[str, Account] = {}
    for found in balances(view):
        if year is not None and found.year > year:
            continue
        before = sums.get(found.account) or Account(found.account, found.line, ZERO, ZERO)
        sums[found.account] = Account(
            found.account, found.line, before.debits + found.debits, before.credits + found.credits
        )
    return [sums[name] for name in sorted(sums)]


def trial_balance_document(accounts: list[Account]) -> dict[str, Any]:
    """As answered: the accounts, each line's sums and the sums of all."""
    groups = sorted({account.line or NO_LINE for account in accounts})
    return {
        "accounts": [account.as_dict() for account in accounts],
        "totals": {
            group: _together([account for account in accounts if (account.line or NO_LINE) == group])
            for group in groups
        },
        "total": _together(accounts),
    }


def _together(accounts: list[Account]) -> dict[str, str]:
    debits = sum((account.debits for account in accounts), ZERO)
    return _sides(debits, sum((account.credits for account in accounts), ZERO))


def _sides(debits: Decimal, credited: Decimal) -> dict[str, str]:
    return {"debit": text(debits), "credit": text(credited), "balance": text(debits - credited)}
