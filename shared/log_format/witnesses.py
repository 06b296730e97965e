"""C2SP tlog-policy and tlog-witness: which witnesses must cosign a checkpoint, what they are sent, what they answer."""

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shared.log_format.notes import (
    COSIGNATURE,
    ED25519,
    BadKey,
    BadNote,
    Signature,
    Verifier,
    parse_note,
    parse_signature,
)

POLICY_BYTES_MAX = 1 << 20
PROOF_HASHES_MAX = 63
QUORUM_NONE = "none"
_THRESHOLD = re.compile(r"[1-9][0-9]{0,3}")


class BadPolicy(ValueError):
    """A policy file that cannot be used; the line is named."""


@dataclass(frozen=True, slots=True)
class Log:
    """A log whose checkpoints the policy accepts."""

    verifier: Verifier
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """A cosigner, by its name in the policy; url is its submission prefix."""

    name: str
    verifier: Verifier
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Counts as witnessed when at least `threshold` of its members are."""

    threshold: int
    members: tuple[str, ...]


@dataclass(slots=True)
class Policy:
    """Logs, witnesses, groups, and the name (a witness, a group or `none`) that must have cosigned."""

    logs: list[Log] = field(default_factory=list)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = ""

    @classmethod
    def parse(cls, text: str) -> "Policy":
        """Reads a policy file; BadPolicy with the number of the first line that is wrong."""
        policy = cls()
        if len(text) > POLICY_BYTES_MAX or any((ord(c) < 0x20 and c not in "\t\n") or c == "\x7f" for c in text):
            raise BadPolicy("a policy file is short and has no control characters but tabs and newlines")
        for number, line in enumerate(text.split("\n"), 1):
            words = re.split(r"[ \t]+", line.strip(" \t"))
            if words[0] and not words[0].startswith("#"):
                try:
                    policy._read(words)
                except ValueError as error:
                    raise BadPolicy(f"line {number} of the witness policy: {error}") from error
        if not policy.quorum:
            raise BadPolicy("the witness policy has no quorum line")
        return policy

    def _read(self, words: Sequence[str]) -> None:
        match words:
            case ["log", vkey, *url] if len(url) < 2:
                self._add_log(Log(_key(vkey, ED25519), *url))
            case ["witness", name, vkey, *url] if len(url) < 2:
                self._add_witness(Witness(name, _key(vkey, COSIGNATURE), *url))
            case ["group", name, threshold, *members] if members:
                self._add_group(name, threshold, members)
            case ["quorum", name]:
                if self.quorum or not (name == QUORUM_NONE or self._knows(name)):
                    raise BadPolicy("one quorum line names none, or a witness or group defined above it")
                self.quorum = name
            case _:
                raise BadPolicy("it is no log, witness, group or quorum line")

    def _knows(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups

    def _check_new(self, name: str) -> None:
        if name == QUORUM_NONE or self._knows(name):
            raise BadPolicy(f"the name {name} is already taken")

    def _add_log(self, log: Log) -> None:
        if any(log.verifier.public == other.verifier.public for other in self.logs):
            raise BadPolicy("this log's key is listed twice")
        self.logs.append(log)

    def _add_witness(self, witness: Witness) -> None:
        self._check_new(witness.name)
        if any(witness.verifier.public == other.verifier.public for other in self.witnesses.values()):
            raise BadPolicy("this witness's key is listed twice")
        self.witnesses[witness.name] = witness

    def _add_group(self, name: str, threshold: str, members: Sequence[str]) -> None:
        self._check_new(name)
        used = {member for group in self.groups.values() for member in group.members}
        if len(set(members)) < len(members) or not all(self._knows(m) and m not in used for m in members):
            raise BadPolicy("a group's members are defined above it, and each is a member once")
        wanted = {"any": 1, "all": len(members)}.get(threshold)
        if wanted is None:
            wanted = int(threshold) if _THRESHOLD.fullmatch(threshold) else 0
        if not 1 <= wanted <= len(members):
            raise BadPolicy("a group's threshold is any, all, or a number up to that of its members")
        self.groups[name] = Group(wanted, tuple(members))

    def cosigners(self, note: str) -> frozenset[str]:
        """Names of the witnesses that cosigned this checkpoint; BadNote when a known one's signature is wrong."""
        parsed, found = parse_note(note), set()
        for witness in self.witnesses.values():
            for signature in filter(witness.verifier.knows, parsed.signatures):
                if not witness.verifier.verify(parsed.text, signature):
                    raise BadNote(f"the cosignature of {witness.name} is wrong")
                found.add(witness.name)
        return frozenset(found)

    def reached(self, cosigners: Iterable[str]) -> bool:
        """Whether these witnesses make the quorum."""
        names = frozenset(cosigners)
        return self.quorum == QUORUM_NONE or self._witnessed(self.quorum, names)

    def _witnessed(self, name: str, cosigners: frozenset[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in cosigners
        return sum(self._witnessed(member, cosigners) for member in group.members) >= group.threshold


def _key(vkey: str, algorithm: int) -> Verifier:
    verifier = Verifier.parse(vkey)
    if verifier.algorithm != algorithm:
        raise BadKey(f"a key of type {algorithm} belongs here, not of type {verifier.algorithm}")
    return verifier


def add_checkpoint(old_size: int, proof: Sequence[bytes], note: str) -> bytes:
    """The body of `POST add-checkpoint`: the size the witness knows, the consistency proof from it, the checkpoint."""
    if len(proof) > PROOF_HASHES_MAX:
        raise ValueError(f"a consistency proof has at most {PROOF_HASHES_MAX} hashes")
    lines = [f"old {old_size}\n", *(f"{b64encode(hash_).decode()}\n" for hash_ in proof), "\n", note]
    return "".join(lines).encode()


def cosignatures(answer: str, note: str, verifier: Verifier) -> list[Signature]:
    """This witness's signatures on the checkpoint out of its answer; BadNote when there is none or one is wrong."""
    text = parse_note(note).text
    lines = answer.removesuffix("\n").split("\n")
    found = [signature for signature in map(parse_signature, lines) if verifier.knows(signature)]
    if not found or not all(verifier.verify(text, signature) for signature in found):
        raise BadNote(f"the answer has no valid cosignature of {verifier.name}")
    return found


def with_signatures(note: str, signatures: Iterable[Signature]) -> str:
    """The note with these signature lines behind its own, each kept once."""
    have = parse_note(note).signatures
    return note + "".join(signature.line for signature in dict.fromkeys(signatures) if signature not in have)
