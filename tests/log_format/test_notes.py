"""Notes, checkpoints and proofs have the pinned bytes, and no altered one is believed."""

import os
import stat

import pytest

from shared.log_format.checkpoints import BadCheckpoint, Checkpoint, open_checkpoint, sign_checkpoint
from shared.log_format.merkle import ProofFailed, TileNodes, leaf_hash, leaf_hashes, root_of
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

# From golang.org/x/mod/sumdb/note: the key and note that every implementation is tried on.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# From C2SP signed-note's and tlog-cosignature's pages.
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
SEED = bytes(range(32))
ORIGIN = "ledger.example/1035"
KEY = SigningKey(ORIGIN, SEED)
GOLDEN_VKEY = "ledger.example/1035+5ff07dfc+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
GOLDEN_NOTE = (
    "ledger.example/1035\n1\ndziFphNIniTOLPdhmdakI/BC5LvxLX7s7pEu8nbGVwE=\n\n"
    "— ledger.example/1035 "
    "X/B9/KYhNt4sp8ArXPl4AyzgBNgftDRHnWP3upC7ASFux4lwlpKjj7NrV2Vkwgr+9sYBjoDk9Yl8TOHvxl2X2h54mgs=\n"
)


def a_log(size=5):
    entries = [b"entry %d" % n for n in range(size)]
    leaves = leaf_hashes(entries)
    note = sign_checkpoint(Checkpoint(ORIGIN, size, root_of(leaves)), KEY)
    return entries, TileNodes(lambda level, start, count: leaves[start : start + count], size), note


def test_a_note_signed_by_another_implementation_opens():
    assert open_note(PETER_NOTE, [Verifier.parse(PETER)]) == PETER_NOTE.rpartition("\n\n")[0] + "\n"


def test_key_and_checkpoint_have_the_pinned_bytes():
    assert KEY.vkey == GOLDEN_VKEY
    assert sign_checkpoint(Checkpoint(ORIGIN, 1, root_of([leaf_hash(b"entry 0")])), KEY) == GOLDEN_NOTE


def test_a_checkpoint_of_another_log_reads_back():
    parsed = parse_note(SOFA)
    checkpoint = Checkpoint.parse(parsed.text)
    assert (checkpoint.size, checkpoint.text()) == (20852163, parsed.text)
    assert parsed.text + "\n" + "".join(s.line for s in parsed.signatures) == SOFA


def test_a_public_key_reads_back_and_no_altered_one_does():
    assert Verifier.parse(KEY.vkey).vkey == KEY.vkey
    for at in range(len(KEY.vkey)):
        changed = KEY.vkey[:at] + ("B" if KEY.vkey[at] != "B" else "C") + KEY.vkey[at + 1 :]
        with pytest.raises(BadKey):
            Verifier.parse(changed)


