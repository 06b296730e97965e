"""JSON Schema 2020-12 made from the same marshmallow schemas that the ledger validates with."""

from typing import Any

from shared.contract import checks
from shared.contract.event_type import EventType
from shared.contract.fields import Checked, Json, ListOf
from shared.contract.schema import EventData, Nested

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def event_schema(kind: EventType) -> Json:
    """The schema of a whole event as posted; what JSON Schema cannot say stands in the description."""
    text = {"type": "string", "pattern": checks.TEXT, "minLength": 1}
    source = {"type": "string", "format": "uri-reference", "pattern": checks.URI_REFERENCE, "minLength": 1}
    dropped = {"type": ["string", "null"], "maxLength": 512, "description": "accepted, not recorded"}
    properties: dict[str, Any] = {
        "specversion": {"const": "1.0"},
        "id": {**text, "maxLength": 128, "description": "with source the idempotency key, kept for ever"},
        "source": {**source, "maxLength": 256},
        "type": {"const": kind.name},
        "time": {"anyOf": [{"type": "string", "format": "date-time", "pattern": checks.INSTANT}, {"type": "null"}]},
        "subject": {"anyOf": [{**text, "maxLength": 256}, {"type": "null"}]},
        "datacontenttype": {"enum": ["application/json", None]},
        "traceparent": dropped,
        "tracestate": dropped,
        "data": object_schema(kind.schema),
    }
    return {
        "$schema": DIALECT,
        "$id": f"/schemas/{kind.name}",
        "title": kind.title,
        "description": f"{kind.source}. An event that validates may still be refused by the rules.",
        "type": "object",
        "properties": properties,
        "required": ["specversion", "id", "source", "type", "data"],
        "additionalProperties": False,
    }


def object_schema(schema: EventData) -> Json:
    """The schema of an object: its members, which are required, and what they must agree on."""
    members = schema.members()
    made: Json = {
        "type": "object",
        "properties": {name: _described(member) for name, member in members.items()},
        "required": [name for name, member in members.items() if member.required],
        "additionalProperties": False,
    }
    if schema.together:
        made["description"] = "; ".join(together.words for together in schema.together)
        made["allOf"] = [together.json for together in schema.together if together.json]
    return made if made.get("allOf") else {name: value for name, value in made.items() if name != "allOf"}


def _described(member: Checked) -> Json:
    made = {**_schema(member), "description": member.meaning}
    if not member.allow_none:
        return made
    return {"anyOf": [_schema(member), {"type": "null"}], "description": member.meaning}


def _schema(member: Checked) -> Json:
    if isinstance(member, Nested):
        return object_schema(member.schema)
    if isinstance(member, ListOf):
        return {**member.json, "items": _schema(member.item)}
    return member.json
