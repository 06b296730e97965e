"""The Merkle tree of RFC 6962 section 2.1 over SHA-256: hashes, the growing right edge, proofs and their checks."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

NodeReader = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree (tree level, index): the root of leaves index * 2**level onwards."""


class ProofFailed(ValueError):
    """A proof does not connect what it claims to connect."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry)."""
    return sha256(b"\x00" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """The leaf hash of each entry, in order."""
    return [sha256(b"\x00" + entry).digest() for entry in entries]


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def _parents(nodes: Sequence[bytes]) -> list[bytes]:
    pairs = iter(nodes)
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]


def _fold(peaks: Sequence[bytes]) -> bytes:
    root = peaks[-1]
    for left in peaks[-2::-1]:
        root = node_hash(left, root)
    return root


class Frontier:
    """The right edge of a tree: its size and the roots of its perfect subtrees, largest first. Enough to append."""

    __slots__ = ("_hashes", "size")

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        """Continue a tree of `size` leaves; ValueError unless there is one 32-byte hash per set bit of size."""
        self.size = size
        self._hashes = list(hashes)
        if size < 0 or len(self._hashes) != size.bit_count() or any(len(h) != HASH_SIZE for h in self._hashes):
            raise ValueError(f"a frontier of {size} leaves has {size.bit_count()} hashes of {HASH_SIZE} bytes")

    @classmethod
    def from_bytes(cls, size: int, joined: bytes) -> "Frontier":
        """The frontier whose `to_bytes()` was `joined`; ValueError when the length does not fit the size."""
        return cls(size, (joined[at : at + HASH_SIZE] for at in range(0, len(joined), HASH_SIZE)))

    def to_bytes(self) -> bytes:
        """The hashes joined, largest subtree first."""
        return b"".join(self._hashes)

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """The roots of the perfect subtrees, largest first."""
        return tuple(self._hashes)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes], level: int = 0) -> list[list[bytes]]:
        """Add leaf hashes; returns per tree level the nodes they completed, the first with index old size >> level.

        With a level, add the roots of complete subtrees of that tree level; ValueError unless the size is a multiple.
        """
        fresh = list(leaves)
        completed: list[list[bytes]] = []
        waiting: list[bytes] = []
        below = self.size >> level
        if below << level != self.size:
            raise ValueError(f"subtrees of level {level} cannot follow {self.size} leaves")
        self.size += len(fresh) << level
        while fresh:
            completed.append(fresh)
            nodes = [self._hashes.pop(), *fresh] if below & 1 else fresh
            if len(nodes) & 1:
                waiting.append(nodes[-1])
            fresh = _parents(nodes)
            below >>= 1
        self._hashes.extend(reversed(waiting))
        return completed

    def root(self) -> bytes:
        """The tree's root; EMPTY_ROOT without leaves."""
        return _fold(self._hashes) if self._hashes else EMPTY_ROOT

    def copy(self) -> "Frontier":
        """An independent copy (at most 64 hashes)."""
        return Frontier(self.size, self._hashes)


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    frontier = Frontier()
    frontier.extend(leaves)
    return frontier.root()


def _split(width: int) -> int:
    """The largest power of two below width (≥ 2)."""
    return 1 << ((width - 1).bit_length() - 1)


def perfect_subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Tree level and index of the perfect subtrees of leaves start … end - 1, largest first, as in a frontier."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _range_root(start: int, end: int, node: NodeReader) -> bytes:
    return _fold([node(level, index) for level, index in perfect_subtrees(start, end)])


def inclusion_proof(index: int, size: int, node: NodeReader) -> list[bytes]:
    """Sibling hashes from leaf `index` (0…) to the root of `size` leaves (RFC 6962 2.1.1); IndexError outside."""
    if not 0 <= index < size:
        raise IndexError(f"no leaf {index} in a tree of {size}")
    low, high, path = 0, size, []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range_root(middle, high, node))
            high = middle
        else:
            path.append(_range_root(low, middle, node))
            low = middle
    return path[::-1]


def consistency_proof(old: int, size: int, node: NodeReader) -> list[bytes]:
    """Hashes showing that the tree of `old` leaves is a prefix of that of `size` (RFC 6962 2.1.2)."""
    if not 0 <= old <= size:
        raise IndexError(f"no tree of {old} within {size}")
    if old == 0:
        return []
    low, high, path = 0, size, []
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(_range_root(middle, high, node))
            high = middle
        else:
            path.append(_range_root(low, middle, node))
            low = middle
    if low:
        path.append(_range_root(low, high, node))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """ProofFailed unless the leaf hash stands at `index` of the tree of `size` with `root` (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        raise ProofFailed(f"no leaf {index} in a tree of {size}")
    at, last, have = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofFailed("the inclusion proof is too long")
        if at & 1 or at == last:
            have = node_hash(sibling, have)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            have = node_hash(have, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofFailed("the inclusion proof is too short")
    if have != root:
        raise ProofFailed(f"the inclusion proof of leaf {index} does not lead to the root of {size}")


def verify_consistency(old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """ProofFailed unless the tree (old, old_root) is a prefix of (size, root) (RFC 9162 2.1.4.2)."""
    if not 0 <= old <= size:
        raise ProofFailed(f"a tree of {size} cannot extend one of {old}")
    if old in (0, size):
        if proof or (old_root != (root if old else EMPTY_ROOT)):
            raise ProofFailed(f"two different trees of {old} leaves, or a proof where none is needed")
        return
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        raise ProofFailed("the consistency proof is empty")
    before, after = _walk_consistency(old - 1, size - 1, path)
    if before != old_root or after != root:
        raise ProofFailed(f"the tree of {size} does not extend the tree of {old}")


def _walk_consistency(at: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = path[0]
    for hash_ in path[1:]:
        if last == 0:
            raise ProofFailed("the consistency proof is too long")
        if at & 1 or at == last:
            before, after = node_hash(hash_, before), node_hash(hash_, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, hash_)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofFailed("the consistency proof is too short")
    return before, after


TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT


class TileNodes:
    """A NodeReader over stored tile hashes: tile level L keeps the nodes of tree level 8 L, the rest is computed."""

    def __init__(self, read: Callable[[int, int, int], Sequence[bytes]], size: int) -> None:
        """`read(tile_level, start, count)` gives that many stored hashes; each tile needed is read once, whole."""
        self._read = read
        self._size = size
        self._tiles: dict[tuple[int, int], Sequence[bytes]] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """The hash of one complete subtree; IndexError when it is not complete in this tree, or not stored."""
        if level < 0 or index < 0 or (index + 1) << level > self._size:
            raise IndexError(f"no complete subtree {level}/{index} in a tree of {self._size}")
        tile_level, inside = divmod(level, TILE_HEIGHT)
        start = index << inside
        tile = self._tile(tile_level, start // TILE_WIDTH)
        at = start % TILE_WIDTH
        nodes = tile[at : at + (1 << inside)]
        for _ in range(inside):
            nodes = _parents(nodes)
        return nodes[0]

    def _tile(self, tile_level: int, number: int) -> Sequence[bytes]:
        tile = self._tiles.get((tile_level, number))
        if tile is None:
            first = number * TILE_WIDTH
            width = min(TILE_WIDTH, (self._size >> TILE_HEIGHT * tile_level) - first)
            tile = self._read(tile_level, first, width)
            if len(tile) != width:
                raise IndexError(f"tile {tile_level}/{number} keeps {len(tile)} hashes, not {width}")
            self._tiles[tile_level, number] = tile
        return tile
