"""Plain checks of single values: each returns None, or one sentence that says what the value must be.

Nothing is converted: what passes is recorded as it was posted. Patterns are ECMA-262 and Python alike.
"""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from iso3166 import countries_by_alpha3

from shared.contract.currencies import CURRENCIES
from shared.contract.strict_json import INTEGER_MAX

Check = Callable[[Any], str | None]

DATE = "^(?:195[1-9]|19[6-9][0-9]|20[0-9]{2})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$"
INSTANT = (
    "^(?:195[1-9]|19[6-9][0-9]|20[0-9]{2})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    "[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\\.[0-9]{1,12})?"
    "(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$"
)
AMOUNT = "^(?:0|[1-9][0-9]{0,14})\\.[0-9]{2}$"
AMOUNT_POSITIVE = "^(?!0\\.00$)(?:0|[1-9][0-9]{0,14})\\.[0-9]{2}$"
AMOUNT_SIGNED = "^(?!-0\\.00$)-?(?:0|[1-9][0-9]{0,14})\\.[0-9]{2}$"
RATE = "^(?!0(?:\\.0*)?$)(?:0|[1-9][0-9]{0,5})(?:\\.[0-9]{1,12})?$"
SHARE = "^(?:0(?:\\.[0-9]{1,6})?|1(?:\\.0{1,6})?)$"
CODE = "^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$"
URI_REFERENCE = (
    "^(?:[A-Za-z][A-Za-z0-9+.-]*:|(?![^/?#]*:))"
    "(?:[A-Za-z0-9._~:/?\\[\\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
    "(?:#(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?$"
)
DIGEST = "^[0-9a-f]{64}$"
ROOT = "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"
_CONTROL = "\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069"
_UNSEEN = f"{_CONTROL}\\ud800-\\udfff\\ufdd0-\\ufdef\\ufeff\\ufffe\\uffff"
_SPACE = " \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000"
TEXT = f"^(?![{_SPACE}])[^{_UNSEEN}]*[^{_UNSEEN}{_SPACE}]$"

STATES = frozenset(countries_by_alpha3) - {"XKX"}
YEAR_MIN, YEAR_MAX = 1951, 2099


def compiled(pattern: str) -> Callable[[str], object]:
    """The full match of a published pattern: `$` is the very end, as in ECMA-262, never before a newline."""
    return re.compile(pattern.removesuffix("$") + "\\Z").match


_date, _instant, _amount, _rate, _text = map(compiled, (DATE, INSTANT, AMOUNT_SIGNED, RATE, TEXT))
_uri_reference, _root = compiled(URI_REFERENCE), compiled(ROOT)


def _real_day(value: str) -> bool:
    try:
        date(int(value[:4]), int(value[5:7]), int(value[8:10]))
    except ValueError:
        return False
    return True


def check_date(value: object) -> str | None:
    """ISO 8601 calendar date, 1951 to 2099, a day that exists."""
    if type(value) is not str or not _date(value):
        return "must be an ISO date YYYY-MM-DD from 1951 to 2099"
    return None if value[8:] <= "28" or _real_day(value) else "is not a day of the calendar"


def check_year_end(value: object) -> str | None:
    """A date that is a 31 December."""
    return check_date(value) or (None if str(value).endswith("-12-31") else "must be a 31 December")


def check_instant(value: object) -> str | None:
    """RFC 3339 date and time with its offset, 1951 to 2099."""
    if type(value) is not str or not _instant(value):
        return "must be an RFC 3339 time with offset, such as 2015-03-01T12:00:00Z"
    return None if _real_day(value) else "is not a day of the calendar"


def _check_decimal(value: object, least: str) -> str | None:
    if type(value) is not str:
        return 'must be a decimal string such as "1250.00"; a JSON number is refused'
    if not _amount(value):
        return "must be a decimal string with exactly two places and at most 15 digits before the point"
    if value[0] == "-" or (least == "positive" and value == "0.00"):
        return "must be greater than 0.00" if least == "positive" else "may not be negative"
    return None


def check_amount(value: object) -> str | None:
    """Amount above zero."""
    return _check_decimal(value, "positive")


def check_amount_or_zero(value: object) -> str | None:
    """Amount of zero or more."""
    return _check_decimal(value, "zero")


def check_amount_signed(value: object) -> str | None:
    """Amount of any sign, never -0.00."""
    fault = _check_decimal(value, "zero")
    return None if fault == "may not be negative" else fault


def check_rate(value: object) -> str | None:
    """Rate of exchange: a plain decimal above zero, at most 6 digits before and 12 after the point."""
    if type(value) is str and _rate(value):
        return None
    return 'must be a decimal string above 0 such as "1.0834", at most 6 digits before and 12 after the point'


def check_state(value: object) -> str | None:
    """ISO 3166-1 alpha-3 code."""
    return None if type(value) is str and value in STATES else "must be an ISO 3166-1 alpha-3 code such as KEN"


def check_currency(value: object) -> str | None:
    """ISO 4217 code of a currency, past or present."""
    return None if type(value) is str and value in CURRENCIES else "must be an ISO 4217 currency code such as CHF"


def check_boolean(value: object) -> str | None:
    """true or false."""
    return None if type(value) is bool else "must be true or false"


def check_root(value: object) -> str | None:
    """Base64 of 32 bytes, in the one form that encodes back to itself."""
    if type(value) is not str or not _root(value):
        return "must be the standard base64 of 32 bytes"
    try:
        base64.b64decode(value, validate=True)
    except binascii.Error:
        return "must be the standard base64 of 32 bytes"
    return None


def check_uri_reference(value: object) -> str | None:
    """RFC 3986 URI-reference of 1 to 256 characters."""
    if type(value) is str and 0 < len(value) <= 256 and _uri_reference(value):
        return None
    return "must be a URI-reference of 1 to 256 characters"


def integer(least: int, most: int = INTEGER_MAX) -> Check:
    """A check for JSON integers within bounds; booleans and floats are not integers."""
    bounds = f"of {least} or more" if most == INTEGER_MAX else f"from {least} to {most}"

    def check(value: object) -> str | None:
        return None if type(value) is int and least <= value <= most else f"must be an integer {bounds}"

    return check


def text(most: int) -> Check:
    """A check for visible text: trimmed, one line, no control, bidirectional override or non-character."""

    def check(value: object) -> str | None:
        if type(value) is not str or not value:
            return "must be a non-empty string"
        if len(value) > most:
            return f"is longer than {most} characters"
        if not _text(value):
            return "must be one line of visible text without leading or trailing space"
        return None

    return check


def matching(pattern: str, sentence: str) -> Check:
    """A check for strings that match the whole pattern."""
    match = compiled(pattern)

    def check(value: object) -> str | None:
        return None if type(value) is str and match(value) else sentence

    return check


def one_of(*choices: str) -> Check:
    """A check for one of a few words."""
    allowed = frozenset(choices)
    sentence = f"must be one of: {', '.join(choices)}"

    def check(value: object) -> str | None:
        return None if type(value) is str and value in allowed else sentence

    return check
