"""`ledger verify`: everything stored is recomputed, and every decision is taken again.

Entry by entry: form and canonical bytes, position and stream version, leaf hash and the tree's stored hashes, every
signed checkpoint, its link to the one before and its cosignatures, the idempotency keys, and the decision itself with
its warnings and effects.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from ledger_service.journal.commands import Entry, kept_warnings, key_of
from ledger_service.journal.recorders.interface import (
    CheckpointRow,
    EntryRow,
    JournalRecorder,
    KeyRow,
    Reader,
    StoreDamaged,
    StoreRefused,
)
from ledger_service.journal.sealing import is_cosigned, is_linked
from ledger_service.journal.snapshots import Snapshot, read_snapshot
from shared.contract.envelope import content_digest
from shared.log_format.checkpoints import open_checkpoint
from shared.log_format.merkle import leaf_hashes
from shared.log_format.notes import Verifier
from shared.log_format.tiles import TileRows
from shared.rules.collecting import seldom_collecting
from shared.rules.forms import Mismatch, forms_of
from shared.rules.rederivation import Rederivation, Verdict

__all__ = ["Counts", "Mismatch", "verify_stored"]

PAGE = 4096
PUT_OFF = 1024
"""So many entries at most wait to be taken into the tree together."""


@dataclass(slots=True)
class Counts:
    """What was checked."""

    entries: int = 0
    checkpoints: int = 0
    decisions: int = 0
    refusals: int = 0
    refused_batches: int = 0
    keys: int = 0
    cosignatures: int = 0
    snapshot: str = "none is kept"

    def __str__(self) -> str:
        return SENTENCES.format(**asdict(self))


SENTENCES = """\
{entries} entries without a gap, each in canonical form and under its hash.
{checkpoints} signed checkpoints match the tree, none between them is missing, and the newest covers the last entry.
{cosignatures} cosignatures of witnesses hold.
{decisions} decisions and {refusals} refusals were taken again with the same result; {keys} keys match.
{refused_batches} refused batches were checked for their form only: what was refused in them is not in the log.
Snapshot of the model: {snapshot}."""


def verify_stored(
    recorder: JournalRecorder,
    verifier: Verifier,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
    beside: Path | None = None,
) -> Counts:
    """Check a whole journal as of now, and the snapshot `beside` it, if there is one.

    Mismatch names the first bad position, StoreRefused another log.
    """
    counts = Counts()
    snapshot = _snapshot(beside, verifier, counts)
    try:
        with recorder.reading() as reader, seldom_collecting():
            if (origin := reader.origin()) != verifier.name:
                raise StoreRefused(f"The database is of the log {origin}, the key is of {verifier.name}.")
            Verification(reader, verifier, counts, progress, snapshot).run()
    except StoreDamaged as error:
        raise Mismatch(counts.entries + 1, f"the database is damaged ({error})") from error
    return counts


@dataclass(slots=True)
class Verification:
    """One pass over a stored journal, as of one moment."""

    reader: Reader
    verifier: Verifier
    counts: Counts
    progress: Callable[[int, int], None]
    snapshot: Snapshot | None = None

    def run(self) -> None:
        """Check everything; Mismatch names the first position that does not hold."""
        head, hashes = self.reader.head(), _Hashes(self.reader)
        deciding = _Deciding(self.reader, self.verifier.name, self.counts, hashes, head)
        with closing(deciding.again):
            self._follow(head, hashes, deciding)
        self.counts.cosignatures = _check_cosignatures(self.reader)
        hashes.finish(head)
        if damage := self.reader.damage():
            raise Mismatch(head, f"the database finds itself damaged: {damage}")

    def _follow(self, head: int, hashes: "_Hashes", deciding: "_Deciding") -> None:
        checkpoints = _Checkpoints(self.reader, self.verifier)
        for row in self.reader.rows(0):
            self._check_row(row, deciding, hashes)
            if self.snapshot is not None and self.snapshot.position == row.position:
                deciding.check_snapshot(self.snapshot, hashes.told()[1])
            if checkpoints.due(row.position):
                hashes.grow()
                self.counts.checkpoints += checkpoints.check(row.position, hashes.tiles)
            self.counts.entries += 1
            if row.position % 500 == 0 or row.position == head:
                self.progress(row.position, head)
        hashes.grow()
        deciding.finish()
        checkpoints.finish(head)

    def _check_row(self, row: EntryRow, deciding: "_Deciding", hashes: "_Hashes") -> None:
        try:
            deciding.check(_read(row, deciding.again), row.body)
        except Mismatch:
            hashes.grow()  # what was put off stands before this entry, and is named first
            raise
        hashes.put_off(row.body)


def _snapshot(file: Path | None, verifier: Verifier, counts: Counts) -> Snapshot | None:
    """The snapshot that a start would use; what it would not, it ignores, and so do we, but say it."""
    if file is None or not file.exists():
        return None
    try:
        kept = read_snapshot(file, verifier)
    except (ValueError, LookupError) as error:
        counts.snapshot = f"the one kept is not used ({error})"
        return None
    counts.snapshot = f"the one kept at {kept.position} is of more entries than there are, and not used"
    return kept


def _read(row: EntryRow, again: Rederivation) -> Entry:
    """The next entry, whose columns must say the same as it does."""
    if row.position != again.position + 1:
        raise Mismatch(again.position + 1, f"there is no entry; the next one stored is {row.position}")
    entry = again.read(row.body)
    if (entry.get("stream"), entry.get("version"), entry.get("type"), entry.get("year")) == row[1:5]:
        return entry
    for name, value in zip(EntryRow._fields[1:5], row[1:5], strict=True):
        if entry.get(name) != value or type(entry.get(name)) is not type(value):
            raise Mismatch(row.position, f"the entry's {name} is {entry.get(name)!r}, it is stored under {value!r}")
    return entry


class _Hashes:
    """The tree and its stored hashes, compared as it grows: over many entries at once, which is quicker."""

    def __init__(self, reader: Reader) -> None:
        self.tiles = TileRows()
        self._later: list[bytes] = []
        self._reader = reader
        self._leaves: Iterator[bytes] = iter(())
        self._counts: dict[int, int] = {}

    def put_off(self, body: bytes) -> None:
        """One entry more, taken in with others."""
        self._later.append(body)
        if len(self._later) == PUT_OFF:
            self.grow()

    def grow(self) -> None:
        """Take in the entries put off; Mismatch names the first whose hashes differ."""
        differ = []
        for level, index, expected in self.tiles.append(leaf_hashes(self._later)):
            self._counts[level] = index + 1
            if (self._leaf(index) if level == 0 else self._node(level, index)) != expected:
                differ.append(((index + 1) * 256**level, level))
        self._later.clear()
        if differ:
            position, level = min(differ)
            what = "the log's hash of this entry" if level == 0 else f"a hash of tile level {level}"
            raise Mismatch(position, f"{what} is not the one that the entries give")

    def told(self) -> tuple[int, str]:
        """Size and base64 root of the tree over the entries so far, as decisions need them."""
        self.grow()
        return self.tiles.size, b64encode(self.tiles.root()).decode()

    def _leaf(self, index: int) -> bytes | None:
        if index % PAGE == 0:
            self._leaves = iter(self._reader.hashes(0, index, PAGE))
        return next(self._leaves, None)

    def _node(self, level: int, index: int) -> bytes | None:
        return next(iter(self._reader.hashes(level, index, 1)), None)

    def finish(self, head: int) -> None:
        if (stored := self._reader.hash_levels()) != self._counts:
            raise Mismatch(head + 1, f"the log holds hashes beyond its entries ({stored}, not {self._counts})")


class _Checkpoints:
    """Every signed checkpoint, compared when the tree has its size."""

    def __init__(self, reader: Reader, verifier: Verifier) -> None:
        self._rows = reader.checkpoints(-1)
        self._verifier = verifier
        self._next: CheckpointRow | None = next(self._rows, None)
        self._last = 0

    def due(self, position: int) -> bool:
        return self._next is not None and self._next.size <= position

    def check(self, position: int, tiles: TileRows) -> int:
        if (row := self._next) is None or row.size > position:
            return 0
        try:
            checkpoint = open_checkpoint(row.note, self._verifier)
        except ValueError as error:
            raise Mismatch(position, f"the checkpoint of size {row.size} does not hold: {error}") from error
        if (checkpoint.size, row.size) != (position, position) or checkpoint.root != tiles.root():
            raise Mismatch(position, f"the checkpoint of size {row.size} signs another tree than the entries make")
        if not is_linked(self._verifier, self._last, row):
            between = f"the checkpoints of size {self._last} and {row.size}"
            raise Mismatch(self._last + 1, f"{between} were not signed one after the other: those between are missing")
        self._last, self._next = position, next(self._rows, None)
        return 1

    def finish(self, head: int) -> None:
        if self._next is not None:
            raise Mismatch(head + 1, f"a checkpoint of size {self._next.size} is stored, but the entries end at {head}")
        if self._last != head:
            raise Mismatch(self._last + 1, f"no checkpoint covers this entry; the newest covers {self._last}")


def _check_cosignatures(reader: Reader) -> int:
    """Every kept cosignature is its witness's own, of a checkpoint that is kept; how many there are."""
    checked, row = 0, None
    for cosigned in reader.cosignature_rows():
        if row is None or row.size != cosigned.size:
            row = reader.checkpoint_covering(cosigned.size)
        if row is None or row.size != cosigned.size or not is_cosigned(row, cosigned):
            whose = cosigned.witness.partition("+")[0]
            raise Mismatch(cosigned.size, f"the cosignature of {whose} under the checkpoint here does not hold")
        checked += 1
    return checked


