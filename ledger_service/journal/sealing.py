"""Appending a decided group: its entries, keys, tree hashes and one signed checkpoint, in the group's transaction.

Beside its note, each stored checkpoint has a link: the log's signature over its own size and that of the one before it.
One taken out of the store, or put between others, leaves two neighbours that were never signed as such.
"""

from base64 import b64encode
from dataclasses import dataclass

from ledger_service.journal.kept import Kept
from ledger_service.journal.recorders.interface import CheckpointRow, CosignatureRow, Group, GroupRows, KeyRow
from shared.log_format.checkpoints import Checkpoint, sign_checkpoint
from shared.log_format.notes import Signature, SigningKey, Verifier, decode_base64, parse_note, parse_signature


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
        before = kept.position
        hashes = kept.seal()
        checkpoint = Checkpoint(self.origin, kept.tiles.size, kept.tiles.root())
        row = CheckpointRow(checkpoint.size, sign_checkpoint(checkpoint, self.key), self.link(before, checkpoint.size))
        group.append(GroupRows(kept.drafts, keys, hashes, row))
        return row

    def link(self, before: int, size: int) -> str:
        """What binds the checkpoint of `size` entries to the one before it, of `before`; 0 when it is the first."""
        return b64encode(self.key.sign(_linked(self.origin, before, size)).blob).decode()


def is_linked(verifier: Verifier, before: int, row: CheckpointRow) -> bool:
    """Whether a stored checkpoint was signed as the successor of the one of `before` entries."""
    try:
        blob = decode_base64(row.link)
    except ValueError:
        return False
    signature = Signature(verifier.name, verifier.key_id, blob)
    return verifier.verify(_linked(verifier.name, before, row.size), signature)


def is_cosigned(row: CheckpointRow, said: CosignatureRow) -> bool:
    """Whether a kept cosignature is its witness's own, of this checkpoint."""
    try:
        witness, signature = Verifier.parse(said.witness), parse_signature(said.line.removesuffix("\n"))
    except ValueError:
        return False
    return signature.line == said.line and witness.verify(parse_note(row.note).text, signature)


def _linked(origin: str, before: int, size: int) -> str:
    """What is signed. Its first line is no log's origin, so that it can never pass for a checkpoint."""
    return f"{origin} checkpoints\n{before}\n{size}\n"


def brief(row: CheckpointRow) -> dict[str, object]:
    """A checkpoint as receipts name it: size and base64 root, the second and third line of its note."""
    _, size, root, _ = row.note.split("\n", 3)
    return {"size": int(size), "root": root}
