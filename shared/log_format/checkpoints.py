"""C2SP tlog-checkpoint: a log's origin, size and root in a signed note, without extension lines."""

import re
from base64 import b64encode
from dataclasses import dataclass

from shared.log_format.merkle import HASH_SIZE
from shared.log_format.notes import BadNote, SigningKey, Verifier, decode_base64, open_note, sign_note

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class BadCheckpoint(BadNote):
    """A note that is no checkpoint of the log it should be of."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree of `size` leaves of the log `origin` has this 32-byte root."""

    origin: str
    size: int
    root: bytes

    @property
    def root_base64(self) -> str:
        """The root as it is written."""
        return b64encode(self.root).decode()

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{self.root_base64}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Reads the three lines; BadCheckpoint for any other spelling or further lines."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0]:
            raise BadCheckpoint("a checkpoint is three lines: origin, size, root")
        if not _SIZE.fullmatch(lines[1]):
            raise BadCheckpoint("the checkpoint's size is no decimal number without leading zeros")
        try:
            root = decode_base64(lines[2])
        except ValueError as error:
            raise BadCheckpoint("the checkpoint's root is not base64") from error
        if len(root) != HASH_SIZE:
            raise BadCheckpoint("the checkpoint's root is not 32 bytes")
        return cls(lines[0], int(lines[1]), root)


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> str:
    """The signed note; BadCheckpoint unless the key is named like the origin."""
    if key.name != checkpoint.origin:
        raise BadCheckpoint(f"the key of {key.name} cannot sign for {checkpoint.origin}")
    return sign_note(checkpoint.text(), key)


def open_checkpoint(note: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint that the log's own key signed; BadNote when it did not, or the origin is another log's."""
    checkpoint = Checkpoint.parse(open_note(note, [verifier]))
    if checkpoint.origin != verifier.name:
        raise BadCheckpoint(f"this is a checkpoint of {checkpoint.origin}, not of {verifier.name}")
    return checkpoint
