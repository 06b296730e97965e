"""The chart of accounts: our accounts under the five kinds that plain-text accounting knows, line by line."""

from shared.contract.events import EVENT_TYPES

LINE_ACCOUNTS = {
    "opening": "Equity",
    "allocation": "Income",
    "contributions": "Income",
    "available": "Assets",
    "undisbursed": "Assets",
    "advances": "Assets",
    "expenditure": "Expenses",
}
"""Of each line: what it was given is income, what is left of it are assets, what projects spent are expenses."""
INCOME_ACCOUNTS = {
    "cash": "Assets",
    "project-overhead": "Income",
    "unearmarked-contribution": "Income",
    "interest": "Income",
    "applied": "Expenses",
}
"""Of Discretionary Income, which belongs to neither line."""
OWNERS = {"line-1": "Line-1", "line-2": "Line-2", "income": "Discretionary-Income"}

CHART = {
    f"{owner}/{account}": f"{kind}:{name}:{account.title()}"
    for owner, name in OWNERS.items()
    for account, kind in (INCOME_ACCOUNTS if owner == "income" else LINE_ACCOUNTS).items()
}
"""Exported name by ours."""


def title_of(type_name: str) -> str:
    """An event type in words."""
    return EVENT_TYPES[type_name].title
