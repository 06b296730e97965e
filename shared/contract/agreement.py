"""Checks on several members of one event at once, where the disagreement is one of form and not of rule."""

from collections.abc import Mapping
from decimal import Decimal, localcontext
from typing import Any

from shared import money
from shared.contract.checks import AMOUNT_POSITIVE
from shared.contract.currencies import in_use
from shared.contract.schema import Found, Together

_Members = Mapping[str, Any]
_LIMIT = Decimal(10) ** 15


def in_order(first: str, second: str) -> Together:
    """The first date may not lie after the second."""

    def find(valid: _Members, _: _Members) -> Found:
        if first in valid and second in valid and valid[first] > valid[second]:
            yield (second,), f"may not lie before {first}"

    return Together(f"`{first}` ≤ `{second}`", find)


def part_of(part: str, whole: str) -> Together:
    """The first amount is contained in the second."""

    def find(valid: _Members, _: _Members) -> Found:
        if part in valid and whole in valid and Decimal(valid[part]) > Decimal(valid[whole]):
            yield (part,), f"may not exceed {whole}, of which it is a part"

    return Together(f"`{part}` ≤ `{whole}`", find)


def any_of(*names: str, words: str = "") -> Together:
    """At least one of the optional members is there."""
    words = words or f"at least one of {', '.join(names)}"

    def find(_: _Members, posted: _Members) -> Found:
        if not any(name in posted for name in names):
            yield (), f"needs {words}"

    return Together(words, find, {"anyOf": [{"required": [name]} for name in names]})


def only_when(member: str, kind: str, value: str) -> Together:
    """A member that belongs to one kind of fact only."""

    def find(valid: _Members, posted: _Members) -> Found:
        if member in posted and valid.get(kind, value) != value:
            yield (member,), f"is only for {kind} {value}"

    json = {
        "if": {"properties": {kind: {"not": {"const": value}}}, "required": [kind]},
        "then": {"properties": {member: False}},
    }
    return Together(f"`{member}` only with `{kind}` `{value}`", find, json)


def valued(on: str, *, signed: bool = False) -> Together:
    """Currency, rate and date agree, and the value in USD can be booked; `signed` values may be zero or less."""
    words = (
        f"`rate` exactly when `currency` is not USD; `rate.on` ≤ `{on}`; the currency was in use on `{on}`; "
        f"the value in USD, half-even to the cent, {'fits' if signed else 'is above 0.00 and fits'} 15 digits"
    )

    def find(valid: _Members, posted: _Members) -> Found:
        currency, date = valid.get("currency"), valid.get(on)
        if currency == "USD":
            if "rate" in posted:
                yield ("rate",), "is only for amounts in another currency than USD"
            return
        if currency and date and not in_use(currency, date):
            yield ("currency",), f"{currency} was not in use on {date}"
        if currency and "rate" not in posted:
            yield ("rate",), f"is required with {currency}: the value of one unit in USD"
        if (rate := valid.get("rate")) is None:
            return
        if date and rate["on"] > date:
            yield ("rate", "on"), f"may not lie after {on}"
        if "amount" in valid and (fault := _usd_fault(valid["amount"], rate["value"], signed)):
            yield ("amount",), fault

    usd = {"properties": {"currency": {"const": "USD"}}, "required": ["currency"]}
    return Together(words, find, {"if": usd, "then": {"properties": {"rate": False}}, "else": {"required": ["rate"]}})


def _usd_fault(amount: str, rate: str, signed: bool) -> str | None:
    with localcontext() as context:
        context.prec = 60
        value = money.usd_value(Decimal(amount), Decimal(rate))
    if abs(value) >= _LIMIT:
        return "exceeds 15 digits before the point when valued in USD"
    return None if signed or value > 0 else "is worth less than a cent of USD at this rate"


def _one_state(valid: _Members, _: _Members) -> Found:
    if valid.get("scope") == "national" and len(valid.get("states", ())) > 1:
        yield ("states",), "a national project names one State"


ONE_STATE = Together(
    "a national project names one State",
    _one_state,
    {
        "if": {"properties": {"scope": {"const": "national"}}, "required": ["scope"]},
        "then": {"properties": {"states": {"maxItems": 1}}},
    },
)


def _positive_kinds(valid: _Members, _: _Members) -> Found:
    if valid.get("kind", "interest") != "interest" and "amount" in valid and Decimal(valid["amount"]) <= 0:
        yield ("amount",), "must be greater than 0.00 unless kind is interest"


POSITIVE_UNLESS_INTEREST = Together(
    "`amount` > 0 unless `kind` is `interest`",
    _positive_kinds,
    {
        "if": {"properties": {"kind": {"not": {"const": "interest"}}}, "required": ["kind"]},
        "then": {"properties": {"amount": {"pattern": AMOUNT_POSITIVE}}},
    },
)
