"""The published JSON Schemas are valid ones and say what marshmallow says."""

import json
import re

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

from shared.contract.events import EVENT_TYPES, json_schema
from shared.contract.json_schema import object_schema
from tests.contract.fixtures import MISSING, TEXTS, example, faults, paths, replaced


def _ecma_pattern(validator, pattern, instance, schema):
    """As ECMA-262 reads it: `$` is the very end of the text."""
    if isinstance(instance, str) and not re.search(pattern.removesuffix("$") + "\\Z", instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


Validator = validators.extend(Draft202012Validator, {"pattern": _ecma_pattern})
BROKEN = (None, 0, True, "", "x\n", "1.5", "-1.00", "20150101", "2015-02-30", [], {}, MISSING)


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_each_schema_is_a_valid_json_schema(name):
    Draft202012Validator.check_schema(json_schema(name))
    assert json.loads(json.dumps(json_schema(name))) == json_schema(name)


@pytest.mark.parametrize("short", TEXTS)
def test_json_schema_agrees_with_marshmallow_about_examples_whole_and_broken(short):
    event, kind = example(short), EVENT_TYPES[f"fund1035.{short}.v1"]
    validator = Validator(object_schema(kind.schema), format_checker=FormatChecker(["date"]))
    assert validator.is_valid(event["data"])
    for path in paths(event["data"]):
        for value in BROKEN:
            if path or value is not MISSING:
                broken = replaced(event["data"], path, value)
                assert validator.is_valid(broken) == kind.schema.accepts(broken), (path, value)


def test_json_schema_agrees_about_the_envelope_too():
    event = example("year.closed") | {"time": "2016-03-31T10:00:00Z", "subject": "x", "traceparent": "00"}
    validator = Validator(json_schema(event["type"]))
    assert validator.is_valid(event)
    for name in event:
        for value in (*BROKEN, "application/json", "a b", "x" * 600):
            broken = replaced(event, (name,), value)
            assert validator.is_valid(broken) == (not faults(broken)), (name, value)
