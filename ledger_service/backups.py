"""Backups: a file that is a small journal itself, and restoring it once everything in it was verified."""

import os
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from ledger_service.journal.copying import Progress, copy_journal
from ledger_service.journal.recorders.interface import JournalRecorder, StoreUnavailable
from ledger_service.journal.recorders.sqlite import SQLiteJournalRecorder
from ledger_service.verification import Counts, verify_stored
from shared.log_format.notes import Verifier


class Backup(NamedTuple):
    """A backup as written."""

    file: Path
    entries: int


def write_backup(recorder: JournalRecorder, target: Path, progress: Progress) -> Backup:
    """Write one into a new file, or into a directory under the number of its entries; whole or not at all."""
    folder = target if target.is_dir() else target.parent
    draft = folder / f".backup-{os.getpid()}.db"
    try:
        with closing(SQLiteJournalRecorder.at(str(draft))) as copy, recorder.reading() as reader:
            entries = copy_journal(reader, copy, progress)
        _settle(draft)
        file = target / f"ledger-{entries:012d}.db" if target.is_dir() else target
        os.link(draft, file)
    except FileExistsError as error:
        raise StoreUnavailable(f"{error.filename2 or target} is there already; nothing was overwritten") from error
    finally:
        for leftover in folder.glob(f"{draft.name}*"):
            leftover.unlink()
    return Backup(file, entries)


def _settle(file: Path) -> None:
    """All of it is in the one file, and on disk."""
    if file.with_name(f"{file.name}-wal").exists():
        raise StoreUnavailable(f"{file} was not closed")
    with file.open("rb") as opened:
        os.fsync(opened.fileno())


def restore_backup(file: Path, recorder: JournalRecorder, verifier: Verifier, progress: Progress) -> Counts:
    """Verify every entry, hash, checkpoint and decision of a backup, then copy it; Mismatch before anything is."""
    with closing(SQLiteJournalRecorder.at(str(file))) as backup:
        counts = verify_stored(backup, verifier, progress)
        with backup.reading() as reader:
            copy_journal(reader, recorder, progress)
    return counts
