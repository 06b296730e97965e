"""What the forms for sheets and machines share: what is a number, which texts a spreadsheet takes for a formula."""

from decimal import Decimal, InvalidOperation

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "'")
"""Beginnings that a spreadsheet may run or swallow; a text with one gets an apostrophe before it."""
EXACT_DIGITS = 15
"""Digits that a spreadsheet's numbers keep."""


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula; the original is the text without its first apostrophe."""
    return f"'{text}" if text.startswith(FORMULA) else text


def number_of(cell: str, unit: str) -> Decimal | None:
    """The number that a cell holds; None where its unit is words or it holds none."""
    if unit in ("text", "date") or not cell:
        return None
    try:
        value = Decimal(cell)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def is_exact(value: Decimal) -> bool:
    """Whether a spreadsheet keeps every digit."""
    return len(value.normalize().as_tuple().digits) <= EXACT_DIGITS and abs(value) < 10**EXACT_DIGITS
