"""The valid example of each event type, and ways to break one."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shared.contract.envelope import check_event
from shared.contract.problems import Malformed

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "events"
TEXTS = {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.json"))}
MISSING = object()


def example(short: str) -> dict[str, Any]:
    """A fresh copy of the type's example event."""
    event: dict[str, Any] = json.loads(TEXTS[short])
    return event


def paths(node: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a JSON value, outermost first."""
    yield at
    steps = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, below in steps:
        yield from paths(below, (*at, key))


def replaced(event: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """A copy with one place set to another value, or removed when that is MISSING."""
    if not path:
        return value
    changed = copy.deepcopy(event)
    node = changed
    for key in path[:-1]:
        node = node[key]
    if value is MISSING:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return changed


def changed(short: str, **members: Any) -> dict[str, Any]:
    """The example with members of its data replaced, added, or removed when MISSING."""
    event = example(short)
    for name, value in members.items():
        event = replaced(event, ("data", name), value)
    return event


def faults(event: object, pointer: str = "#") -> dict[str, str]:
    """What is wrong with an event, by pointer; empty for one that is accepted."""
    try:
        check_event(event, pointer)
    except Malformed as refusal:
        return {error["pointer"]: error["detail"] for error in refusal.errors}
    return {}
