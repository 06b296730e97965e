"""The model kept in memory with the tree over all entries, and the drafts of the group being decided."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from ledger_service.journal.commands import Entry
from ledger_service.journal.recorders.interface import EntryRow, HashRow, Reader
from shared.log_format.canonical import canonical
from shared.log_format.merkle import Frontier, leaf_hash, leaf_hashes
from shared.log_format.tiles import ENTRY_BYTES_MAX, TileRows
from shared.rules.apply import apply
from shared.rules.model import Model

CATCH_UP_PAGE = 4096


class OutOfStep(Exception):
    """Log and model disagree: `position` is the first that does."""

    def __init__(self, position: int, cause: str) -> None:
        super().__init__(f"Position {position}: {cause}.")
        self.position = position


class Recorded(Protocol):
    """What recording an event gave: the event's own entry first, then the entries it caused."""

    @property
    def entries(self) -> list[Entry]:
        """New entries in order."""

    @property
    def warnings(self) -> list[dict[str, Any]]:
        """Findings that do not refuse."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A point within a group to go back to."""

    model: int
    drafts: int


class Kept:
    """Everything decisions rest on. One thread uses it: the writer."""

    def __init__(self, entry_bytes: Callable[[int], bytes | None]) -> None:
        """`entry_bytes(position)` reads a committed entry."""
        self.model = Model()
        self.tiles = TileRows()
        self.drafts: list[EntryRow] = []
        self._entry_bytes = entry_bytes
        self._at_hand: dict[int, Entry] = {}
        self._tree_mark: tuple[Frontier, bytes | None] | None = None
        self._last_leaf: bytes | None = None

    @property
    def position(self) -> int:
        """The last committed position the model knows."""
        return self.tiles.size

    def entry_at(self, position: int) -> Entry | None:
        """The entry at a position, drafts included; None beyond the last."""
        entry = self._at_hand.get(position)
        if entry is None and 0 < position <= self.position:
            body = self._entry_bytes(position)
            entry = None if body is None else orjson.loads(body)
        return entry

    def bring(self, bodies: dict[int, bytes]) -> None:
        """Keep these entries at hand until the group ends."""
        self._at_hand.update((position, orjson.loads(body)) for position, body in bodies.items())

    def tree(self) -> tuple[int, str]:
        """Size and base64 root of the tree over everything appended so far, drafts included."""
        tiles = self.tiles.copy()
        tiles.append(leaf_hashes(row.body for row in self.drafts))
        return tiles.size, b64encode(tiles.root()).decode()

    def catch_up(self, reader: Reader) -> int:
        """Apply what was committed after our position; returns how many entries. OutOfStep when the log was cut."""
        before, head = self.position, reader.head()
        if head < before:
            raise OutOfStep(head + 1, f"the log ends at {head}, but {before} entries were read from it")
        if before and reader.hashes(0, before - 1, 1) != [self._last_leaf]:
            raise OutOfStep(before, "the log holds another entry than the one that was read from it")
        if head > before:
            hashes: list[bytes] = []
            for position, body in reader.bodies(before):
                self.replay(position, body)
                hashes.append(leaf_hash(body))
            self.grow(hashes)
            self.model.publish()
        return self.position - before

    def grow(self, leaves: list[bytes]) -> list[HashRow]:
        """Add leaf hashes to the tree; returns the hashes that this stores."""
        self._last_leaf = leaves[-1]
        return self.tiles.append(leaves)

    def replay(self, position: int, body: bytes) -> None:
        """Apply one committed entry to the model; the tree is grown by the caller."""
        if position != self.model.position + 1:
            raise OutOfStep(self.model.position + 1, f"there is no entry; the next one stored is {position}")
        try:
            entry = orjson.loads(body)
            if entry["position"] != position:
                raise ValueError(f"it says that it is entry {entry['position']}")
            apply(self.model, entry, self._replayed_entry_at)
        except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError) as error:
            raise OutOfStep(position, f"the entry cannot be applied ({type(error).__name__}: {error})") from error

    def _replayed_entry_at(self, position: int) -> Entry | None:
        body = self._entry_bytes(position)
        return None if body is None else orjson.loads(body)

    def mark(self) -> Mark:
        """Where the group stands, for `rollback`."""
        return Mark(self.model.mark(), len(self.drafts))

    def rollback(self, mark: Mark) -> None:
        """Take back every decision since the mark."""
        self.model.rollback(mark.model)
        for row in self.drafts[mark.drafts :]:
            self._at_hand.pop(row.position, None)
        del self.drafts[mark.drafts :]

    def draft(self, entries: list[Entry]) -> None:
        """Take decided and applied entries into the group."""
        for entry in entries:
            body = canonical(entry)
            assert len(body) <= ENTRY_BYTES_MAX, f"entry {entry['position']} has {len(body)} bytes"
            row = EntryRow(entry["position"], entry["stream"], entry["version"], entry["type"], entry["year"], body)
            self.drafts.append(row)
            self._at_hand[row.position] = entry

    def seal(self) -> list[HashRow]:
        """Grow the tree over the drafts; returns the hashes to store."""
        self._tree_mark = (self.tiles.mark(), self._last_leaf)
        return self.grow(leaf_hashes(row.body for row in self.drafts))

    def publish(self) -> None:
        """The group is committed: forget how to undo it."""
        self.model.publish()
        self._forget()

    def abandon(self, mark: Mark) -> None:
        """The group was not committed: take all of it back, the tree too."""
        self.rollback(mark)
        if self._tree_mark is not None:
            frontier, self._last_leaf = self._tree_mark
            self.tiles.rollback(frontier)
        self._forget()

    def _forget(self) -> None:
        self.drafts.clear()
        self._at_hand.clear()
        self._tree_mark = None
