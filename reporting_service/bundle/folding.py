"""The report made again from a bundle's entries: here, or in a process of its own while decisions are taken again.

Either way the entries are read from the zip once more, and lead to a root that is compared with the signed one.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson
from sqlalchemy import event

from reporting_service.bundle.archive import Archive
from reporting_service.bundle.contents import bundle_count, paths_of
from reporting_service.follower.sink import Bookmark
from reporting_service.projections.engine import open_engine
from reporting_service.projections.store import Store
from reporting_service.reports.annual import annual_report
from shared.log_format.canonical import canonical
from shared.log_format.merkle import HASH_SIZE, Frontier, leaf_hashes
from shared.log_format.tiles import decode_bundle
from shared.rules.collecting import seldom_collecting

ENTRIES_MIN = 10_000
"""Shorter logs are folded sooner than a process is started."""
PAGE_BUNDLES = 16


class Asked(NamedTuple):
    """Which report: of how many entries, of which year, as known at which position."""

    size: int
    year: int
    known_at: int


class Folded(NamedTuple):
    """The report, and the root of the entries that it was made of."""

    report: dict[str, Any]
    root: bytes


def pages(archive: Archive, size: int) -> Iterator[list[bytes]]:
    """The entries, some thousands at a time."""
    for start in range(0, bundle_count(size), PAGE_BUNDLES):
        numbers = range(start, min(start + PAGE_BUNDLES, bundle_count(size)))
        yield [body for number in numbers for body in decode_bundle(archive.read(paths_of(number, size)[0]))]


def folded(archive: Archive, asked: Asked) -> Folded:
    """Fold the entries into a store that is thrown away, and make the report from it."""
    with tempfile.TemporaryDirectory(prefix="bundle-") as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'again.db'}")
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
        try:
            store, tree = Store(engine), Frontier()
            for page in pages(archive, asked.size):
                first = tree.size + 1
                tree.extend(leaf_hashes(page))
                store.apply(page, first, Bookmark(tree.size, tree.to_bytes(), "", ""))
            with store.view(asked.known_at) as view:
                return Folded(annual_report(view, asked.year), tree.root())
        finally:
            engine.dispose()


class Folding:
    """The report on its way; `close` gives it up."""

    def __init__(self, archive: Archive, file: BinaryIO, asked: Asked) -> None:
        """Begun at once in another process where that is worth it: a long log, a file with a name, a second core."""
        self._archive, self._asked = archive, asked
        self._process: subprocess.Popen[bytes] | None = None
        name = getattr(file, "name", None)
        if isinstance(name, str) and asked.size >= ENTRIES_MIN and len(os.sched_getaffinity(0)) > 1:
            program = (sys.executable, "-P", "-m", "reporting_service.bundle.folding")
            words = (os.path.abspath(name), *map(str, asked))
            self._process = subprocess.Popen([*program, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def result(self) -> Folded:
        """The report once it is there; made here when the other process did not make it."""
        if self._process is not None:
            said, _ = self._process.communicate()
            if self._process.returncode == 0 and len(said) > HASH_SIZE:
                return Folded(_decoded(said[HASH_SIZE:]), said[:HASH_SIZE])
        return folded(self._archive, self._asked)

    def close(self) -> None:
        """End the process, if it still runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None, "it was asked for a pipe"
            self._process.stdout.close()


def _decoded(said: bytes) -> dict[str, Any]:
    report: dict[str, Any] = orjson.loads(said)
    return report


def main() -> None:
    """Root and report of a bundle's entries on standard output."""
    path, *numbers = sys.argv[1:]
    with Path(path).open("rb") as file, seldom_collecting():
        report, root = folded(Archive(file), Asked(*map(int, numbers)))
    sys.stdout.buffer.write(root + canonical(report))


if __name__ == "__main__":
    main()
