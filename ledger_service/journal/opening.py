"""Opening a journal: read every entry into the model, and refuse to start when log and entries disagree."""

from collections.abc import Iterator
from itertools import islice

from ledger_service.journal.kept import Kept, OutOfStep
from ledger_service.journal.recorders.interface import Reader
from ledger_service.journal.snapshots import Snapshot
from shared.log_format.checkpoints import open_checkpoint
from shared.log_format.merkle import leaf_hashes
from shared.log_format.notes import Verifier

PAGE = 4096


def read_in(kept: Kept, reader: Reader, verifier: Verifier, snapshot: Snapshot | None = None) -> None:
    """Read every entry and check it against the log, and fold those after the snapshot, or all, into the model.

    OutOfStep names the first position that does not agree, and why.
    """
    if snapshot is not None:
        kept.model = snapshot.model
    for page in _pages(reader.bodies(0)):
        _check_positions(kept.position + 1, page)
        _check_hashes(kept, reader, [body for _, body in page])
        for position, body in page:
            if position > kept.model.position:
                kept.replay(position, body)
        kept.model.publish()
    _check_head(kept, reader, verifier)


def _pages(bodies: Iterator[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    while page := list(islice(bodies, PAGE)):
        yield page


def _check_positions(first: int, page: list[tuple[int, bytes]]) -> None:
    for expected, (position, _) in enumerate(page, first):
        if position != expected:
            raise OutOfStep(expected, f"there is no entry; the next one stored is {position}")


def _check_hashes(kept: Kept, reader: Reader, bodies: list[bytes]) -> None:
    """Grow the tree over a page of entries and compare what is stored of it at every level."""
    rows = kept.grow(leaf_hashes(bodies))
    for level in range(rows[-1][0] + 1):
        expected = [(index, hash_) for at, index, hash_ in rows if at == level]
        stored = reader.hashes(level, expected[0][0], len(expected))
        if stored == [hash_ for _, hash_ in expected]:
            continue
        for number, (index, hash_) in enumerate(expected):
            if number >= len(stored) or stored[number] != hash_:
                position = index + 1 if level == 0 else index * 256**level + 1
                cause = (
                    "the log does not hold the hash of this entry" if level == 0 else f"a hash of level {level} differs"
                )
                raise OutOfStep(position, cause)


def _check_head(kept: Kept, reader: Reader, verifier: Verifier) -> None:
    """The newest checkpoint must be ours and cover exactly these entries; the log must hold no hashes beyond them."""
    hashes = reader.hash_levels().get(0, 0)
    row = reader.newest_checkpoint()
    size = row.size if row is not None else 0
    if (hashes, size) != (kept.position, kept.position):
        first = min(hashes, size, kept.position) + 1
        cause = f"there are {kept.position} entries, {hashes} hashes, and the newest checkpoint covers {size}"
        raise OutOfStep(first, cause)
    if row is None:
        return
    try:
        checkpoint = open_checkpoint(row.note, verifier)
    except ValueError as error:
        raise OutOfStep(size, f"the newest checkpoint does not hold: {error}") from error
    if (checkpoint.size, checkpoint.root) != (kept.position, kept.tiles.root()):
        raise OutOfStep(size, "the newest checkpoint signs another tree than the entries make")
