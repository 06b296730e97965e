"""A journal copied whole into an empty store of either kind: what a backup is, and what restoring one is.

The copy is of one moment, while the ledger goes on writing: everything is read in one transaction.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from ledger_service.journal.recorders.interface import (
    CheckpointRow,
    Group,
    GroupRows,
    JournalRecorder,
    Reader,
    StoreRefused,
)

PAGE = 4096
T = TypeVar("T")
Progress = Callable[[int, int], None]


def copy_journal(source: Reader, target: JournalRecorder, progress: Progress = lambda _done, _of: None) -> int:
    """Copy entries, keys, hashes, checkpoints and cosignatures in one transaction; returns the last position.

    StoreRefused unless the target is empty, or of no log yet.
    """
    head = source.head()
    target.prepare(source.origin())
    with target.group() as group:
        if group.head() or group.newest_checkpoint() is not None:
            raise StoreRefused(f"There is a ledger already, of {group.head()} entries; a copy needs an empty place.")
        done = 0
        for page in _pages(source.rows(0)):
            group.append(GroupRows(entries=page))
            done += len(page)
            progress(done, head)
        _copy_rest(source, group)
    return head


def _copy_rest(source: Reader, group: Group) -> None:
    for keys in _pages(source.key_rows()):
        group.append(GroupRows(keys=dict(keys)))
    for level, count in source.hash_levels().items():
        for start in range(0, count, PAGE):
            hashes = enumerate(source.hashes(level, start, PAGE), start)
            group.append(GroupRows(hashes=[(level, index, hash_) for index, hash_ in hashes]))
    for checkpoint in source.checkpoints(-1):
        group.append(GroupRows(checkpoint=CheckpointRow(*checkpoint)))
    for cosignatures in _pages(source.cosignature_rows()):
        group.append(GroupRows(cosignatures=cosignatures))


def _pages(rows: Iterable[T]) -> Iterator[list[T]]:
    found = iter(rows)
    while page := list(islice(found, PAGE)):
        yield page
