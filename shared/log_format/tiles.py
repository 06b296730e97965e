"""C2SP tlog-tiles: the paths of tiles and entry bundles, the bundle encoding, and the rows a growing log must keep."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.log_format.merkle import TILE_HEIGHT, TILE_WIDTH, Frontier

ENTRY_BYTES_MAX = 65_535
TILE_LEVEL_MAX = 63

_PATH = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?",
)


class BadPath(ValueError):
    """A path that names no tile and no entry bundle."""


class BadBundle(ValueError):
    """Bytes that are no sequence of length-prefixed entries."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Hashes index * 256 … of one tile level; width 256, or 1–255 for a partial tile."""

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Path under the log's prefix, without a leading slash."""
        return tile_path(self.level, self.index, self.width)


@dataclass(frozen=True, slots=True)
class Entries:
    """Log entries index * 256 …; width 256, or 1–255 for a partial bundle."""

    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Path under the log's prefix, without a leading slash."""
        return entries_path(self.index, self.width)


def _number(index: int, width: int) -> str:
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    return "/".join(reversed(groups)) + ("" if width == TILE_WIDTH else f".p/{width}")


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """`tile/<L>/<N>[.p/<W>]`, e.g. `tile/0/x001/x234/067`."""
    return f"tile/{level}/{_number(index, width)}"


def entries_path(index: int, width: int = TILE_WIDTH) -> str:
    """`tile/entries/<N>[.p/<W>]`."""
    return f"tile/entries/{_number(index, width)}"


def parse_path(path: str) -> Tile | Entries:
    """The tile or bundle that exactly this path (no leading slash) names; BadPath for any other spelling."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise BadPath("this path names no tile and no entry bundle")
    kind, number, partial = match.groups()
    index = int(number.replace("x", "").replace("/", ""))
    width = int(partial) if partial else TILE_WIDTH
    level = -1 if kind == "entries" else int(kind)
    found = Entries(index, width) if level < 0 else Tile(level, index, width)
    if level > TILE_LEVEL_MAX or found.path != path or (partial and width >= TILE_WIDTH):
        raise BadPath("this path names no tile and no entry bundle")
    return found


def width_at(level: int, index: int, size: int) -> int:
    """How many hashes tile (level, index) has in a tree of `size` leaves: 0 when it does not exist, at most 256."""
    return max(0, min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - index * TILE_WIDTH))


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Each entry behind its big-endian uint16 length; BadBundle for one above 65,535 bytes."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > ENTRY_BYTES_MAX:
            raise BadBundle(f"an entry of {len(entry)} bytes does not fit a bundle (at most {ENTRY_BYTES_MAX})")
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def decode_bundle(bundle: bytes) -> list[bytes]:
    """The entries of a bundle; BadBundle when it ends within one."""
    entries, at, end = [], 0, len(bundle)
    while at + 2 <= end:
        stop = at + 2 + (bundle[at] << 8 | bundle[at + 1])
        entries.append(bundle[at + 2 : stop])
        at = stop
    if at != end:
        raise BadBundle(f"the bundle ends within entry {len(entries)}")
    return entries


Row = tuple[int, int, bytes]
"""(tile level, index within that level, hash): one stored hash."""


class TileRows:
    """Grows a log's tree and tells which stored hashes each growth adds, at every tile level."""

    def __init__(self, frontier: Frontier | None = None) -> None:
        """Continue from a stored frontier (taken over, not copied), or from the empty tree."""
        self.frontier = frontier or Frontier()

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self.frontier.size

    def append(self, leaves: Sequence[bytes]) -> list[Row]:
        """Add leaf hashes; the rows to store: the leaves at tile level 0, the roots of newly full tiles above."""
        size = self.size
        levels = self.frontier.extend(leaves)[::TILE_HEIGHT]
        return [
            (tile_level, index, hash_)
            for tile_level, hashes in enumerate(levels)
            for index, hash_ in enumerate(hashes, size >> TILE_HEIGHT * tile_level)
        ]

    def root(self) -> bytes:
        """The root over all leaves."""
        return self.frontier.root()

    def mark(self) -> Frontier:
        """The present state, for `rollback`; costs a copy of at most 64 hashes."""
        return self.frontier.copy()

    def rollback(self, mark: Frontier) -> None:
        """Forget every leaf added since the mark; a mark may be used again."""
        self.frontier = mark.copy()

    def copy(self) -> "TileRows":
        """An independent copy."""
        return TileRows(self.frontier.copy())
