"""The report made again from a bundle's entries: here, or in a process of its own while decisions are taken again.

That process checks the form of every posted event too: it has the entries decoded, and so the two cores have about as
much to do. It reads the zip by itself, and tells the digest of each file that it read.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson

from reporting_service.bundle.archive import Archive, BadArchive
from reporting_service.bundle.contents import Read, entries_names, root_at
from reporting_service.bundle.entries import Entries
from reporting_service.projections.passing import passing_view
from reporting_service.reports.annual import annual_report
from shared.postings import Entry
from shared.process import cores, die_with_parent
from shared.rules.collecting import seldom_collecting
from shared.rules.forms import Forms, Mismatch, checked_entry

ENTRIES_MIN = 10_000
"""Shorter logs are folded sooner than a process is started."""
CHANGED = "the file was changed while it was read"


class Asked(NamedTuple):
    """Which report: of how many entries, of which year, as known at which position."""

    size: int
    year: int
    known_at: int


class Told(NamedTuple):
    """What the other process found: a report and the SHA-256 of what it was made of, or why there is none, if known."""

    report: dict[str, Any] | None = None
    read: dict[str, str] = {}  # noqa: RUF012 - never written to
    position: int = 0
    cause: str | None = None


def _answer(said: bytes) -> Told:
    """What the other process wrote; nothing, where that is anything else."""
    try:
        return Told(**orjson.loads(said))
    except (ValueError, TypeError):
        return Told()


def folded(read: Read, asked: Asked, decoded: Callable[[bytes, int], Entry]) -> dict[str, Any]:
    """The report, of the entries folded into a store that is thrown away."""
    entries, root = Entries(read, asked.size), root_at(asked.known_at, asked.size, read)
    with passing_view(_pages(entries, asked.known_at, decoded), entries.body_at, asked.known_at, root) as view:
        return annual_report(view, asked.year)


def _pages(entries: Entries, known_at: int, decoded: Callable[[bytes, int], Entry]) -> Iterator[list[Entry]]:
    """The entries that the report knows; those behind are decoded as well."""
    position = 0
    for page in entries.pages():
        found = [decoded(body, at) for at, body in enumerate(page, position + 1)]
        yield found[: max(0, known_at - position)]
        position += len(page)


class Folding:
    """The report on its way; `close` gives it up."""

    def __init__(self, read: Read, file: BinaryIO, asked: Asked, origin: str) -> None:
        """Begun at once in another process where that is worth it: a long log, a file with a name, a second core."""
        self._read, self._asked = read, asked
        self._told: Told | None = None
        self._process: subprocess.Popen[bytes] | None = None
        name = getattr(file, "name", None)
        if isinstance(name, str) and asked.size >= ENTRIES_MIN and cores() > 1:
            with suppress(OSError):  # without a process it is done here
                self._process = self._begun(os.path.abspath(name), origin, *map(str, asked))

    def _begun(self, *words: str) -> "subprocess.Popen[bytes]":
        program = (sys.executable, "-P", "-m", "reporting_service.bundle.folding", str(os.getpid()))
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        return subprocess.Popen([*program, *words], stdin=nothing, stdout=pipe, stderr=nothing)

    @property
    def apart(self) -> bool:
        """Whether another process was begun, which checks the form of events."""
        return self._process is not None

    def settled(self) -> bool:
        """Whether the other process made the report, once it ends; Mismatch when an event has not its form."""
        if self._told is None and self._process is not None:
            said, _ = self._process.communicate()
            self._told = _answer(said) if self._process.returncode == 0 else Told()
        if self._told and self._told.cause is not None:
            raise Mismatch(self._told.position, self._told.cause)
        return self._told is not None and self._told.report is not None

    def report(self, digests: Mapping[str, str]) -> dict[str, Any]:
        """The report, made here unless the other process did; BadArchive if that read other files than these."""
        if not self.settled() or self._told is None or self._told.report is None:
            return folded(self._read, self._asked, lambda body, _: orjson.loads(body))
        read = self._told.read
        if not (read.items() <= digests.items() and read.keys() >= set(entries_names(self._asked.size))):
            raise BadArchive(CHANGED)
        return self._told.report

    def close(self) -> None:
        """End the process, if it still runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None, "it was asked for a pipe"
            self._process.stdout.close()


class FormsBeside(Forms):
    """Checked by the process that folds; but up to a decision that does not hold, or when that process failed, here."""

    def __init__(self, folding: Folding, entries: Entries, origin: str) -> None:
        super().__init__(apart=folding.apart)
        self._folding, self._entries, self._origin = folding, entries, origin
        self._given = 0

    def add(self, body: bytes) -> None:
        """One entry more."""
        del body
        self._given += 1

    def settle(self) -> None:
        """Mismatch names the first of those given that has not its form."""
        if not self.apart or (self._given == self._entries.size and self._folding.settled()):
            return
        given = zip(range(1, self._given + 1), chain.from_iterable(self._entries.pages()), strict=False)
        for position, body in given:
            checked_entry(body, position, self._origin)


def told_of(archive: Archive, asked: Asked, origin: str) -> Told:
    """The report and what was read for it, or the first event that has not its form."""
    digests: dict[str, str] = {}

    def read(name: str) -> bytes:
        content = archive.read(name)
        digest = sha256(content).hexdigest()
        if digests.setdefault(name, digest) != digest:
            raise BadArchive(CHANGED)
        return content

    try:
        report = folded(read, asked, lambda body, at: checked_entry(body, at, origin))
    except Mismatch as found:
        return Told(position=found.position, cause=found.cause)
    return Told(report=report, read=digests)


def main() -> None:
    """What `told_of` gives, as JSON on standard output."""
    parent, path, origin, *asked = sys.argv[1:]
    die_with_parent(int(parent))
    with Path(path).open("rb") as file, seldom_collecting():
        told = told_of(Archive(file), Asked(*map(int, asked)), origin)
    sys.stdout.buffer.write(orjson.dumps(told._asdict()))


if __name__ == "__main__":
    main()
