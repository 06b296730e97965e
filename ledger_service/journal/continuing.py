"""A log that continues another: a new key means a new origin; the first entry names the old log's last checkpoint."""

from typing import Any

from ledger_service.journal.commands import Entry
from ledger_service.journal.recorders.interface import StoreRefused
from shared.log_format.checkpoints import Checkpoint


def continued(checkpoint: Checkpoint | None) -> dict[str, Any] | None:
    """The data of `log.continued`."""
    if checkpoint is None:
        return None
    return {
        "origin": checkpoint.origin,
        "checkpoint": {"size": checkpoint.size, "root": checkpoint.root_base64},
    }


def check_continued(first: Entry | None, checkpoint: Checkpoint | None) -> None:
    """StoreRefused when a log that is there already did not begin by continuing the one that it is said to continue."""
    said = continued(checkpoint)
    if said is not None and first is not None and first["data"] != said:
        what = f"The log here did not begin as the continuation of {said['origin']} with {said['checkpoint']['size']}"
        raise StoreRefused(
            f"{what} entries. A log continues another from its first entry on: give it an empty database."
        )
