"""The books in the formats of plain-text accounting, and the log as lines of JSON."""

from collections.abc import Callable, Iterator

from ledger_service.exports import beancount, hledger
from ledger_service.exports.movements import movements
from ledger_service.journal.recorders.interface import Reader

Lines = Callable[[Reader], Iterator[str]]


def _entries(reader: Reader) -> Iterator[str]:
    return (body.decode() for _, body in reader.bodies(0))


FORMATS: dict[str, Lines] = {
    "beancount": lambda reader: beancount.lines(movements(reader)),
    "hledger": lambda reader: hledger.lines(movements(reader)),
    "jsonl": _entries,
}
"""By the names that `ledger export --format` takes; each gives lines without their newlines."""
