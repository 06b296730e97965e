"""What the transparency log is read from: keys, notes, proofs, receipts, tiles, and what other servers answer."""

from base64 import b64encode
from collections.abc import Callable
from random import Random
from typing import Any

from ledger_service.witnessing.client import Client, Contradicts, Knows, NoAnswer, WillNot
from reporting_service.bundle.findings import Differs
from reporting_service.bundle.receipts import NoEntry, check_receipt
from reporting_service.follower.history import succession
from reporting_service.follower.remote_log import NotServed, RemoteLog, Unreachable
from reporting_service.follower.verification import Mismatch, checked_entries, grow, stretches, verified_hashes
from shared.log_format.canonical import canonical
from shared.log_format.checkpoints import Checkpoint, open_checkpoint, sign_checkpoint
from shared.log_format.merkle import Frontier, ProofFailed, TileNodes, leaf_hashes
from shared.log_format.notes import (
    COSIGNATURE,
    BadKey,
    BadNote,
    SigningKey,
    Verifier,
    open_note,
    parse_note,
    sign_note,
)
from shared.log_format.proofs import make_proof, parse_proof, verify_proof
from shared.log_format.tiles import (
    BadBundle,
    BadPath,
    TileRows,
    decode_bundle,
    encode_bundle,
    entries_path,
    parse_path,
    tile_path,
)
from shared.log_format.witnesses import BadPolicy, Policy, Witness, cosignatures, with_signatures
from tests.fuzz.parser import Parser
from tests.log_format.served_log import ServedLog, numbered_entries

KEY = SigningKey("ledger.example/1035", bytes(range(32)))
WITNESSES = [SigningKey(f"witness.example/{n}", bytes([n]) * 32, COSIGNATURE) for n in (1, 2, 3)]
LISTED = "".join(f"witness w{n} {key.vkey} https://{key.name}/\n" for n, key in enumerate(WITNESSES))
POLICY = f"# ours\nlog {KEY.vkey}\n{LISTED}group two 2 w0 w1\ngroup \t both all two w2\nquorum both\n"
ENTRY = canonical({"position": 90, "type": "fund1035.income.received.v1", "id": "i-90", "source": "https://x.example"})


def _text(content: bytes) -> str:
    """As a caller hands it over, who has refused already what is no text."""
    return content.decode("utf-8", "replace")


def _argument(content: bytes) -> str:
    """As a command line or a setting hands it over, with whatever could not be decoded still in it."""
    return content.decode("utf-8", "surrogateescape")


def _cosigned(note: str) -> str:
    text = parse_note(note).text
    return with_signatures(note, [key.sign(text, 1_700_000_000) for key in WITNESSES])


class _Ground:
    """A log of 90 entries: its checkpoint, its tree, a proof of the last entry."""

    def __init__(self) -> None:
        rows, leaves = TileRows(), leaf_hashes([*numbered_entries(1, 89), ENTRY])
        rows.append(leaves)
        self.checkpoint = Checkpoint(KEY.name, 90, rows.root())
        self.note = sign_checkpoint(self.checkpoint, KEY)
        self.cosigned = _cosigned(self.note)
        node = TileNodes(lambda _level, start, count: leaves[start : start + count], 90)
        self.proof = make_proof(89, node, self.note)
        self.receipt = make_proof(89, node, self.cosigned, ENTRY)


def _vkey() -> Parser:
    def read(content: bytes) -> None:
        text = _argument(content)
        assert Verifier.parse(text).vkey == text.strip(), "the same key in a second spelling"

    return Parser("vkey", read, (BadKey,), [key.vkey.encode() for key in (KEY, *WITNESSES)], _a_key)


def _a_key(chance: Random) -> bytes:
    """A key whose id fits its name and bytes, whatever these are."""
    public = chance.randbytes(chance.choice((0, 31, 32, 32, 32, 33)))
    name, kind = chance.choice(("a", "\u00e9/1", "a b", "a+b", "\u2028", "")), chance.choice((0, 1, 1, 4, 4, 255))
    return f"{name}+{chance.randbytes(4).hex()}+{b64encode(bytes([kind]) + public).decode()}".encode()


