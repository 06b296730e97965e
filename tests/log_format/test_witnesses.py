"""A witness policy means what tlog-policy says, and only true cosignatures count."""

from base64 import b64encode

import pytest

from shared.log_format.checkpoints import Checkpoint, open_checkpoint, sign_checkpoint
from shared.log_format.merkle import EMPTY_ROOT
from shared.log_format.notes import COSIGNATURE, BadNote, SigningKey, Verifier, parse_signature
from shared.log_format.witnesses import BadPolicy, Policy, add_checkpoint, cosignatures, with_signatures

LOG = SigningKey("ledger.example/1035", bytes(range(32)))
KEYS = {n: SigningKey(f"witness.example/{n}", bytes([i]) * 32, COSIGNATURE) for i, n in enumerate("ABCDE")}
NOTE = sign_checkpoint(Checkpoint(LOG.name, 0, EMPTY_ROOT), LOG)
WITNESS_LINES = "".join(f"witness {n} {k.vkey} https://{k.name}/\n" for n, k in KEYS.items())
POLICY = f"""# the log and its witnesses
log {LOG.vkey}

{WITNESS_LINES}
group two-of-three 2 A B C
group \t either any D E
group both all two-of-three either
quorum both
"""
# The cosignature line shown in C2SP tlog-cosignature.
COSIGNED_LINE = (
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1n"
    "PZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
)


def cosign(names, note=NOTE):
    text = note.rpartition("\n\n")[0] + "\n"
    return with_signatures(note, [KEYS[name].sign(text, seconds=1_700_000_000) for name in names])


@pytest.mark.parametrize(
    ("names", "reached"), [("", False), ("AB", False), ("ABD", True), ("ACE", True), ("ADE", False), ("ABCDE", True)]
)
def test_a_quorum_counts_groups_within_groups(names, reached):
    policy = Policy.parse(POLICY)
    note = cosign(names)
    assert policy.cosigners(note) == set(names)
    assert policy.reached(policy.cosigners(note)) is reached
    assert open_checkpoint(note, LOG.verifier).size == 0


def test_a_policy_may_ask_for_no_witness_or_for_one():
    assert Policy.parse("quorum none").reached([])
    one = Policy.parse(f"witness A {KEYS['A'].vkey}\nquorum A\n")
    assert one.reached("A")
    assert not one.reached("B")
    assert one.witnesses["A"].url is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "no quorum line"),
        ("quorum none\nquorum none\n", "line 2"),
        ("quorum A\n", "line 1"),
        (f"log {LOG.vkey}\nlog {LOG.vkey}\nquorum none", "line 2"),
        (f"log {KEYS['A'].vkey}\nquorum none", "line 1"),
        (f"witness A {LOG.vkey}\nquorum none", "line 1"),
        (f"witness none {KEYS['A'].vkey}\nquorum none", "line 1"),
        (f"witness A {KEYS['A'].vkey}\nwitness B {KEYS['A'].vkey}\nquorum none", "line 2"),
        (WITNESS_LINES + "group G 3 A B\nquorum G", "line 6"),
        (WITNESS_LINES + "group G 0 A B\nquorum G", "line 6"),
        (WITNESS_LINES + "group G some A B\nquorum G", "line 6"),
        (WITNESS_LINES + "group G any\nquorum G", "line 6"),
        (WITNESS_LINES + "group G any A A\nquorum G", "line 6"),
        (WITNESS_LINES + "group G any A none\nquorum G", "line 6"),
        (WITNESS_LINES + "group G any A B\ngroup H any A C\nquorum G", "line 7"),
        (WITNESS_LINES + "group A any B\nquorum A", "line 6"),
        ("witness\nquorum none", "line 1"),
        ("quorum none\r\n", "control characters"),
    ],
)
def test_a_policy_that_is_wrong_names_the_line(text, line):
    with pytest.raises(BadPolicy, match=line):
        Policy.parse(text)


def test_a_false_cosignature_of_a_known_witness_spoils_the_checkpoint():
    policy = Policy.parse(POLICY)
    false = with_signatures(NOTE, [KEYS["A"].sign("another text\n", seconds=1)])
    with pytest.raises(BadNote, match="cosignature of A is wrong"):
        policy.cosigners(false)


def test_the_request_to_a_witness_has_the_pinned_bytes():
    proof = [bytes(32), b"\1" * 32]
    expected = f"old 3\n{b64encode(proof[0]).decode()}\n{b64encode(proof[1]).decode()}\n\n{NOTE}"
    assert add_checkpoint(3, proof, NOTE) == expected.encode()
    assert add_checkpoint(0, [], NOTE) == f"old 0\n\n{NOTE}".encode()
    with pytest.raises(ValueError, match="at most 63"):
        add_checkpoint(3, [bytes(32)] * 64, NOTE)


def test_only_the_witness_asked_is_believed():
    text = NOTE.rpartition("\n\n")[0] + "\n"
    own, other = KEYS["A"].sign(text), KEYS["B"].sign(text)
    answer = other.line + own.line
    assert cosignatures(answer, NOTE, KEYS["A"].verifier) == [own]
    for wrong in (other.line, KEYS["A"].sign("x\n").line, "", "garbage\n", own.line + KEYS["A"].sign("x\n").line):
        with pytest.raises(BadNote):
            cosignatures(wrong, NOTE, KEYS["A"].verifier)


def test_a_signature_line_is_added_once():
    once = cosign("A")
    assert cosign("A", once) == once
    assert cosign("AB", once).startswith(once)


def test_a_published_cosignature_line_reads_back():
    signature = parse_signature(COSIGNED_LINE)
    assert signature.line == COSIGNED_LINE + "\n"
    assert int.from_bytes(signature.blob[:8], "big") == 1679315147
    assert len(signature.blob) == 8 + 64
    assert not Verifier("witness.example.com/w1", bytes(32), COSIGNATURE).knows(signature)
