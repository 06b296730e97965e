"""What is in a bundle: the names of its files in their order, and those that follow from the others.

The entries and the hashes over them lie where the log's own server has them (C2SP tlog-tiles), so that other verifiers
of that format find their way.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any

from shared.log_format.canonical import canonical
from shared.log_format.checkpoints import Checkpoint
from shared.log_format.merkle import HASH_SIZE, TILE_WIDTH, Frontier, TileNodes, perfect_subtrees
from shared.log_format.tiles import Row, entries_path, tile_path, width_at
from shared.rules.model import Model
from shared.rules.rulebook import rule_sets

FORMAT = "fund1035-bundle/1"
CHECKPOINT, WITNESSES = "checkpoint", "witnesses"
RULE_SETS, REPORT, MANIFEST = "rule-sets.json", "report.json", "manifest.json"

Read = Callable[[str], bytes]
"""Gives the content of a file of the bundle."""


def bundle_count(size: int) -> int:
    """How many entry bundles a log of `size` entries has."""
    return -(-size // TILE_WIDTH)


def paths_of(number: int, size: int) -> tuple[str, str]:
    """The names of an entry bundle and of the tile with the hashes of its entries."""
    width = width_at(0, number, size)
    return entries_path(number, width), tile_path(0, number, width)


def entries_names(size: int) -> Iterator[str]:
    """The names of the entry bundles, in order."""
    return (paths_of(number, size)[0] for number in range(bundle_count(size)))


def names(size: int, *, witnessed: bool) -> Iterator[str]:
    """Every file of a bundle of `size` entries, in order."""
    yield CHECKPOINT
    if witnessed:
        yield WITNESSES
    for number in range(bundle_count(size)):
        yield from paths_of(number, size)
    yield from (path for path, _ in _places_above(size))
    yield from (RULE_SETS, REPORT, MANIFEST)


def _places_above(size: int) -> Iterator[tuple[str, tuple[int, slice]]]:
    """Path and place of every tile above the leaves."""
    level = 1
    while (hashes := size >> 8 * level) > 0:
        for index in range(-(-hashes // TILE_WIDTH)):
            width = width_at(level, index, size)
            start = index * TILE_WIDTH
            yield tile_path(level, index, width), (level, slice(start, start + width))
        level += 1


def root_at(size: int, of: int, read: Read) -> bytes:
    """The root over the first `size` entries of a bundle of `of`, by its tiles of hashes."""

    def hashes(level: int, start: int, count: int) -> list[bytes]:
        index = start // TILE_WIDTH
        tile = read(tile_path(level, index, width_at(level, index, of)))
        return [tile[at : at + HASH_SIZE] for at in range(0, count * HASH_SIZE, HASH_SIZE)]

    node = TileNodes(hashes, size)
    return Frontier(size, (node(level, index) for level, index in perfect_subtrees(0, size))).root()


class TilesAbove:
    """Collects the hashes above the leaves while a tree grows: one for 256 entries."""

    def __init__(self) -> None:
        self._levels: dict[int, list[bytes]] = defaultdict(list)

    def add(self, rows: Iterable[Row]) -> None:
        """Keep the rows that a growing tree gave, but those of the leaves."""
        for level, _, hash_ in rows:
            if level:
                self._levels[level].append(hash_)

    def files(self, size: int) -> Iterator[tuple[str, bytes]]:
        """Path and content of every tile above the leaves."""
        for path, (level, places) in _places_above(size):
            yield path, b"".join(self._levels[level][places])


def rule_sets_file(model: Model) -> bytes:
    """Every rule set that was in force, oldest first; when each was reviewed stands in the entries."""
    sets = [{name: value for name, value in found.items() if name != "reviewed_on"} for found in rule_sets(model)]
    return canonical(sets)


def report_file(report: dict[str, Any]) -> bytes:
    """The report in the one spelling of RFC 8785."""
    return canonical(report)


class Manifest:
    """Lists every other file with its size and SHA-256, and what the report was asked."""

    def __init__(self) -> None:
        self._files: dict[str, dict[str, Any]] = {}

    def add(self, name: str, content: bytes) -> tuple[str, bytes]:
        """List a file; gives it back."""
        self._files[name] = {"name": name, "bytes": len(content), "sha256": sha256(content).hexdigest()}
        return name, content

    def digests(self) -> dict[str, str]:
        """SHA-256 in hexadecimal of every file listed, by its name."""
        return {name: said["sha256"] for name, said in self._files.items()}

    def lists(self, name: str, content: bytes) -> bool:
        """Whether a file is listed, and with this content."""
        return name in self._files and self._files[name]["sha256"] == sha256(content).hexdigest()

    def file(self, checkpoint: Checkpoint, report: dict[str, Any]) -> bytes:
        """The manifest itself; `report_digest` is that of an edition with these figures."""
        edition = canonical({name: value for name, value in report.items() if name != "edition"})
        said = {
            "format": FORMAT,
            "origin": checkpoint.origin,
            "checkpoint": {"size": checkpoint.size, "root": checkpoint.root_base64},
            "year": report["year"],
            "known_at": report["position"],
            "layout": report["layout"],
            "report_digest": sha256(edition).hexdigest(),
            "files": list(self._files.values()),
        }
        return canonical(said)


def hashes_file(leaves: Sequence[bytes]) -> bytes:
    """A tile of leaf hashes."""
    return b"".join(leaves)