def _signing_key() -> Parser:
    def read(content: bytes) -> None:
        SigningKey.parse(_text(content)).sign("a\n", 1)

    seed = b64encode(b"\x01" + bytes(range(32))).decode()
    line = f"{'PRIVATE'}+KEY+{KEY.name}+{KEY.verifier.key_id.hex()}+{seed}\n"
    return Parser("signing-key", read, (BadKey,), [line.encode()])


def _note() -> Parser:
    ground = _Ground()

    def read(content: bytes) -> None:
        note = _text(content)
        parsed = parse_note(note)
        again = f"{parsed.text}\n{''.join(signature.line for signature in parsed.signatures)}"
        assert again == note, "the same note in a second spelling"
        open_note(note, [KEY.verifier, *(key.verifier for key in WITNESSES)])

    return Parser("note", read, (BadNote,), [ground.note.encode(), ground.cosigned.encode()], _a_note)


def _a_note(chance: Random) -> bytes:
    """A truly signed note of an odd text."""
    text = chance.choice(("a\n", "\n", "a\n\nb\n", "a\n\n— b AAAA\n", "\u2028\n", "— x AAAAAAA=\n", "a\n" * 500))
    return sign_note(text, KEY).encode("utf-8", "surrogatepass")


def _checkpoint() -> Parser:
    ground = _Ground()

    def read(content: bytes) -> None:
        found = open_checkpoint(_text(content), KEY.verifier)
        assert Checkpoint.parse(found.text()) == found
        assert parse_note(_text(content)).text == found.text(), "the same checkpoint in a second spelling"

    return Parser("checkpoint", read, (BadNote,), [ground.note.encode(), ground.cosigned.encode()], _a_checkpoint)


def _a_checkpoint(chance: Random) -> bytes:
    """A truly signed note that is nearly a checkpoint."""
    origin = chance.choice((KEY.name, KEY.name, KEY.name, "another.example/log", "", " "))
    size = chance.choice(
        ("0", "90", "00", "-1", "+9", "9" * 19, "9" * 20, "9" * 5_000, "\u0669", "1e3", "9_0", " 9", "")
    )
    root = b64encode(chance.randbytes(chance.choice((32, 32, 32, 31, 0)))).decode()
    more = chance.choice(("", "", "", "extra\n", "\n"))
    return sign_note(f"{origin}\n{size}\n{root}\n{more}", KEY).encode()


def _proof() -> Parser:
    ground = _Ground()

    def read(content: bytes) -> None:
        text = _text(content)
        parse_proof(text)
        verify_proof(text, ENTRY, KEY.verifier)
        assert parse_proof(text).index == 89, "the entry stands at another place"

    specimens = [ground.proof.text().encode(), ground.receipt.text().encode()]
    return Parser("proof", read, (ProofFailed,), specimens, _a_proof(ground))


def _a_proof(ground: _Ground) -> Callable[[Random], bytes]:
    def grammar(chance: Random) -> bytes:
        index = chance.choice((89, 89, 0, 90, 10**18, -1))
        hashes = list(ground.proof.hashes)
        for _ in range(chance.randrange(3)):
            at = chance.randrange(len(hashes) + 1)
            hashes[at : at + chance.randrange(2)] = [chance.randbytes(32)] * chance.choice((0, 1, 1, 60))
        lines = [f"index {index}", *(b64encode(one).decode() for one in hashes)]
        if chance.random() < 0.5:
            lines.insert(0, f"extra {b64encode(chance.choice((ENTRY, b'', chance.randbytes(9)))).decode()}")
        note = chance.choice((ground.note, ground.cosigned, _a_checkpoint(chance).decode()))
        return "\n".join(["c2sp.org/tlog-proof@v1", *lines, "", note]).encode()

    return grammar


