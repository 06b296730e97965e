"""The published JSON Schemas are valid ones and say what marshmallow says."""

import json
import re

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

from shared.contract.events import EVENT_TYPES, json_schema
from tests.contract.fixtures import MISSING, TEXTS, example, faults, paths, replaced


def _ecma_pattern(validator, pattern, instance, schema):
    """As ECMA-262 reads it: `$` is the very end of the text."""
    if isinstance(instance, str) and not re.search(pattern.removesuffix("$") + "\\Z", instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


Validator = validators.extend(Draft202012Validator, {"pattern": _ecma_pattern})
BROKEN = (None, 0, -1, 13, True, "", " x", "x\n", "1.5", "-1.00", "20150101", "2015-02-30", "\u202e", [], {}, MISSING)


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_each_schema_is_a_valid_json_schema(name):
    Draft202012Validator.check_schema(json_schema(name))
    assert json.loads(json.dumps(json_schema(name))) == json_schema(name)


@pytest.mark.parametrize("short", TEXTS)
def test_json_schema_agrees_with_marshmallow_about_examples_whole_and_broken(short):
    event = example(short)
    validator = Validator(json_schema(event["type"]), format_checker=FormatChecker(["date"]))
    assert validator.is_valid(event)
    for path in paths(event):
        for value in BROKEN:
            if path or value is not MISSING:
                broken = replaced(event, path, value)
                assert validator.is_valid(broken) == (not faults(broken)), (path, value)
