"""Objects that several events hold: rates, endorsements, checkpoints, and free figures of the ledger's own facts."""

from typing import Any

from shared.contract.checks import RATE, check_rate, compiled
from shared.contract.fields import Checked, Date, Integer, Json, Root, State, Text, Year
from shared.contract.schema import EventData, Nested


class RateValue(Checked):
    """USD per unit, a decimal string above zero."""

    def __init__(self, meaning: str) -> None:
        json = {"type": "string", "pattern": RATE, "format": "decimal"}
        super().__init__(meaning, "rate > 0", check_rate, json)


class Rate(EventData):
    """A rate of exchange with its day and source (UN operational rate of exchange)."""

    value = RateValue("USD for one unit of the currency")
    on = Date("day from which the rate applies")
    source = Text("who set the rate")


class Endorsement(EventData):
    """A State's written endorsement."""

    state = State("the endorsing State")
    on = Date("day of the endorsement")
    document = Text("the written endorsement", 160)


class Checkpoint(EventData):
    """Size and root of the log's tree."""

    size = Integer("number of leaves", 1)
    root = Root("root hash of that many leaves")


def rate() -> Nested:
    """The `rate` member of facts in another currency."""
    return Nested("rate of exchange, when the currency is not USD", Rate(), "Rate", optional=True)


def adjusts_year() -> Year:
    """The `adjusts_year` member of late facts."""
    return Year("closed year that this late fact adjusts", optional=True)


FIGURE_NAME = "^[A-Za-z][A-Za-z0-9_./-]{0,63}$"
_named = compiled(FIGURE_NAME)


class Figures(Checked):
    """Object of figures that the ledger records beside its own facts: text, integers, booleans, lists, objects."""

    def __init__(self, meaning: str, **options: bool) -> None:
        json: Json = {"type": "object", "propertyNames": {"pattern": FIGURE_NAME}}
        super().__init__(meaning, "figures", check_figures, json, **options)


def check_figures(value: object) -> str | None:
    """Plain names; values without floats, four levels at most."""
    if type(value) is dict and _figures(value, 4):
        return None
    return "must be an object of named figures"


def _figures(value: Any, levels: int) -> bool:
    if value is None or type(value) in (str, int, bool):
        return True
    if not levels:
        return False
    if type(value) is dict:
        return all(_named(name) and _figures(item, levels - 1) for name, item in value.items())
    return type(value) is list and all(_figures(item, levels - 1) for item in value)