def _receipt() -> Parser:
    ground = _Ground()
    policies = [None, Policy.parse(POLICY)]

    def read(content: bytes) -> None:
        for policy in policies:
            found = check_receipt(content, KEY.verifier, None, policy)
            assert canonical(found.entry) == ENTRY, "another entry holds under this checkpoint"
            assert found.position == 90
            assert all(line.isprintable() for line in found.sentences())

    specimens = [ground.receipt.text().encode(), ground.proof.text().encode()]
    return Parser("receipt", read, (Differs, NoEntry), specimens, _a_proof(ground))


def _path() -> Parser:
    def read(content: bytes) -> None:
        text = _text(content)
        assert parse_path(text).path == text, "the same tile in a second spelling"

    specimens = [tile_path(0, 1_234_067), tile_path(63, 0, 255), entries_path(5), entries_path(10**17, 1)]
    return Parser("tile-path", read, (BadPath,), [path.encode() for path in specimens])


def _entries() -> Parser:
    def read(content: bytes) -> None:
        assert encode_bundle(decode_bundle(content)) == content, "the same bundle in a second spelling"

    specimens = [encode_bundle(numbered_entries(1, 12)), encode_bundle([b"", b"x" * 300]), b""]
    return Parser("entry-bundle", read, (BadBundle,), specimens, bytes_max=200_000)


class _Fed(RemoteLog):
    """A log whose answers are at hand."""

    served: dict[str, bytes]

    def _get(self, path: str, bytes_max: int, wait_s: float = 0.0, absent: frozenset[int] = frozenset()) -> bytes:
        if path not in self.served:
            raise NotServed(f"{path} is not served", 1)
        if len(self.served[path]) > bytes_max:
            raise Unreachable(f"more than {bytes_max} bytes")
        return self.served[path]


