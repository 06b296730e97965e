"""The shapes of a what-if and of a replay."""

from typing import Any

import marshmallow as ma

from reporting_service.api.shapes import Known, LineYear, TableShape, TrialBalance, text, usd, whole
from shared.contract.events import json_schema

fields = ma.fields


def body_schema() -> dict[str, Any]:
    """What is posted: parameters as in a rule set, their paragraphs, and the day from which they are supposed."""
    data = json_schema("fund1035.rules.adopted.v1")["properties"]["data"]["properties"]
    return {
        "type": "object",
        "required": ["parameters"],
        "additionalProperties": False,
        "properties": {name: data[name] for name in ("parameters", "citations", "effective_from")},
    }


class DraftShape(ma.Schema):
    """The draft as it was supposed."""

    version = text()
    parameters = fields.Dict(required=True)
    citations = fields.Dict(required=True)
    effective_from = text(format="date")


class BothLines(ma.Schema):
    """Both lines and their sum."""

    line_1 = fields.Nested(LineYear, data_key="line-1", required=True)
    line_2 = fields.Nested(LineYear, data_key="line-2", required=True)
    facility = fields.Nested(LineYear, required=True)


class SupposedYear(ma.Schema):
    """A year as it was and as it would have been."""

    year = whole()
    was = fields.Nested(BothLines, required=True)
    would_be = fields.Nested(BothLines, required=True)
    changed = fields.Boolean(required=True)


class OtherwiseShape(ma.Schema):
    """A decision that would have gone the other way."""

    position = whole(description="of the decision, or of its refusal")
    type = text()
    project = text()
    line = text()
    amount = usd()
    on = text(format="date")
    rules = fields.List(
        fields.Dict(), required=True, metadata={"description": "that would refuse it, or that did: as in refusals"}
    )
    proof = text()


class Numbers(ma.Schema):
    """How many decisions would differ; `left_out` are facts that rest on them."""

    refused_instead = whole()
    approved_instead = whole()
    left_out = whole()


class Limits(ma.Schema):
    """What one answer may cost and list."""

    entries = whole()
    seconds = whole()
    listed = whole()


class WhatIfAnswer(Known):
    """The recorded history under a draft."""

    draft = fields.Nested(DraftShape, required=True)
    years = fields.List(fields.Nested(SupposedYear), required=True)
    refused_instead = fields.List(fields.Nested(OtherwiseShape), required=True)
    approved_instead = fields.List(fields.Nested(OtherwiseShape), required=True)
    numbers = fields.Nested(Numbers, required=True)
    table = fields.Nested(TableShape, required=True)
    chart = fields.Dict(required=True, metadata={"description": "a Vega-Lite specification"})
    limits = fields.Nested(Limits, required=True)


class ReplayedEvent(ma.Schema):
    """The entry at the position."""

    position = whole()
    type = text()
    id = text()
    source = text()
    stream = text()
    recorded_at = text(format="date-time")
    recorded_by = text()
    recorded_role = text()
    effective_on = text(format="date")
    year = whole()
    rule_set = text()
    data = fields.Dict(required=True)


class AccountChange(ma.Schema):
    """An account that the entry moved."""

    account = text()
    line = fields.String(required=True, allow_none=True)
    before = usd()
    after = usd()
    difference = usd()


class RowMovement(ma.Schema):
    """A row of T2 in which the entry counts."""

    row = text()
    year = whole()
    amount = usd()


class LineChange(ma.Schema):
    """A line's available money."""

    before = usd()
    after = usd()
    movements = fields.List(fields.Nested(RowMovement), required=True)


class ProjectChange(ma.Schema):
    """A project's status; null where it is unknown."""

    project = text()
    before = fields.String(required=True, allow_none=True)
    after = fields.String(required=True, allow_none=True)


class Changed(ma.Schema):
    """What the entry changed."""

    accounts = fields.List(fields.Nested(AccountChange), required=True)
    lines = fields.Dict(keys=fields.String(), values=fields.Nested(LineChange), required=True)
    project = fields.Nested(ProjectChange, required=True, allow_none=True)


class RuleSpoken(ma.Schema):
    """A rule that refused the event, was applied in it, or was passed by it."""

    rule = text()
    outcome = text()
    citation = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class ReplayAnswer(Known):
    """The books right after an entry."""

    event = fields.Nested(ReplayedEvent, required=True)
    caused_by = fields.Integer(required=True, allow_none=True)
    changed = fields.Nested(Changed, required=True)
    rules = fields.List(fields.Nested(RuleSpoken), required=True)
    balances = fields.Nested(TrialBalance, required=True)
    proof = text()