@pytest.mark.parametrize("vkey", ["", "a", "a+b+c", "a b+00000000+AQ==", "x+00000000+", "x+00000000+AQ=="])
def test_what_is_no_public_key_is_refused(vkey):
    with pytest.raises(BadKey):
        Verifier.parse(vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\nb"])
def test_a_key_name_has_no_spaces_and_no_plus(name):
    with pytest.raises(BadKey):
        SigningKey.generate(name)


def test_no_altered_byte_of_a_checkpoint_is_believed():
    _, _, note = a_log()
    assert open_checkpoint(note, KEY.verifier).size == 5
    for at in range(len(note)):
        changed = note[:at] + ("x" if note[at] != "x" else "y") + note[at + 1 :]
        with pytest.raises(BadNote):
            open_checkpoint(changed, KEY.verifier)


def test_unknown_signatures_are_ignored_and_false_ones_of_known_keys_are_not():
    _, _, note = a_log()
    others = [SigningKey.generate(f"witness.example/{n}", COSIGNATURE) for n in range(15)]
    text = parse_note(note).text
    crowded = note + "".join(key.sign(text).line for key in others)
    assert open_note(crowded, [KEY.verifier]) == text
    false = note + others[0].sign("other\n").line
    assert open_note(false, [KEY.verifier]) == text
    with pytest.raises(BadNote, match=r"witness\.example/0 is wrong"):
        open_note(false, [KEY.verifier, others[0].verifier])
    with pytest.raises(BadNote, match="no known key"):
        open_note(note, [others[0].verifier])


def test_a_cosignature_covers_its_time():
    witness = SigningKey("witness.example/w1", SEED, COSIGNATURE)
    text = "ledger.example/1035\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    signature = witness.sign(text, seconds=1679315147)
    assert signature.blob[:8] == (1679315147).to_bytes(8, "big")
    assert witness.verifier.verify(text, signature)
    later = type(signature)(signature.name, signature.key_id, b"\0" * 7 + b"\1" + signature.blob[8:])
    assert not witness.verifier.verify(text, later)
    assert Verifier.parse(witness.vkey).algorithm == COSIGNATURE


@pytest.mark.parametrize(
    "note",
    ["", "text\n", "text\n\n", "text\n\n— a AAAAAAA=", "te\txt\n\n— a AAAAAAA=\n", "text\n\n- a AAAAAAA=\n",
     "text\n\n— a AAAAAAB=\n", "text\n\n— a b AAAAAAA=\n", "text\n\n— a AAAA\n", "text\n\n— a+b AAAAAAA=\n",
     "x" * 1_000_001, "text\n\n" + "— a AAAAAAA=\n" * 101],
)  # fmt: skip
def test_what_is_no_note_is_refused(note):
    with pytest.raises(BadNote):
        open_note(note, [KEY.verifier])


def test_control_characters_are_never_signed():
    for text in ("no newline", "tab\t\n", "nul\0\n"):
        with pytest.raises(BadNote):
            sign_note(text, KEY)


@pytest.mark.parametrize(
    "text",
    ["", "o\n1\n", "\n1\nAAAA\n", "o\n01\n{root}\n", "o\n-1\n{root}\n", "o\n1\n{root}", "o\n1\n{root}\nmore\n",
     "o\n1\nAAAA\n", "o\n1\n!\n", "o\n1\n{root}=\n", "o\n٣\n{root}\n", "o\n1e3\n{root}\n", "o\n\n{root}\n"],
)  # fmt: skip
def test_any_other_spelling_is_no_checkpoint(text):
    root = Checkpoint("o", 1, bytes(32)).root_base64
    Checkpoint.parse(f"o\n1\n{root}\n")
    with pytest.raises(BadCheckpoint):
        Checkpoint.parse(text.replace("{root}", root))


def test_a_key_signs_only_for_the_origin_it_is_named_after():
    foreign = Checkpoint("other.example/log", 0, bytes(32))
    with pytest.raises(BadCheckpoint):
        sign_checkpoint(foreign, KEY)
    with pytest.raises(BadCheckpoint, match="not of ledger"):
        open_checkpoint(sign_note(foreign.text(), KEY), KEY.verifier)


def test_a_key_file_is_private_and_never_overwritten(tmp_path):
    path = tmp_path / "log.key"
    key = SigningKey.generate(ORIGIN)
    key.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert SigningKey.load(path).vkey == key.vkey
    with pytest.raises(FileExistsError):
        KEY.save(path)
    assert os.listdir(tmp_path) == ["log.key"]


def test_a_damaged_key_file_is_refused(tmp_path):
    path = tmp_path / "log.key"
    KEY.save(path)
    line = path.read_text()
    for at in range(len(line) - 1):
        path.write_text(line[:at] + ("B" if line[at] != "B" else "C") + line[at + 1 :])
        with pytest.raises(BadKey):
            SigningKey.load(path)


def test_a_proof_shows_its_entry_to_someone_offline():
    entries, nodes, note = a_log(70)
    for index, entry in enumerate(entries):
        text = make_proof(index, nodes, note).text()
        assert verify_proof(text, entry, KEY.verifier).size == 70
        assert parse_proof(text).text() == text
        with pytest.raises(ProofFailed):
            verify_proof(text, entry + b"!", KEY.verifier)


def test_a_proof_file_has_the_pinned_form():
    entries, nodes, note = a_log(2)
    text = make_proof(1, nodes, note, extra=b"dossier").text()
    assert text.startswith("c2sp.org/tlog-proof@v1\nextra ZG9zc2llcg==\nindex 1\n")
    assert text.endswith("\n\n" + note)
    assert parse_proof(text).extra == b"dossier"
    assert parse_proof(text).hashes == (leaf_hash(entries[0]),)


def test_no_altered_line_of_a_proof_is_believed():
    entries, nodes, note = a_log(5)
    text = make_proof(3, nodes, note).text()
    for at in range(len(text)):
        changed = text[:at] + ("x" if text[at] != "x" else "y") + text[at + 1 :]
        with pytest.raises(ProofFailed):
            verify_proof(changed, entries[3], KEY.verifier)


@pytest.mark.parametrize(
    "text",
    ["", "c2sp.org/tlog-proof@v2\nindex 0\n\n", "c2sp.org/tlog-proof@v1\n\n", "c2sp.org/tlog-proof@v1\nindex 00\n\n",
     "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n", "c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\n"],
)  # fmt: skip
def test_what_is_no_proof_file_is_refused(text):
    with pytest.raises(ProofFailed):
        verify_proof(text, b"", KEY.verifier)


def test_a_checkpoint_gives_no_proof_beyond_its_size():
    _, nodes, note = a_log(5)
    with pytest.raises(IndexError):
        make_proof(5, nodes, note)
