"""What a request asks of the journal, and what it answers: posted events with their keys, receipts, dry runs."""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from shared.contract.envelope import content_digest
from shared.log_format.canonical import canonical

Entry = dict[str, Any]
"""A recorded event with its position, stream, version, … as in the log."""


class PostedEvent(NamedTuple):
    """A checked event as it would be recorded, its idempotency key, and the hex SHA-256 of its content."""

    event: dict[str, Any]
    key: bytes
    digest: str


def posted_event(event: dict[str, Any]) -> PostedEvent:
    """A checked event with what it is recognised by."""
    return PostedEvent(event, key_of(event["source"], event["id"]), content_digest(event))


def key_of(source: str, id: str) -> bytes:
    """The idempotency key, for ever: SHA-256 of the RFC 8785 array of source and id."""
    return sha256(canonical([source, id])).digest()


@dataclass(frozen=True, slots=True)
class Command:
    """One request to record: an event, or a batch recorded whole or not at all."""

    events: list[PostedEvent]
    subject: str
    roles: frozenset[str]
    batch: bool = False
    dry_run: bool = False


@dataclass(slots=True)
class Outcome:
    """What became of a command; `problem` is raised to the caller, after what it recorded is durable."""

    receipts: list[dict[str, Any]] = field(default_factory=list)
    new: bool = False
    trial: dict[str, Any] | None = None
    problem: Exception | None = None


def kept_warnings(warnings: list[dict[str, Any]]) -> str | None:
    """Warnings as they are stored beside an idempotency key; None when there are none."""
    return json.dumps(warnings, ensure_ascii=False, separators=(",", ":")) if warnings else None


def receipt(entry: Entry, caused: list[int], warnings: list[dict[str, Any]]) -> dict[str, Any]:
    """The receipt of a recorded event; its checkpoint is put in when one covers it."""
    return {
        "id": entry["id"],
        "source": entry["source"],
        "position": entry["position"],
        "stream": entry["stream"],
        "version": entry["version"],
        "recorded_at": entry["recorded_at"],
        "rule_set": entry["rule_set"],
        "caused": caused,
        "warnings": warnings,
        "checkpoint": None,
    }
