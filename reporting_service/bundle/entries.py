"""The entries of a bundle, out of its files: all of them in their order, or one by its position."""

from collections.abc import Iterator
from functools import lru_cache

import orjson

from reporting_service.bundle.contents import Read, bundle_count, paths_of
from shared.log_format.merkle import TILE_WIDTH
from shared.log_format.tiles import decode_bundle
from shared.postings import Entry

KEPT_BUNDLES = 64
PAGE_BUNDLES = 16


class Entries:
    """The first `size` entries; `read` gives the content of a file."""

    def __init__(self, read: Read, size: int) -> None:
        self._read = read
        self.size = size
        self._kept = lru_cache(KEPT_BUNDLES)(self._bundle)

    def pages(self) -> Iterator[list[bytes]]:
        """All, some thousands at a time."""
        count = bundle_count(self.size)
        for start in range(0, count, PAGE_BUNDLES):
            numbers = range(start, min(start + PAGE_BUNDLES, count))
            yield [body for number in numbers for body in self._bundle(number)]

    def body_at(self, position: int) -> bytes:
        """The bytes of the one at a position; LookupError where there is none."""
        if not 0 < position <= self.size:
            raise LookupError(f"there is no entry {position}")
        number, place = divmod(position - 1, TILE_WIDTH)
        return self._kept(number)[place]

    def at(self, position: int) -> Entry | None:
        """The one at a position, decoded; None where there is none."""
        if not 0 < position <= self.size:
            return None
        entry: Entry = orjson.loads(self.body_at(position))
        return entry

    def _bundle(self, number: int) -> list[bytes]:
        return decode_bundle(self._read(paths_of(number, self.size)[0]))
