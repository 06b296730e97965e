"""Named points at which a process kills itself, once somebody has armed one; the point says so before it does.

A point is armed by a file `<point>.armed` in FAULTS_FOLDER that holds how many calls are still to pass; whoever comes
there first renames it to `<point>.struck` and is gone. FAULTS_SNAPSHOT_EVERY has snapshots written after fewer entries.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.faults.inside.wrapping import wrap


class Point(NamedTuple):
    """Before or after a call of a function; `only` in processes whose command line says so."""

    where: str
    after: bool = False
    only: str = ""


LEDGER, REPORTING = "ledger_service", "reporting_service"
POINTS = {
    "before-append": Point(f"{LEDGER}.journal.sealing:Sealer.append"),
    "before-commit": Point(f"{LEDGER}.journal.sealing:Sealer.append", after=True),
    "after-commit": Point(f"{LEDGER}.journal.kept:Kept.publish"),
    "before-reply": Point(f"{LEDGER}.journal.desk:Desk._send"),
    "between-writer-and-reply": Point(f"{LEDGER}.journal.remote:RemoteJournal.record", after=True),
    "while-checking": Point(f"{LEDGER}.api.checking:checked_batch", after=True, only=f"{LEDGER}.api.apart"),
    "mid-snapshot": Point(f"{LEDGER}.journal.snapshots:os.fsync"),
    "mid-backup": Point(f"{LEDGER}.journal.copying:_copy_rest"),
    "backup-unnamed": Point(f"{LEDGER}.backups:_settle", after=True),
    "mid-projection": Point(f"{REPORTING}.projections.store:save_bookmark"),
    "after-projection": Point(f"{REPORTING}.projections.store:Store.apply", after=True),
    "mid-rebuild": Point(f"{REPORTING}.projections.rebuild:_Work._page", after=True),
    "mid-swap": Point(f"{REPORTING}.projections.rebuild:shut_out_readers", after=True),
    "mid-report": Point(f"{REPORTING}.api.annual:rendered"),
    "mid-bundle": Point(f"{REPORTING}.bundle.writing:rule_sets_file"),
}


def struck(folder: Path, name: str) -> None:
    """Die here if this point is armed and no call is to pass any more."""
    armed = folder / f"{name}.armed"
    try:
        left = int(armed.read_text() or 0)
    except (OSError, ValueError):
        return
    if left > 0:
        armed.write_text(str(left - 1))
        return
    try:
        armed.rename(folder / f"{name}.struck")
    except OSError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def _around(folder: Path, name: str, after: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def around(function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **named: Any) -> Any:
            if not after:
                struck(folder, name)
            answer = function(*arguments, **named)
            if after:
                struck(folder, name)
            return answer

        return called

    return around


def install() -> None:
    """Wrap every point's function, where FAULTS_FOLDER is named."""
    if folder := os.environ.get("FAULTS_FOLDER"):
        command = " ".join(sys.orig_argv)
        for name, point in POINTS.items():
            if point.only in command:
                wrap(point.where, _around(Path(folder), name, point.after))
    if every := os.environ.get("FAULTS_SNAPSHOT_EVERY"):
        wrap(f"{LEDGER}.journal.snapshots:ENTRIES_BETWEEN", lambda _: int(every))


install()
