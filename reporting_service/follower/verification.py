"""Whether what the ledger serves is what it signed: hashes to the root first, then every entry to its hash."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reporting_service.follower.remote_log import RemoteLog
from shared.log_format.checkpoints import Checkpoint
from shared.log_format.merkle import (
    TILE_HEIGHT,
    TILE_WIDTH,
    Frontier,
    TileNodes,
    leaf_hashes,
    perfect_subtrees,
    root_of,
)
from shared.log_format.tiles import width_at

GROWTH_MAX = 1 << 28
"""Entries beyond those that were followed: a signed size above is a fault or an attack on our memory."""
RESTORE = "run `ledger verify` on the ledger, restore what it names from a backup, then restart the reporting service"


class Mismatch(Exception):
    """The log does not hold: what is wrong, and the first position that is wrong where one can be named.

    advice: what the operator does next. certain: evidence that no second look can change; without it a damaged answer
    may still be the cause. note: the checkpoint that does not hold, if it is one.
    """

    def __init__(
        self,
        sentence: str,
        position: int | None = None,
        *,
        advice: str = RESTORE,
        certain: bool = False,
        note: str | None = None,
    ) -> None:
        super().__init__(sentence)
        self.position = position
        self.advice = advice
        self.certain = certain
        self.note = note


@dataclass(frozen=True, slots=True)
class Stretch:
    """The new entries of one bundle: `width` are in it, the first `skip` are already applied."""

    index: int
    width: int
    skip: int

    @property
    def whole(self) -> bool:
        """A full bundle with nothing applied yet: one hash of tile level 1 covers it."""
        return self.width == TILE_WIDTH and not self.skip

    @property
    def first(self) -> int:
        """Position of its first new entry."""
        return self.index * TILE_WIDTH + self.skip + 1

    @property
    def fresh(self) -> int:
        """How many new entries it has."""
        return self.width - self.skip


@dataclass(frozen=True, slots=True)
class Verified:
    """A stretch and the hashes its entries must have: one tile's root when whole, else one per new entry."""

    stretch: Stretch
    hashes: Sequence[bytes]


def stretches(position: int, size: int) -> list[Stretch]:
    """The bundles that hold entries position + 1 … size; Mismatch when no log can have grown by so many."""
    if size - position > GROWTH_MAX:
        raise Mismatch(f"the ledger signed for {size} entries, {size - position} more than were followed", position + 1)
    return [
        Stretch(index, width_at(0, index, size), max(0, position - index * TILE_WIDTH))
        for index in range(position // TILE_WIDTH, -(-size // TILE_WIDTH))
    ]


def verified_hashes(log: RemoteLog, tree: Frontier, target: Checkpoint) -> list[Verified]:
    """Hashes of everything behind `tree` up to the checkpoint, proven by its root; Mismatch otherwise."""
    wanted = stretches(tree.size, target.size)
    leaves = log.ahead(lambda s: log.tile(0, s.index, s.width)[s.skip :], [s for s in wanted if not s.whole])
    roots = _tile_roots(log, [s.index for s in wanted if s.whole], target.size)
    parts = {s.index: hashes for s, hashes in leaves}
    found = [Verified(s, [next(roots)] if s.whole else parts[s.index]) for s in wanted]
    grown = tree.copy()
    for verified in found:
        grow(grown, verified)
    if grown.root() != target.root:
        raise Mismatch(
            f"the hashes of positions {tree.size + 1} to {target.size} do not lead to the root that was signed"
        )
    return found


def grow(tree: Frontier, verified: Verified) -> None:
    """Add a verified stretch to the tree."""
    tree.extend(verified.hashes, TILE_HEIGHT if verified.stretch.whole else 0)


def _tile_roots(log: RemoteLog, indexes: list[int], size: int) -> Iterator[bytes]:
    """The hashes of tile level 1 for consecutive full tiles below."""
    if not indexes:
        return
    first, end = indexes[0], indexes[-1] + 1
    above = range(first // TILE_WIDTH, -(-end // TILE_WIDTH))
    for number, tile in log.ahead(lambda number: log.tile(1, number, width_at(1, number, size)), above):
        start = number * TILE_WIDTH
        yield from tile[max(0, first - start) : end - start]


def checked_entries(log: RemoteLog, verified: Verified, bundle: Sequence[bytes]) -> Sequence[bytes]:
    """The new entries of a bundle, each proven by its verified hash; Mismatch with the first wrong position."""
    stretch = verified.stretch
    entries = bundle[stretch.skip :]
    leaves = leaf_hashes(entries)
    proven = [root_of(leaves)] if stretch.whole else leaves
    if len(bundle) == stretch.width and proven == verified.hashes:
        return entries
    hashes = log.tile(0, stretch.index, stretch.width)[stretch.skip :]
    raise _differs(stretch, leaves, hashes if stretch.whole else verified.hashes)


def _differs(stretch: Stretch, leaves: Sequence[bytes], hashes: Sequence[bytes]) -> Mismatch:
    pairs = enumerate(zip(leaves, hashes, strict=False))
    offset = next((n for n, (have, want) in pairs if have != want), min(len(leaves), len(hashes)))
    position = stretch.first + min(offset, stretch.fresh - 1)
    return Mismatch(f"the entry at position {position} is not the one that was signed", position)


def located(log: RemoteLog, tree: Frontier, target: Checkpoint, found: Mismatch) -> Mismatch:
    """The same mismatch with its first wrong position, where looking at every entry and hash can tell."""
    node = TileNodes(lambda level, start, count: log.tile(level, start // TILE_WIDTH, count), target.size)
    for (level, index), ours in zip(perfect_subtrees(0, tree.size), tree.hashes, strict=True):
        if node(level, index) != ours:
            first, last = (index << level) + 1, (index + 1) << level
            return Mismatch(f"the history was rewritten somewhere in positions {first} to {last}", first)
    wanted = stretches(tree.size, target.size)
    for stretch, bundle in log.ahead(lambda s: log.bundle(s.index, s.width), wanted):
        hashes = log.tile(0, stretch.index, stretch.width)[stretch.skip :]
        leaves = leaf_hashes(bundle[stretch.skip :])
        if leaves != hashes:
            return _differs(stretch, leaves, hashes)
        if stretch.whole and node(TILE_HEIGHT, stretch.index) != root_of(hashes):
            where = f"{stretch.first} to {stretch.first + TILE_WIDTH - 1}"
            return Mismatch(f"the tile hash of positions {where} is not that of its entries", stretch.first)
    return found
