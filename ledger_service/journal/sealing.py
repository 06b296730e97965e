"""Appending a decided group: its entries, keys, tree hashes and one signed checkpoint, in the group's transaction."""

from dataclasses import dataclass

from ledger_service.journal.kept import Kept
from ledger_service.journal.recorders.interface import CheckpointRow, Group, GroupRows, KeyRow
from shared.log_format.checkpoints import Checkpoint, sign_checkpoint
from shared.log_format.notes import SigningKey


@dataclass(frozen=True, slots=True)
class Sealer:
    """Signs for one log: the key is named like the log's origin."""

    key: SigningKey

    @property
    def origin(self) -> str:
        """The log's origin."""
        return self.key.name

    def append(self, group: Group, kept: Kept, keys: dict[bytes, KeyRow]) -> CheckpointRow:
        """Store the drafts with their keys, the tree grown over them, and one checkpoint covering them all."""
        hashes = kept.seal()
        checkpoint = Checkpoint(self.origin, kept.tiles.size, kept.tiles.root())
        row = CheckpointRow(checkpoint.size, sign_checkpoint(checkpoint, self.key))
        group.append(GroupRows(kept.drafts, keys, hashes, row))
        return row


def brief(row: CheckpointRow) -> dict[str, object]:
    """A checkpoint as receipts name it: size and base64 root, the second and third line of its note."""
    _, size, root, _ = row.note.split("\n", 3)
    return {"size": int(size), "root": root}
