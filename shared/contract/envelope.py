"""The CloudEvents 1.0 envelope: checked whole, every fault named by its pointer, recorded as it was posted."""

import hashlib
from collections.abc import Iterator
from typing import Any

from shared.contract import checks
from shared.contract.events import EVENT_TYPES
from shared.contract.pointers import step
from shared.contract.problems import Malformed
from shared.log_format.canonical import canonical

_REQUIRED = frozenset({"specversion", "id", "source", "type", "data"})
_OPTIONAL = frozenset({"time", "subject", "datacontenttype", "traceparent", "tracestate"})
_NOT_RECORDED = frozenset({"traceparent", "tracestate"})


def _check_version(value: object) -> str | None:
    return None if value == "1.0" else 'must be "1.0"'


def _check_content_type(value: object) -> str | None:
    return None if value == "application/json" else "must be application/json, or be left out"


def _check_type(value: object) -> str | None:
    if type(value) is str and value in EVENT_TYPES:
        return None
    return "is not a known event type; GET /v1/event-types lists them all"


def _check_trace(value: object) -> str | None:
    return None if type(value) is str and len(value) <= 512 else "must be a string of at most 512 characters"


_ATTRIBUTES: dict[str, checks.Check] = {
    "specversion": _check_version,
    "id": checks.text(128),
    "source": checks.check_uri_reference,
    "type": _check_type,
    "time": checks.check_instant,
    "subject": checks.text(256),
    "datacontenttype": _check_content_type,
    "traceparent": _check_trace,
    "tracestate": _check_trace,
}


def check_event(event: object, pointer: str = "#") -> dict[str, Any]:
    """The event as it will be recorded; raises Malformed with every fault, pointers starting at `pointer`.

    An optional attribute that is null counts as absent (CloudEvents JSON format); nothing else is changed.
    """
    recorded = _recorded(event)
    if recorded is None:
        raise Malformed(_faults(event, pointer))
    return recorded


def recorded(event: dict[str, Any]) -> dict[str, Any]:
    """An event that `check_event` accepted before, as it gave it: without what is not recorded or null."""
    if not (_NOT_RECORDED & event.keys() or None in event.values()):
        return event
    return {
        name: value
        for name, value in event.items()
        if name not in _NOT_RECORDED and (value is not None or name not in _OPTIONAL)
    }


def content_digest(event: dict[str, Any]) -> str:
    """SHA-256 in hexadecimal of the RFC 8785 bytes of type and data: what makes two events the same."""
    return hashlib.sha256(canonical({"type": event["type"], "data": event["data"]})).hexdigest()


def _recorded(event: object) -> dict[str, Any] | None:
    if type(event) is not dict:
        return None
    kept: dict[str, Any] = {}
    for name, value in event.items():
        if name != "data":
            if value is None and name in _OPTIONAL:
                continue
            check = _ATTRIBUTES.get(name)
            if check is None or check(value):
                return None
        if name not in _NOT_RECORDED:
            kept[name] = value
    if not kept.keys() >= _REQUIRED or not EVENT_TYPES[kept["type"]].schema.accepts(kept["data"]):
        return None
    return kept


def _faults(event: object, pointer: str) -> Iterator[dict[str, str]]:
    if type(event) is not dict:
        yield {"pointer": pointer, "detail": "must be a CloudEvent object"}
        return
    for name in sorted(_REQUIRED - event.keys()):
        yield {"pointer": step(pointer, name), "detail": "is required"}
    for name, value in event.items():
        if name == "data":
            yield from _data_faults(event, step(pointer, name))
        elif value is not None or name not in _OPTIONAL:
            check = _ATTRIBUTES.get(name)
            if sentence := check(value) if check else "is not a known member of the envelope":
                yield {"pointer": step(pointer, name), "detail": sentence}


def _data_faults(event: dict[str, Any], pointer: str) -> Iterator[dict[str, str]]:
    kind = EVENT_TYPES.get(event["type"]) if type(event.get("type")) is str else None
    data = event["data"]
    if type(data) is not dict:
        yield {"pointer": pointer, "detail": "must be an object"}
    elif kind is not None:
        yield from _flat(kind.schema.validate(data), pointer)


def _flat(messages: Any, pointer: str) -> Iterator[dict[str, str]]:
    if isinstance(messages, dict):
        for key, below in messages.items():
            yield from _flat(below, pointer if key == "_schema" else step(pointer, key))
    else:
        for sentence in messages:
            yield {"pointer": pointer, "detail": sentence}
