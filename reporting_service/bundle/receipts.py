"""One receipt: a `.tlog-proof` file and the entry it is of, checked with the log's public key alone."""

from dataclasses import dataclass
from typing import Any

from reporting_service.bundle.findings import Differs, named, quoted
from reporting_service.bundle.signatures import check_receipt_signatures
from shared.contract.problems import Malformed
from shared.contract.strict_json import parse
from shared.log_format.canonical import canonical
from shared.log_format.checkpoints import Checkpoint
from shared.log_format.merkle import ProofFailed
from shared.log_format.notes import Verifier
from shared.log_format.proofs import HEADER, parse_proof, verify_proof
from shared.log_format.witnesses import Policy

RECEIPT_BYTES_MAX = 200_000


class NoEntry(Exception):
    """The proof does not carry its entry, and none was given beside it."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """An entry that stands in the log under a signed checkpoint."""

    position: int
    entry: dict[str, Any]
    checkpoint: Checkpoint
    witnesses: tuple[str, ...] | None = None
    """Who cosigned, of the policy given; None when none was."""
    unchecked: int = 0
    """Signature lines that no key given here checks."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        signed = {"size": self.checkpoint.size, "root": self.checkpoint.root_base64}
        cosigned = {"witnesses": None if self.witnesses is None else list(self.witnesses), "unchecked": self.unchecked}
        return {"ok": True, "origin": self.checkpoint.origin, "checkpoint": signed, **cosigned, "entry": self.entry}

    def sentences(self) -> list[str]:
        """What was checked, in plain words."""
        checkpoint, said = self.checkpoint, {name: named(value) for name, value in self.entry.items()}
        return [
            f"The key given signed the checkpoint of {checkpoint.origin} with {checkpoint.size} entries.",
            f"Position {self.position} under it is the {said.get('type')} {said.get('id')} of {said.get('source')},",
            f"recorded at {said.get('recorded_at')}, exactly as this file has it.",
            *self._cosigned(),
        ]

    def _cosigned(self) -> list[str]:
        if self.witnesses:
            count = f"{len(self.witnesses)} witness{'es' if len(self.witnesses) > 1 else ''}"
            whose = "of your policy, whose quorum is reached"
            return [f"{count} cosigned the checkpoint ({', '.join(map(named, self.witnesses))}), {whose}."]
        if self.witnesses is not None:
            return ["No witness cosigned the checkpoint, and your policy asks for none."]
        if self.unchecked:
            return [f"Signature lines of others were not checked ({self.unchecked}): --policy names whom to believe."]
        return []


def is_receipt(start: bytes) -> bool:
    """Whether a file that begins so is a proof file."""
    return start.startswith(HEADER.encode())


def check_receipt(
    content: bytes, verifier: Verifier, given: bytes | None = None, policy: Policy | None = None
) -> Receipt:
    """Check a proof file; the entry is the one given, else the one the file carries as its extra line.

    With a policy its quorum must have cosigned, and nobody else may have signed.
    """
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
    witnesses, unchecked = check_receipt_signatures(proof.checkpoint_note, verifier, policy)
    return Receipt(proof.index + 1, entry, checkpoint, witnesses, unchecked)


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
