"""Files of CloudEvents, as other systems write them: one event a line, or one JSON array."""

from collections.abc import Iterator
from itertools import islice
from typing import IO

from shared.contract.problems import Malformed
from shared.contract.strict_json import parse


class NotEvents(Exception):
    """The file is not what it should be; the sentence names the line."""


def read_events(file: IO[bytes]) -> Iterator[object]:
    """The events in order, unchecked but for their JSON; blank lines are skipped. NotEvents otherwise."""
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        if number == 1 and line.lstrip().startswith(b"["):
            yield from _array(line + file.read())
            return
        yield _parsed(line, f"line {number}")


def _array(body: bytes) -> list[object]:
    value = _parsed(body, "the file")
    if not isinstance(value, list):
        raise NotEvents("The file begins like an array and is none.")
    return value


def _parsed(body: bytes, where: str) -> object:
    try:
        return parse(body)
    except Malformed as error:
        raise NotEvents(f"In {where}: {error.detail}.") from error


def in_batches(events: Iterator[object], size: int) -> Iterator[tuple[int, list[object]]]:
    """Batches with the number (from 1) of their first event."""
    first = 1
    while batch := list(islice(events, size)):
        yield first, batch
        first += len(batch)
