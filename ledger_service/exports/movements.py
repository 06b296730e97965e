"""What each entry moves: the postings of the whole log, in order, from the rules that made them."""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from ledger_service.journal.recorders.interface import Reader
from shared.postings import Entry, Posting, postings_of
from shared.rules.apply import ModelBooks, apply
from shared.rules.model import Model

KEPT = 4096


class Movement(NamedTuple):
    """An entry that moves money, its postings, and the date they are booked on."""

    entry: Entry
    postings: tuple[Posting, ...]
    on: str


def movements(reader: Reader) -> Iterator[Movement]:
    """Every movement in the order of the log."""
    model = Model()

    @lru_cache(KEPT)
    def entry_at(position: int) -> Entry | None:
        body = reader.entries_at([position]).get(position)
        return None if body is None else orjson.loads(body)

    for _, body in reader.bodies(0):
        entry: dict[str, Any] = orjson.loads(body)
        found = postings_of(entry, ModelBooks(model, entry_at))
        apply(model, entry, entry_at)
        model.publish()
        if found:
            yield Movement(entry, found, found[0].effective_on)


class Balances:
    """Each account's balance so far, and the last date booked on."""

    def __init__(self) -> None:
        self.of: dict[str, Decimal] = {}
        self.last_on = ""

    def move(self, movement: Movement) -> None:
        """Add one movement."""
        self.last_on = max(self.last_on, movement.on)
        for posting in movement.postings:
            self.of[posting.account] = self.of.get(posting.account, Decimal("0.00")) + posting.amount
