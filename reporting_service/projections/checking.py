"""Checking reporting's own copy of the log: every entry and hash, the signed checkpoint, and every cosigned one."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from reporting_service.follower.history import Heard, resumed
from reporting_service.follower.sink import Bookmark
from reporting_service.follower.verification import Mismatch
from reporting_service.projections import cosigned, log_copy
from reporting_service.projections.store import Store, read_bookmark
from shared.log_format.checkpoints import BadCheckpoint, Checkpoint, open_checkpoint
from shared.log_format.merkle import leaf_hashes
from shared.log_format.notes import BadNote, Verifier
from shared.log_format.tiles import Row, TileRows
from shared.log_format.witnesses import Policy
from shared.rules.forms import Mismatch as EntryDiffers
from shared.rules.rederivation import read_entry

PAGE = 4096
Progress = Callable[[int, int], None]


class CopyDiffers(Exception):
    """The copy is not what was verified: the first position that shows it, where there is one."""

    def __init__(self, cause: str, position: int | None = None) -> None:
        super().__init__(f"Position {position}: {cause}." if position is not None else f"{cause}.")
        self.cause, self.position = cause, position


class Checked(NamedTuple):
    """How much was checked."""

    entries: int
    cosigned: int


def check_copy(
    store: Store,
    verifier: Verifier,
    policy: Policy | None = None,
    progress: Progress = lambda _done, _of: None,
) -> Checked:
    """Check all that is kept of the log; CopyDiffers names the first thing that does not hold."""
    _resumed(store.bookmark(), verifier)
    with store.view() as view:
        bookmark = read_bookmark(view.connection)[0]
        heard = _resumed(bookmark, verifier)
        roots = _cosigned(view.connection, verifier, policy)
        tree = _check_entries(view.connection, bookmark, roots, progress)
        if heard is not None and heard.size == tree.size and heard.checkpoint.root != tree.root():
            raise CopyDiffers(f"the entries lead to another root than was signed for {tree.size} of them")
        return Checked(tree.size, len(roots))


def _resumed(bookmark: Bookmark, verifier: Verifier) -> Heard | None:
    try:
        return resumed(bookmark, verifier)[1]
    except Mismatch as error:
        raise CopyDiffers(str(error)) from error


def _cosigned(connection: Connection, verifier: Verifier, policy: Policy | None) -> dict[int, Checkpoint]:
    """Every kept cosigned checkpoint by its size, its signatures checked."""
    found = {}
    for kept in connection.execute(select(cosigned.cosigned_checkpoints)):
        try:
            checkpoint = open_checkpoint(kept.note, verifier)
            if checkpoint.size != kept.size:
                raise BadCheckpoint(f"it is of {checkpoint.size} entries")
            if policy is not None and not policy.reached(policy.cosigners(kept.note)):
                raise BadNote("its cosignatures do not make the quorum")
        except BadNote as error:
            raise CopyDiffers(f"the cosigned checkpoint of size {kept.size} does not hold: {error}") from error
        found[checkpoint.size] = checkpoint
    return found


def _check_entries(
    connection: Connection, bookmark: Bookmark, roots: dict[int, Checkpoint], progress: Progress
) -> TileRows:
    tree, hashes = TileRows(), _hashes(connection)
    ends = sorted({*range(PAGE, bookmark.position, PAGE), *roots, bookmark.position})
    if ends[-1] > bookmark.position:
        raise CopyDiffers(f"a cosigned checkpoint of size {ends[-1]} is kept, the entries end at {bookmark.position}")
    for end in ends:
        bodies = _bodies(connection, tree.size + 1, end)
        _check_hashes(hashes, tree.append(leaf_hashes(bodies)))
        if end in roots and roots[end].root != tree.root():
            raise CopyDiffers(f"the entries lead to another root than was cosigned for {end} of them", end)
        progress(tree.size, bookmark.position)
    if tree.frontier.to_bytes() != bookmark.frontier:
        raise CopyDiffers(f"the entries are not the {tree.size} that were verified")
    beyond = connection.execute(select(log_copy.entries.c.position).where(~_within(bookmark.position))).scalar()
    if beyond is not None or next(hashes, None) is not None:
        raise CopyDiffers("more is kept than was verified", bookmark.position + 1)
    return tree


def _within(last: int) -> Any:
    return log_copy.entries.c.position.between(1, last)


def _bodies(connection: Connection, first: int, last: int) -> list[bytes]:
    """The entries of a stretch, each in its form and under the columns it is found by."""
    chosen = select(log_copy.entries).where(log_copy.entries.c.position.between(first, last))
    bodies: list[bytes] = []
    for row in connection.execute(chosen.order_by(log_copy.entries.c.position)):
        position = first + len(bodies)
        if row.position != position:
            raise CopyDiffers(f"there is no entry; the next one kept is {row.position}", position)
        try:
            entry = read_entry(row.body, position)
        except (EntryDiffers, TypeError) as error:
            raise CopyDiffers(getattr(error, "cause", "the entry is no text"), position) from error
        for name in ("type", "source", "stream", "year", "effective_on", "recorded_at"):
            if entry.get(name) != getattr(row, name):
                kept = getattr(row, name)
                raise CopyDiffers(f"the entry's {name} is {entry.get(name)!r}, it is kept under {kept!r}", position)
        bodies.append(row.body)
    if len(bodies) != last - first + 1:
        raise CopyDiffers("there is no entry", first + len(bodies))
    return bodies


def _hashes(connection: Connection) -> Iterator[Row]:
    """The kept hashes above the leaves in the order in which a growing tree completes them."""
    found = connection.execute(select(log_copy.tree))
    rows = [(level, place, hash_) for level, place, hash_ in found]
    return iter(sorted(rows, key=lambda row: (_completed(row), row[0])))


def _completed(row: Row) -> int:
    """At which size of the tree a hash above the leaves is complete."""
    return (row[1] + 1) << 8 * max(0, row[0])


def _check_hashes(kept: Iterator[Row], made: list[Row]) -> None:
    for row in sorted((row for row in made if row[0]), key=lambda row: (_completed(row), row[0])):
        found = next(kept, None)
        if found is None or tuple(found) != row:
            last = _completed(row)
            first = last - 256 ** row[0] + 1
            raise CopyDiffers(f"the entries {first} to {last}, or their hash, are not those that were verified", first)
