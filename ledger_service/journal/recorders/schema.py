"""Which schema a stored journal has, and what brings it to this program's: one script for every version."""

from collections.abc import Sequence

from ledger_service.journal.recorders.interface import StoreRefused

LINKED = 2
"""The schema from which on every checkpoint is bound to the one before it."""

NO_LINK = "The checkpoints of an older version are not bound to each other yet: start the ledger once, which does it."


def steps(stored: str | None, scripts: Sequence[str]) -> Sequence[str]:
    """The scripts still to be run on tables of version `stored` (None: there are none yet), oldest first.

    StoreRefused when they are newer than the last script: an older program would not see what a newer one wrote.
    """
    version = 0 if stored is None else int(stored)
    if version > len(scripts):
        raise StoreRefused(f"The database has schema {version}, and this program knows none after {len(scripts)}.")
    return scripts[version:]
