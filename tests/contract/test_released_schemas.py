"""A released event type is kept for ever: its stored example loads, and its schema only ever grows wider."""

import copy

import pytest

from shared.contract.envelope import check_event
from shared.contract.events import EVENT_TYPES, json_schema
from shared.contract.fields import Amount, Text
from shared.contract.json_schema import object_schema
from shared.contract.schema import EventData
from tests.contract.compatibility import narrowed
from tests.contract.released import stored

RELEASED = stored()


def test_every_type_is_stored_and_none_was_taken_away():
    present = {kind.short for kind in EVENT_TYPES.values()}
    assert present == RELEASED.keys(), "store a new type with `python -m tests.contract.released`"


@pytest.mark.parametrize("short", RELEASED)
def test_a_released_event_loads_for_ever(short):
    event = RELEASED[short]["event"]
    assert event["type"] == f"fund1035.{short}.v1"
    assert check_event(copy.deepcopy(event)) == event


@pytest.mark.parametrize("short", RELEASED)
def test_a_released_schema_has_not_become_narrower(short):
    assert list(narrowed(RELEASED[short]["schema"], json_schema(f"fund1035.{short}.v1"))) == []


class Released(EventData):
    """A type as it was released."""

    project = Text("code")
    amount = Amount("amount", "zero")
    reference = Text("reference", 100, optional=True)


class Wider(Released):
    """The same with an optional member more, a longer text, and a null."""

    note = Text("note", optional=True)
    reference = Text("reference", 200, optional=True, nullable=True)


class Narrower(Released):
    """The same with one member required, one of a smaller range, and one that is new and required."""

    amount = Amount("amount")
    reference = Text("reference", 100)
    note = Text("note")


def test_an_optional_member_more_is_compatible():
    assert list(narrowed(object_schema(Released()), object_schema(Wider()))) == []


def test_a_schema_of_our_own_that_narrows_is_refused():
    found = {said.split(":")[0] for said in narrowed(object_schema(Released()), object_schema(Narrower()))}
    assert found == {"#/amount", "#/reference", "#/note"}


def test_a_member_taken_away_is_refused():
    assert list(narrowed(object_schema(Wider()), object_schema(Released())))


def _data(schema):
    return schema["properties"]["data"]


NARROWER = {
    "a member is gone": lambda data: data["properties"].pop("reference"),
    "a member is required": lambda data: data["required"].append("payer"),
    "a choice is gone": lambda data: data["properties"]["kind"]["enum"].remove("interest"),
    "a currency is gone": lambda data: data["properties"]["currency"]["enum"].remove("DEM"),
    "another type": lambda data: data["properties"]["year"].update(type="string"),
    "a higher least": lambda data: data["properties"]["year"].update(minimum=2000),
    "a lower most": lambda data: data["properties"]["reference"].update(maxLength=10),
    "a new least": lambda data: data["properties"]["payer"].update(minLength=2),
    "another pattern": lambda data: data["properties"]["amount"].update(pattern="^[0-9]+$"),
    "a pattern where none was": lambda data: data["properties"]["kind"].update(pattern="^[a-z]+$"),
    "choices where none were": lambda data: data["properties"]["reference"].update(enum=["r"]),
    "a member within is required": lambda data: data["properties"]["rate"]["required"].append("by"),
    "a member within is gone": lambda data: data["properties"]["rate"]["properties"].pop("source"),
    "a new condition": lambda data: data["allOf"].append({"required": ["payer"]}),
    "a type for what had choices": lambda data: data["properties"].update(kind={"type": "integer"}),
    "a keyword nobody compares": lambda data: data.update(dependentRequired={"payer": ["rate"]}),
}
WIDER = {
    "an optional member more": lambda data: data["properties"].update(note={"type": "string"}),
    "a member no longer required": lambda data: data["required"].remove("reference"),
    "a choice more": lambda data: data["properties"]["kind"]["enum"].append("other"),
    "a longer text": lambda data: data["properties"]["reference"].update(maxLength=500),
    "a lower least": lambda data: data["properties"]["year"].update(minimum=1900),
    "null as well": lambda data: data["properties"].update(
        payer={"anyOf": [data["properties"]["payer"], {"type": "null"}]}
    ),
    "a condition less": lambda data: data["allOf"].pop(),
    "any text for what had choices": lambda data: data["properties"].update(kind={"type": "string"}),
    "other words": lambda data: data["properties"]["kind"].update(description="said better"),
}


def _mutated(change):
    before = RELEASED["income.received"]["schema"]
    after = copy.deepcopy(before)
    change(_data(after))
    return list(narrowed(before, after))


@pytest.mark.parametrize("change", NARROWER)
def test_a_narrower_schema_is_refused(change):
    assert len(_mutated(NARROWER[change])) == 1


@pytest.mark.parametrize("change", WIDER)
def test_a_wider_schema_passes(change):
    assert _mutated(WIDER[change]) == []


def test_an_alternative_less_is_refused_and_one_more_passes():
    before = RELEASED["rules.adopted"]["schema"]
    parameters = _data(before)["properties"]["parameters"]
    assert len(parameters["allOf"][0]["anyOf"]) > 1
    for change, found in ((lambda all_: all_.append({"required": ["new"]}), 0), (lambda all_: all_.pop(), 1)):
        after = copy.deepcopy(before)
        change(_data(after)["properties"]["parameters"]["allOf"][0]["anyOf"])
        assert len(list(narrowed(before, after))) == found


def test_a_null_no_longer_accepted_is_refused():
    before = RELEASED["rules.adopted"]["schema"]
    after = copy.deepcopy(before)
    _data(after)["properties"]["review_by"] = _data(before)["properties"]["review_by"]["anyOf"][0]
    assert all(said.startswith("#/data/review_by: ") for said in narrowed(before, after))
    assert list(narrowed(before, after))
