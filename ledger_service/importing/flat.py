"""The flat form of a fact: `type`, `id`, `source`, `time`, and the data by dotted names, as a spreadsheet has it."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from shared.contract.events import EVENT_TYPES, PREFIX, SUFFIX, EventType
from shared.contract.fields import Boolean, Checked, Integer, ListOf, Year
from shared.contract.problems import Malformed
from shared.contract.schema import EventData, Nested
from shared.contract.strict_json import parse

ENVELOPE = ("type", "id", "source", "time")
DATA = "data."
"""May stand before any data field, and must before those named like the envelope's (control-total.reported)."""
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,15})")
_TRUTH = {"true": True, "false": False}


@cache
def columns() -> frozenset[str]:
    """Every name that a flat fact of some type may have."""
    posted = (kind for kind in EVENT_TYPES.values() if kind.roles)
    named = {path for kind in posted for path in _paths(kind.schema)}
    return frozenset({*ENVELOPE, *named, *(DATA + path for path in named)})


def _paths(schema: EventData) -> Iterator[str]:
    for name, member in schema.members().items():
        yield name
        if isinstance(member, Nested):
            yield from (f"{name}.{below}" for below in _paths(member.schema))


def type_named(name: object) -> EventType:
    """The event type of a full or a short name; Malformed for neither."""
    kind = EVENT_TYPES.get(str(name)) or EVENT_TYPES.get(f"{PREFIX}{name}{SUFFIX}")
    if kind is None:
        raise Malformed([{"pointer": "type", "detail": "is not a known event type; the reference lists them all"}])
    return kind


def event_of(cells: Mapping[str, object]) -> dict[str, object]:
    """The CloudEvent that a flat fact stands for, not checked yet; Malformed names the columns that do not fit."""
    kind = type_named(cells.get("type"))
    data: dict[str, Any] = {}
    faults = []
    for name, cell in cells.items():
        if name in ENVELOPE:
            continue
        try:
            _put(data, kind.schema, name.removeprefix(DATA).split("."), cell)
        except ValueError as error:
            faults.append({"pointer": name, "detail": str(error)})
    if faults:
        raise Malformed(faults)
    envelope = {name: cells[name] for name in ENVELOPE if name in cells}
    return {"specversion": "1.0", **envelope, "type": kind.name, "datacontenttype": "application/json", "data": data}


def _put(data: dict[str, Any], schema: EventData, path: list[str], cell: object) -> None:
    """Set one member, however deep; ValueError when there is no such member, or it is given twice."""
    name, *below = path
    member = schema.members().get(name)
    if member is None or (below and not isinstance(member, Nested)):
        raise ValueError("is not a field of this type")
    if below:
        assert isinstance(member, Nested)
        inner = data.setdefault(name, {})
        if not isinstance(inner, dict):
            raise ValueError("is given twice")
        _put(inner, member.schema, below, cell)
    elif name in data:
        raise ValueError("is given twice")
    else:
        data[name] = _value(member, cell)


def _value(member: Checked, cell: object) -> object:
    """What a text says in the field's own type; anything it cannot say stays as it is, for the check to refuse."""
    if not isinstance(cell, str):
        return cell
    if member.allow_none and cell == "null":
        return None
    if isinstance(member, Year | Integer):
        return int(cell) if _INTEGER.fullmatch(cell) else cell
    if isinstance(member, Boolean):
        return _TRUTH.get(cell, cell)
    if isinstance(member, ListOf):
        return _json(cell) if cell.startswith("[") else [_value(member.item, part) for part in cell.split()]
    return _json(cell) if isinstance(member, Nested) else cell


def _json(cell: str) -> object:
    try:
        return parse(cell.encode())
    except Malformed as malformed:
        raise ValueError(malformed.errors[0]["detail"].removeprefix("the body ")) from None