def _followed(log: _Fed, start: int, leaves: list[bytes]) -> list[bytes]:
    """What reporting would take over of a log whose first `start` entries it has."""
    target = succession(None, log.checkpoint(), KEY.verifier).checkpoint
    tree, taken = Frontier(), list[bytes]()
    tree.extend(leaves[:start])
    if target.size > start:
        for verified in verified_hashes(log, tree, target):
            stretch = verified.stretch
            taken += checked_entries(log, verified, log.bundle(stretch.index, stretch.width))
            grow(tree, verified)
    assert [stretch.index for stretch in stretches(start, target.size)] == sorted(
        {place // 256 for place in range(start, target.size)}
    )
    return taken


def _signed(text: str) -> str:
    """The text under the log's own signature, whatever it says."""
    return f"{text}\n\n{KEY.sign(text + chr(10)).line}"


def _follower() -> Parser:
    served, entries = _served()
    leaves = leaf_hashes(entries)
    log = _Fed("http://127.0.0.1:9/", lambda: "")

    def read(content: bytes) -> None:
        head, _, body = content.partition(b"\n")
        start, _, path = _text(head).partition(" ")
        if path == "sign":
            path, body = "checkpoint", _signed(_text(body)).encode()
        log.served = served | {path: body}
        first = 0 if start == "0" else 256
        taken = _followed(log, first, leaves)
        assert taken == entries[first : first + len(taken)], "an entry was taken over that nobody signed"

    specimens = [f"{start} {path}\n".encode() + served[path] for path in served for start in (0, 256, 256, 256)]
    return Parser("follower", read, (Mismatch, NotServed, Unreachable), specimens, _an_answer(served), 80_000)


def _served() -> tuple[dict[str, bytes], list[bytes]]:
    """Every answer of a log of 258 entries, by path."""
    log = ServedLog(numbered_entries(1, 258), KEY)
    paths = ["checkpoint", "tile/0/000", "tile/0/001.p/2", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/2"]
    return {path: log.get(path) for path in paths}, log.entries


def _an_answer(served: dict[str, bytes]) -> Callable[[Random], bytes]:
    lines = served["checkpoint"].split(b"\n")

    def grammar(chance: Random) -> bytes:
        size = chance.choice((0, 1, 255, 256, 257, 258, 259, 512, 5_000, 65_536))
        root = chance.choice((lines[2], b64encode(chance.randbytes(32))))
        return b"%d sign\n%b\n%d\n%b" % (chance.choice((0, 256, 256)), lines[0], size, root)

    return grammar


def _succession() -> Parser:
    ground = _Ground()
    seen = succession(None, ground.note, KEY.verifier)

    def read(content: bytes) -> None:
        found = succession(seen, _text(content), KEY.verifier)
        assert found.checkpoint == seen.checkpoint or found.size > seen.size, "an older or another log was followed"

    return Parser("succession", read, (Mismatch, Unreachable), [ground.note.encode()], _a_checkpoint)


class _Answered(Client):
    """A witness whose answer is at hand: a status, a newline, the body."""

    answer = b""

    def _post(self, body: bytes) -> tuple[int, bytes]:
        status, _, said = self.answer.partition(b"\n")
        return int(status) if status.isdigit() and len(status) < 4 else 200, said


def _witness() -> Parser:
    ground, key = _Ground(), WITNESSES[0]
    client = _Answered(Witness("w0", key.verifier, "http://127.0.0.1:9/"))
    text = parse_note(ground.note).text

    def read(content: bytes) -> None:
        client.answer = content
        for signature in client.cosign(0, [], ground.note):
            assert key.verifier.verify(text, signature), "a cosignature was taken that does not hold"
        note = with_signatures(ground.note, cosignatures(_text(content.partition(b"\n")[2]), ground.note, key.verifier))
        assert Policy.parse(POLICY).cosigners(note) == {"w0"}

    def grammar(chance: Random) -> bytes:
        said = chance.choice((text, "other\n"))
        lines = [chance.choice(WITNESSES).sign(said, chance.choice((0, 1, 2**63, 2**64 - 1))).line for _ in range(2)]
        return b"200\n" + "".join(lines[: chance.randrange(1, 3)]).encode()

    line = key.sign(text, 1_700_000_000).line.encode()
    specimens = [b"200\n" + line, b"409\n89\n", b"409\n" + line, b"200\n" + line * 3, b"422\n"]
    return Parser("witness", read, (NoAnswer, WillNot, Knows, Contradicts), specimens, grammar)


def _policy() -> Parser:
    ground = _Ground()

    def read(content: bytes) -> None:
        policy = Policy.parse(_text(content))
        names = policy.cosigners(ground.cosigned)
        assert names <= policy.witnesses.keys()
        assert policy.quorum == "none" or not policy.reached([])
        policy.reached(names)

    return Parser("policy", read, (BadPolicy, BadNote), [POLICY.encode(), b"quorum none"], _a_policy)


def _a_policy(chance: Random) -> bytes:
    """Groups within groups, as many and as deep as a file holds."""
    lines: list[str] = [f"log {KEY.vkey}", *LISTED.splitlines()]
    before = "w0"
    for number in range(chance.choice((1, 3, 3, 3, 3, 3, 3, 3, 40, 3_000) if chance.random() < 0.02 else (1, 2, 3))):
        members: list[Any] = [before, *chance.sample(("w1", "w2", "w0", "none", f"g{number}"), chance.randrange(2))]
        lines.append(f"group g{number} {chance.choice(('any', 'all', '1', '2', '01', '9' * 9))} {' '.join(members)}")
        before = f"g{number}"
    return "\n".join([*lines, f"quorum {before}"]).encode()


PARSERS = {
    "vkey": _vkey,
    "signing-key": _signing_key,
    "note": _note,
    "checkpoint": _checkpoint,
    "proof": _proof,
    "receipt": _receipt,
    "tile-path": _path,
    "entry-bundle": _entries,
    "follower": _follower,
    "succession": _succession,
    "witness": _witness,
    "policy": _policy,
}
