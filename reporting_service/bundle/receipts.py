"""One receipt: a `.tlog-proof` file and the entry it is of, checked with the log's public key alone."""

from dataclasses import dataclass
from typing import Any

from reporting_service.bundle.findings import Differs, named, quoted
from shared.contract.problems import Malformed
from shared.contract.strict_json import parse
from shared.log_format.canonical import canonical
from shared.log_format.checkpoints import Checkpoint
from shared.log_format.merkle import ProofFailed
from shared.log_format.notes import Verifier
from shared.log_format.proofs import HEADER, parse_proof, verify_proof

RECEIPT_BYTES_MAX = 200_000


class NoEntry(Exception):
    """The proof does not carry its entry, and none was given beside it."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """An entry that stands in the log under a signed checkpoint."""

    position: int
    entry: dict[str, Any]
    checkpoint: Checkpoint

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        signed = {"size": self.checkpoint.size, "root": self.checkpoint.root_base64}
        return {"ok": True, "origin": self.checkpoint.origin, "checkpoint": signed, "entry": self.entry}

    def sentences(self) -> list[str]:
        """What was checked, in plain words."""
        checkpoint, said = self.checkpoint, {name: named(value) for name, value in self.entry.items()}
        return [
            f"The key given signed the checkpoint of {checkpoint.origin} with {checkpoint.size} entries.",
            f"Position {self.position} under it is the {said.get('type')} {said.get('id')} of {said.get('source')},",
            f"recorded at {said.get('recorded_at')}, exactly as this file has it.",
        ]


def is_receipt(start: bytes) -> bool:
    """Whether a file that begins so is a proof file."""
    return start.startswith(HEADER.encode())


def check_receipt(content: bytes, verifier: Verifier, given: bytes | None = None) -> Receipt:
    """Check a proof file; the entry is the one given, else the one the file carries as its extra line."""
    try:
        text = content.decode()
        proof = parse_proof(text)
        if proof.text() != text:
            raise ProofFailed("the proof file is not written the one way that its contents are")
        body = _entry(given if given is not None else proof.extra)
        if proof.extra not in (None, body):
            raise ProofFailed("the entry given is not the one that the proof file carries")
        checkpoint = verify_proof(text, body, verifier)
    except (ProofFailed, UnicodeDecodeError) as error:
        raise Differs(f"{error}", of="The receipt") from error
    entry: dict[str, Any] = parse(body)  # type: ignore[assignment]
    if entry.get("position") != proof.index + 1:
        raise Differs(f"the entry says that it stands at {quoted(entry.get('position'))}", position=proof.index + 1)
    return Receipt(proof.index + 1, entry, checkpoint)


def _entry(text: bytes | None) -> bytes:
    """The entry's canonical bytes, however it is spaced."""
    if text is None:
        raise NoEntry("The proof file does not carry its entry: give the entry's JSON with --entry FILE.")
    try:
        entry = parse(text.strip())
    except Malformed as error:
        raise Differs(f"the entry is not JSON: {error.detail}", of="The receipt") from error
    if not isinstance(entry, dict):
        raise Differs("the entry is no JSON object", of="The receipt")
    return canonical(entry)
