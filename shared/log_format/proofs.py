"""C2SP tlog-proof: one text file that shows, offline, that an entry stands in the log."""

import re
from base64 import b64encode
from dataclasses import dataclass

from shared.log_format.checkpoints import Checkpoint, open_checkpoint
from shared.log_format.merkle import HASH_SIZE, NodeReader, ProofFailed, inclusion_proof, leaf_hash, verify_inclusion
from shared.log_format.notes import BadNote, Verifier, decode_base64, parse_note

HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
_SIBLINGS_MAX = 63


@dataclass(frozen=True, slots=True)
class Proof:
    """Entry `index` (position − 1), its sibling hashes from leaf to root, and the signed checkpoint they lead to."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint_note: str
    extra: bytes | None = None

    def text(self) -> str:
        """The `.tlog-proof` file."""
        lines = [HEADER, f"index {self.index}", *(b64encode(h).decode() for h in self.hashes)]
        if self.extra is not None:
            lines.insert(1, f"extra {b64encode(self.extra).decode()}")
        return "\n".join(lines) + "\n\n" + self.checkpoint_note


def make_proof(index: int, node: NodeReader, checkpoint_note: str, extra: bytes | None = None) -> Proof:
    """The proof of entry `index` under a signed checkpoint; IndexError when the checkpoint does not cover it."""
    size = Checkpoint.parse(parse_note(checkpoint_note).text).size
    return Proof(index, tuple(inclusion_proof(index, size, node)), checkpoint_note, extra)


def parse_proof(text: str) -> Proof:
    """Reads a proof file, verifying nothing; ProofFailed when it is malformed."""
    head, blank, note = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines.pop(0) != HEADER:
        raise ProofFailed(f"a proof file begins with {HEADER}")
    try:
        extra = decode_base64(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else None
        match = _INDEX.fullmatch(lines.pop(0)) if lines else None
        hashes = tuple(decode_base64(line) for line in lines)
    except ValueError as error:
        raise ProofFailed("the proof file has a line that is not base64") from error
    if match is None:
        raise ProofFailed("the proof file does not name the entry's index")
    if len(hashes) > _SIBLINGS_MAX or any(len(h) != HASH_SIZE for h in hashes):
        raise ProofFailed(f"a proof has at most {_SIBLINGS_MAX} hashes of {HASH_SIZE} bytes")
    return Proof(int(match[1]), hashes, note, extra)


def verify_proof(text: str, entry: bytes, verifier: Verifier) -> Checkpoint:
    """The log's checkpoint, once the proof shows that `entry` stands under it; ProofFailed otherwise."""
    proof = parse_proof(text)
    try:
        checkpoint = open_checkpoint(proof.checkpoint_note, verifier)
    except BadNote as error:
        raise ProofFailed(f"the proof's checkpoint does not hold: {error}") from error
    verify_inclusion(leaf_hash(entry), proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    return checkpoint
