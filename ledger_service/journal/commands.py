"""What a request asks of the journal, and what it answers: posted events with their keys, receipts, dry runs."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple, overload

import orjson

from shared.contract.envelope import content_digest, recorded
from shared.log_format.canonical import canonical

Entry = dict[str, Any]
"""A recorded event with its position, stream, version, … as in the log."""
MARK = sha256().digest_size


class PostedEvent(NamedTuple):
    """A checked event as it would be recorded, its idempotency key, and the SHA-256 of its content."""

    event: dict[str, Any]
    key: bytes
    digest: bytes


def posted_event(event: dict[str, Any]) -> PostedEvent:
    """A checked event with what it is recognised by."""
    return PostedEvent(event, key_of(event["source"], event["id"]), bytes.fromhex(content_digest(event)))


def key_of(source: str, id: str) -> bytes:
    """The idempotency key, for ever: SHA-256 of the RFC 8785 array of source and id."""
    return sha256(canonical([source, id])).digest()


def marks_of(events: Sequence[PostedEvent]) -> bytes:
    """Key and digest of every event, one after the other."""
    return b"".join(posted.key + posted.digest for posted in events)


class Posted(Sequence[PostedEvent]):
    """The checked events of a request: its body, and key and digest of each. They are read when their turn comes."""

    def __init__(self, body: bytes, marks: bytes) -> None:
        """`body` is the JSON of one event, or of an array of them, in which nothing was wrong."""
        self.body = body
        self.marks = marks

    @cached_property
    def _events(self) -> list[PostedEvent]:
        found = orjson.loads(self.body)
        events, marks = found if isinstance(found, list) else [found], self.marks
        places = range(0, len(marks), 2 * MARK)
        return [
            PostedEvent(recorded(event), marks[at : at + MARK], marks[at + MARK : at + 2 * MARK])
            for event, at in zip(events, places, strict=True)
        ]

    def __len__(self) -> int:
        return len(self.marks) // (2 * MARK)

    def __iter__(self) -> Iterator[PostedEvent]:
        return iter(self._events)

    @overload
    def __getitem__(self, index: int) -> PostedEvent: ...
    @overload
    def __getitem__(self, index: slice) -> list[PostedEvent]: ...
    def __getitem__(self, index: int | slice) -> PostedEvent | list[PostedEvent]:
        return self._events[index]

    def every_key(self) -> Iterator[bytes]:
        """The idempotency key of each."""
        marks = self.marks
        return (marks[at : at + MARK] for at in range(0, len(marks), 2 * MARK))


@dataclass(frozen=True, slots=True)
class Command:
    """One request to record: an event, or a batch recorded whole or not at all."""

    events: Posted
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


class Answer(NamedTuple):
    """What the caller is told: HTTP status, JSON, and the last position that this was recorded at."""

    status: int
    body: bytes
    position: int | None = None


def answer_of(outcome: Outcome, batch: bool) -> Answer:
    """What the caller is told of an outcome that is no problem."""
    if outcome.trial is not None:
        return Answer(200, orjson.dumps(outcome.trial))
    status, receipts = 201 if outcome.new else 200, outcome.receipts
    if not batch:
        return Answer(status, orjson.dumps(receipts[0]), receipts[0]["position"])
    last = max(receipts, key=lambda got: got["position"])
    return Answer(status, orjson.dumps({"receipts": receipts, "checkpoint": last["checkpoint"]}), last["position"])


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
