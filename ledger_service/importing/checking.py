"""The first pass: every line becomes an event that the ledger would take in, or a fault with its line number."""

import hashlib
from array import array
from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from ledger_service.importing.flat import columns, event_of
from ledger_service.importing.posters import Poster, Posters, Who
from ledger_service.importing.source import Content
from shared.contract.envelope import check_event
from shared.contract.events import EVENT_TYPES
from shared.contract.problems import Malformed
from shared.contract.strict_json import parse
from shared.log_format.canonical import canonical

EVENT_BYTES_MAX = 32_768
FAULTS_SHOWN = 50
_BUCKETS = 64
_WRAPPED = {"role", "subject", "batch", "event"}


@dataclass(frozen=True, slots=True)
class Ready:
    """A line that can be posted: its event, also as JSON, and by whom."""

    line: int
    event: dict[str, Any]
    body: bytes
    poster: Poster


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a line; `pointer` is a JSON Pointer or a column."""

    line: int
    pointer: str
    detail: str


class Invalid(Exception):
    """A file with faults: nothing of it was posted. The first ones, and how many there are."""

    def __init__(self, faults: list[Fault], count: int) -> None:
        super().__init__(f"{count} faults")
        self.faults = faults
        self.count = count


def ready(records: Iterable[tuple[int, Content]], posters: Posters) -> Iterator[Ready | list[Fault]]:
    """Every record as an event to post, or as its faults."""
    known = columns()
    for line, content in records:
        try:
            found = _ready(line, content, posters, known)
        except Malformed as malformed:
            yield [Fault(line, error["pointer"], error["detail"]) for error in malformed.errors]
        else:
            if found is not None:
                yield found


def _ready(line: int, content: Content, posters: Posters, known: frozenset[str]) -> Ready | None:
    """None for the header of a CSV file; Malformed with all that is wrong."""
    if isinstance(content, Malformed):
        raise content
    if isinstance(content, dict) and line == 1:
        _check_header(content, known)
        return None
    posted, who = _unwrapped(content if isinstance(content, dict) else parse(content))
    if isinstance(posted, dict) and not {"specversion", "data"} & posted.keys():
        posted = event_of(posted)
    event = check_event(posted)
    body = canonical(event)
    if len(body) > EVENT_BYTES_MAX:
        raise Malformed([{"pointer": "#", "detail": f"has {len(body)} bytes; an event has at most {EVENT_BYTES_MAX}"}])
    return Ready(line, event, body, posters.of(EVENT_TYPES[event["type"]], who))


def _check_header(header: Iterable[str], known: frozenset[str]) -> None:
    faults = [{"pointer": name or "#", "detail": "is not a column of any type"} for name in header if name not in known]
    faults += [{"pointer": name, "detail": "is a missing column"} for name in ("type", "id") if name not in header]
    if faults:
        raise Malformed(faults)


def _unwrapped(value: object) -> tuple[object, Who | None]:
    """The event of a line, and who the line says posts it."""
    if isinstance(value, dict) and "event" in value:
        if unknown := value.keys() - _WRAPPED:
            raise Malformed({"pointer": f"#/{name}", "detail": "is not known beside an event"} for name in unknown)
        return value["event"], Who(value.get("role"), value.get("subject"))
    return value, None


class Keys:
    """The idempotency keys seen, by 64 bits of their SHA-256: 16 bytes a line, whatever the keys."""

    def __init__(self) -> None:
        self._buckets = [(array("Q"), array("Q")) for _ in range(_BUCKETS)]

    def add(self, ready: Ready) -> None:
        """Note the key of a line."""
        key = canonical([ready.event["source"], ready.event["id"]])
        digest = int.from_bytes(hashlib.sha256(key).digest()[:8])
        digests, lines = self._buckets[digest % _BUCKETS]
        digests.append(digest)
        lines.append(ready.line)

    def repeated(self) -> Iterator[Fault]:
        """A fault for every line whose key an earlier one has."""
        for digests, lines in self._buckets:
            if len(set(digests)) == len(digests):
                continue
            first: dict[int, int] = {}
            for digest, line in zip(digests, lines, strict=True):
                if (earlier := first.setdefault(digest, line)) != line:
                    yield Fault(line, "id", f"is the id of line {earlier} too, from the same source")


class _Faults:
    """How many faults there are, and the first of them by line."""

    def __init__(self) -> None:
        self.first: list[Fault] = []
        self.count = 0

    def add(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            self.count += 1
            insort(self.first, fault, key=attrgetter("line"))
            del self.first[FAULTS_SHOWN:]


def check(found: Iterable[Ready | list[Fault]]) -> int:
    """How many events there are; Invalid when anything is wrong with any line."""
    keys, faults, events = Keys(), _Faults(), 0
    for item in found:
        if isinstance(item, Ready):
            keys.add(item)
            events += 1
        else:
            faults.add(item)
    faults.add(keys.repeated())
    if faults.count:
        raise Invalid(faults.first, faults.count)
    return events
