"""What the follower needs of the place where it hands verified entries over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.log_format.merkle import Frontier


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far the log was verified and applied; kept by the sink in the transaction that applies the entries.

    position: the last entry applied (0 before the first). frontier: `Frontier.to_bytes()` of that many leaves.
    checkpoint_note: the signed note under which it was verified ("" before the first). verified_at: UTC, ISO 8601.
    """

    position: int = 0
    frontier: bytes = b""
    checkpoint_note: str = ""
    verified_at: str = ""

    def tree(self) -> Frontier:
        """The right edge of the tree of the applied entries; ValueError when frontier and position do not fit."""
        return Frontier.from_bytes(self.position, self.frontier)


class OutOfOrder(Exception):
    """A page that does not begin right behind the sink's bookmark: seen before, or with a gap. Nothing was changed."""


class SinkUnavailable(Exception):
    """The place where entries go takes nothing now: full, locked, failing or away. Nothing was changed."""


class Sink(Protocol):
    """The projections' store, as the follower sees it. Every method is called from the follower's thread only."""

    def bookmark(self) -> Bookmark:
        """The stored bookmark; `Bookmark()` when nothing was applied yet."""

    def apply(self, entries: Sequence[bytes], first_position: int, bookmark: Bookmark) -> None:
        """Apply verified entries (canonical bytes) and store the bookmark, in one transaction, all or nothing.

        Raises OutOfOrder unless first_position is the stored position + 1 (the follower then reads the bookmark again
        and goes on from there), SinkUnavailable when it takes nothing now. Whatever is raised is shown as `trouble`,
        and tried again with growing pauses.
        """

    def root(self, size: int) -> bytes:
        """The root over the first `size` entries applied."""

    def cosigned_size(self) -> int:
        """How many entries the newest kept cosigned checkpoint covers; 0 when there is none."""

    def keep_cosigned(self, size: int, note: str, seen_at: str) -> None:
        """Keep a verified checkpoint of `size` entries with the cosignatures under it."""