class _Deciding:
    """Takes every decision again, and compares what is stored beside it."""

    def __init__(self, reader: Reader, origin: str, counts: Counts, hashes: _Hashes, head: int) -> None:
        self._counts = counts
        self.again = Rederivation(origin, partial(_entry_at, reader), hashes.told, forms_of(origin, head))
        self._keys = reader.key_rows()

    def check(self, entry: Entry, body: bytes) -> None:
        taken = self.again.check(entry, body)
        position, verdict = self.again.position, taken.verdict
        self._counts.decisions += verdict is Verdict.DECISION
        self._counts.refusals += verdict is Verdict.REFUSAL
        self._counts.refused_batches += verdict is Verdict.REFUSED_BATCH
        if taken.event is not None:
            self._check_key(taken.event, KeyRow(position, b"", taken.caused), list(taken.warnings))

    def check_snapshot(self, kept: Snapshot, root: str) -> None:
        """The model kept must be the one that the entries make."""
        if b64encode(kept.root).decode() != root or kept.model.tables() != self.again.model.tables():
            raise Mismatch(kept.position, "the snapshot kept here is not the model that the entries make: delete it")
        self._counts.snapshot = f"the one kept at {kept.position} is what the entries make"

    def finish(self) -> None:
        self.again.finish()
        if (left := next(self._keys, None)) is not None:
            raise Mismatch(left[1].position, "an idempotency key is stored that no entry has")

    def _check_key(self, event: Entry, row: KeyRow, warnings: list[dict[str, Any]]) -> None:
        key, stored = next(self._keys, (b"", KeyRow(0, b"")))
        digest = bytes.fromhex(content_digest(event))
        if key != key_of(event["source"], event["id"]) or stored[:3] != (row.position, digest, row.caused):
            raise Mismatch(row.position, "the idempotency key stored for this entry is not its own")
        if stored.warnings != kept_warnings(warnings):
            raise Mismatch(row.position, "the warnings stored for this entry are not those of its decision")
        self._counts.keys += 1


def _entry_at(reader: Reader, position: int) -> Entry | None:
    body = reader.entries_at([position]).get(position)
    return None if body is None else orjson.loads(body)
