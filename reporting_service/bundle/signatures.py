"""The signatures under the checkpoint of a bundle or receipt: every line is the log's or a witness's, and holds."""

from reporting_service.bundle.findings import Differs, named
from shared.log_format.checkpoints import Checkpoint, open_checkpoint
from shared.log_format.notes import COSIGNATURE, BadKey, BadNote, Note, Verifier, parse_note
from shared.log_format.witnesses import Policy


def check_signatures(
    note: bytes, listed: bytes | None, verifier: Verifier, policy: Policy | None
) -> tuple[Checkpoint, tuple[str, ...]]:
    """The checkpoint and the names of its witnesses; `listed` are their keys, one a line, in the order of the note."""
    try:
        text = note.decode()
        checkpoint, parsed = open_checkpoint(text, verifier), parse_note(text)
    except (BadNote, UnicodeDecodeError) as error:
        raise Differs(f"the checkpoint does not hold under the key given: {error}") from error
    keys = [] if listed is None else _keys(listed)
    if not verifier.knows(parsed.signatures[0]):
        raise Differs("the log's own signature is not the first under the checkpoint")
    _check_lines(parsed, keys)
    if policy is not None:
        _check_policy(policy, keys)
    return checkpoint, tuple(key.name for key in keys)


def check_receipt_signatures(
    note: str, verifier: Verifier, policy: Policy | None
) -> tuple[tuple[str, ...] | None, int]:
    """Who cosigned, of the policy, whose quorum must be reached; without one None, and how many lines are unchecked.

    The log's own line is known to hold.
    """
    parsed = parse_note(note)
    own, *others = parsed.signatures
    if not verifier.knows(own):
        raise Differs("the log's own signature is not the first under the checkpoint", of="The receipt")
    twice = next((line for n, line in enumerate(others) if (line.name, line.key_id) in _signers(parsed, n + 1)), None)
    if twice is not None:
        raise Differs(f"the checkpoint has two signature lines of {named(twice.name)}", of="The receipt")
    if policy is None:
        return None, len(others)
    found = []
    for line in others:
        key = next((known.verifier for known in policy.witnesses.values() if known.verifier.knows(line)), None)
        if key is None:
            raise Differs(f"{named(line.name)} cosigned, but is no witness of your policy", of="The receipt")
        if not key.verify(parsed.text, line):
            raise Differs(f"the cosignature of {named(line.name)} does not hold", of="The receipt")
        found.append(key)
    _check_policy(policy, found)
    return tuple(key.name for key in found), 0


def _signers(parsed: Note, count: int) -> set[tuple[str, bytes]]:
    return {(line.name, line.key_id) for line in parsed.signatures[:count]}


def _keys(listed: bytes) -> list[Verifier]:
    try:
        keys = [Verifier.parse(line) for line in listed.decode("ascii").split("\n")[:-1]]
    except (BadKey, UnicodeDecodeError) as error:
        raise Differs(f"witnesses holds no list of public keys: {error}") from error
    if not keys or "".join(f"{key.vkey}\n" for key in keys).encode() != listed:
        raise Differs("witnesses holds no list of public keys")
    if any(key.algorithm != COSIGNATURE for key in keys) or len({key.public for key in keys}) < len(keys):
        raise Differs("witnesses holds a key that no witness has, or one twice")
    return keys


def _check_lines(parsed: Note, keys: list[Verifier]) -> None:
    """Behind the log's own line, one of each witness."""
    lines = parsed.signatures[1:]
    for number, line in enumerate(lines):
        if number >= len(keys) or not keys[number].knows(line):
            raise Differs(
                f"the checkpoint has a signature line of {named(line.name)}, who is no witness of this bundle"
            )
        if not keys[number].verify(parsed.text, line):
            raise Differs(f"the cosignature of {named(line.name)} does not hold")
    if len(keys) > len(lines):
        raise Differs(f"the checkpoint has no cosignature of {named(keys[len(lines)].name)}, whom the bundle lists")


def _check_policy(policy: Policy, keys: list[Verifier]) -> None:
    names = {witness.verifier.public: name for name, witness in policy.witnesses.items()}
    for key in keys:
        if key.public not in names:
            raise Differs(f"{named(key.name)} cosigned, but is no witness of your policy")
    if not policy.reached(names[key.public] for key in keys):
        raise Differs("the cosignatures do not make the quorum of your policy")
