"""What is checked of a posted body before anything is decided: its JSON, its size, every event, keys given twice."""

from typing import Any

import orjson

from ledger_service.journal.commands import PostedEvent, posted_event
from shared.contract.envelope import check_event
from shared.contract.pointers import step
from shared.contract.problems import ERRORS_MAX, Malformed, TooLarge
from shared.contract.strict_json import parse

EVENT_BYTES_MAX = 32_768
BATCH_EVENTS_MAX = 10_000


def events_in(body: bytes, batch: bool) -> list[object]:
    """The events of a body, not checked yet: Malformed (400), or TooLarge (413) for a single one."""
    if not batch and len(body) > EVENT_BYTES_MAX:
        raise TooLarge(f"An event is at most {EVENT_BYTES_MAX} bytes; this one has {len(body)}.")
    value = parse(body)
    if not batch:
        return [value]
    if not isinstance(value, list) or not 1 <= len(value) <= BATCH_EVENTS_MAX:
        raise Malformed([{"pointer": "#", "detail": f"must be an array of 1 to {BATCH_EVENTS_MAX} events"}])
    return value


def names_in(events: list[object]) -> list[tuple[object, object]]:
    """(source, type) of each of a body's events, in order; whatever was posted there, None where there is nothing."""
    found = [event for event in events if isinstance(event, dict)]
    return [(event.get("source"), event.get("type")) for event in found]


def checked(event: object, pointer: str = "#") -> PostedEvent:
    """One event as it would be recorded, with what it is recognised by; Malformed (400)."""
    return posted_event(check_event(event, pointer))


def checked_batch(posted: list[object], body_bytes: int) -> list[PostedEvent]:
    """Every event of a batch, checked; Malformed (400) with the errors of all of them, TooLarge (413)."""
    events: list[PostedEvent] = []
    errors: list[Any] = []
    for index, event in enumerate(posted):
        if body_bytes > EVENT_BYTES_MAX and len(orjson.dumps(event)) > EVENT_BYTES_MAX:
            raise TooLarge(f"An event is at most {EVENT_BYTES_MAX} bytes; number {index} of this batch is larger.")
        try:
            events.append(checked(event, step("#", index)))
        except Malformed as malformed:
            errors += malformed.errors
            if len(errors) > ERRORS_MAX:
                break
    if not errors:
        errors = _repeated(events)
    if errors:
        raise Malformed(errors)
    return events


def _repeated(events: list[PostedEvent]) -> list[dict[str, str]]:
    seen: dict[tuple[str, str], int] = {}
    errors = []
    for index, posted in enumerate(events):
        first = seen.setdefault((posted.event["source"], posted.event["id"]), index)
        if first != index:
            errors.append({"pointer": f"#/{index}/id", "detail": f"is the id of #/{first} too, from the same source"})
    return errors
