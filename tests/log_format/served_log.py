"""A whole log kept in memory and answered path by path, made with the format alone."""

from collections.abc import Iterable

from shared.log_format.checkpoints import Checkpoint, sign_checkpoint
from shared.log_format.merkle import leaf_hashes
from shared.log_format.notes import SigningKey
from shared.log_format.tiles import Entries, TileRows, encode_bundle, parse_path, width_at

ORIGIN = "ledger.example/1035"


def numbered_entries(first: int, count: int) -> list[bytes]:
    """Entries that all differ, of some hundred bytes each."""
    return [b'{"data":{"note":"%s"},"position":%d}' % (b"-" * (n % 97), n) for n in range(first, first + count)]


class ServedLog:
    """Append entries, then get("checkpoint") or any tile path."""

    def __init__(self, entries: Iterable[bytes] = (), key: SigningKey | None = None) -> None:
        self.key = key or SigningKey(ORIGIN, bytes(range(32)))
        self.entries: list[bytes] = []
        self.checkpoint = ""
        self._rows = TileRows()
        self._levels: list[list[bytes]] = []
        self.append(entries)

    @property
    def size(self) -> int:
        return len(self.entries)

    @property
    def root(self) -> bytes:
        return self._rows.root()

    def append(self, entries: Iterable[bytes]) -> None:
        fresh = list(entries)
        for level, index, hash_ in self._rows.append(leaf_hashes(fresh)):
            while len(self._levels) <= level:
                self._levels.append([])
            assert index == len(self._levels[level])
            self._levels[level].append(hash_)
        self.entries += fresh
        self.checkpoint = sign_checkpoint(Checkpoint(self.key.name, self.size, self.root), self.key)

    def get(self, path: str) -> bytes:
        """The bytes behind a path (no leading slash); KeyError when there are none."""
        if path == "checkpoint":
            return self.checkpoint.encode()
        tile = parse_path(path)
        level = 0 if isinstance(tile, Entries) else tile.level
        if tile.width > width_at(level, tile.index, self.size):
            raise KeyError(path)
        cut = slice(tile.index * 256, tile.index * 256 + tile.width)
        return encode_bundle(self.entries[cut]) if isinstance(tile, Entries) else b"".join(self._levels[level][cut])
