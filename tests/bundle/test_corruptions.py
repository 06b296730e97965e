"""Corruptions made by hand: each is found, and the sentence names what is wrong."""

import zipfile
from io import BytesIO

import pytest

from reporting_service.bundle.findings import Differs
from reporting_service.bundle.verifying import verify_bundle
from shared.log_format.checkpoints import Checkpoint, sign_checkpoint
from shared.log_format.notes import SigningKey
from tests.bundle.forging import files_of, signed_anew, with_entries, with_file, with_json, zipped
from tests.bundle.signed import COSIGNED_AT, KEY, POLICY, WITNESSES


def _replaced(old: bytes, new: bytes):
    return lambda content: content.replace(old, new, 1)


def _swap(items, one, other):
    items[one], items[other] = items[other], items[one]


def _allocation(entries):
    """Another amount than the rules give."""
    _first(entries, "line.allocated")["data"]["amount"] = "1.00"


def _receipt(entries):
    """Another amount than was posted: what later decisions made of it does not fit."""
    _first(entries, "income.received")["data"]["amount"] = "99999999.00"


def _first(entries, short):
    return next(entry for entry in entries if entry["type"] == f"fund1035.{short}.v1")


def _figure(report):
    row = next(row for row in report["tables"]["T2"]["rows"] if row["key"] == "closing")
    row["cells"]["line-1"] = "1.00"


def _sealed(entries):
    next(entry for entry in entries if "sealed" in entry)["sealed"]["root"] = "A" * 43 + "="


def _refusal(entries):
    _first(entries, "command.refused")["data"]["refusals"][0]["detail"] = "Because."


def _accepted(entries):
    """What was refused stands as if it had been accepted."""
    entry = _first(entries, "command.refused")
    event = entry["data"]["event"]
    entry |= {name: event[name] for name in ("id", "source", "type", "data")}


def _without_last_effect(entries):
    own = [entry for entry in entries if entry["source"] == KEY.name and not entry["id"].endswith("/0")]
    del entries[own[-1]["position"] - 1 :]


def _second_spelling(note: bytes) -> bytes:
    lines = note.split(b"\n")
    assert lines[2].endswith(b"=")
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    place = alphabet.index(lines[2][42:43])
    lines[2] = lines[2][:42] + alphabet[place ^ 1 : (place ^ 1) + 1] + b"="
    return b"\n".join(lines)


def _another_hand(note: bytes) -> bytes:
    other = SigningKey.generate("someone.example/else")
    return note + other.sign(note.decode().partition("\n\n")[0] + "\n").line.encode()


def _dated_anew(note: bytes) -> bytes:
    """A cosignature with its time moved by a day, as if the checkpoint had been seen then."""
    text, _, lines = note.decode().partition("\n\n")
    signature = WITNESSES[1].sign(text + "\n", COSIGNED_AT)
    moved = type(signature)(signature.name, signature.key_id, (COSIGNED_AT - 86_400).to_bytes(8, "big"))
    forged = type(signature)(moved.name, moved.key_id, moved.blob + signature.blob[8:])
    return f"{text}\n\n{lines.replace(signature.line, forged.line)}".encode()


def _signed_by_another(note: bytes) -> bytes:
    text = note.decode().partition("\n\n")[0] + "\n"
    return f"{text}\n{SigningKey.generate(KEY.name).sign(text).line}".encode()


def _without(name):
    return lambda bundle: zipped({other: content for other, content in files_of(bundle).items() if other != name})


def _reordered(bundle):
    files = files_of(bundle)
    names = list(files)
    _swap(names, -1, -2)
    return zipped({name: files[name] for name in names})


def _with_extra(bundle):
    files = files_of(bundle)
    return zipped({**files, "readme.txt": b"Believe me."})


def _compressed(bundle):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files_of(bundle).items():
            archive.writestr(name, content)
    return out.getvalue()


def _comment(bundle):
    out = BytesIO(bundle)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"nothing to see"
    return out.getvalue()


def _of_an_absurd_size(bundle):
    """More names than memory holds would follow from such a size."""
    files = files_of(bundle)
    checkpoint = sign_checkpoint(Checkpoint(KEY.name, 10**15, bytes(32)), KEY).encode()
    kept = ("rule-sets.json", "tile/entries/000")
    return zipped({"checkpoint": checkpoint, **{name: files[name] for name in kept}})


CORRUPTIONS = {
    "an entry's amount": (with_entries(lambda e: e.__setitem__(9, e[9].replace(b"0", b"1", 1))), "Position 10: "),
    "an entry deleted": (with_entries(lambda e: e.pop(19)), "Position 20: the entry does not have the hash"),
    "two entries swapped": (with_entries(lambda e: _swap(e, 29, 30)), "Position 30: the entry does not have the hash"),
    "an entry inserted": (with_entries(lambda e: e.insert(3, e[3])), "Position 5: the entry does not have the hash"),
    "a cut within an entry": (with_file("tile/entries/000", lambda c: c[:-5]), "Position 256: the bundle ends within"),
    "a hash of an entry": (with_file("tile/0/000", lambda c: c[:64] + b"\0" * 32 + c[96:]), "Position 3: "),
    "a hash above the leaves": (with_file("tile/1/000.p/1", lambda _: b"\0" * 32), "tile/1/000.p/1 is not the one"),
    "the checkpoint's size": (with_file("checkpoint", _replaced(b"\n351\n", b"\n350\n")), "signature of fund1035"),
    "the checkpoint's spelling": (with_file("checkpoint", _second_spelling), "checkpoint does not hold"),
    "another key of that name": (with_file("checkpoint", _signed_by_another), "no known key signed this note"),
    "a stranger's signature": (with_file("checkpoint", _another_hand), "a signature line of someone.example/else"),
    "a cosignature's time": (with_file("checkpoint", _dated_anew), "cosignature of council.example/witness does not"),
    "a witness left out": (
        with_file("witnesses", lambda c: c[: c.index(b"\n") + 1]),
        "council.example/witness, who",
    ),
    "a witness's key": (with_file("witnesses", _replaced(b"auditor", b"auditos")), "witnesses holds no list"),
    "a file left out": (_without("tile/0/001.p/95"), "tile/0/001.p/95 is missing from the zip"),
    "a file more": (_with_extra, "readme.txt is in the zip and does not belong into it"),
    "another order": (_reordered, "manifest.json is in the zip and stands where report.json should"),
    "a figure of the report": (with_json("report.json", _figure), "Figure T2/closing/line-1: the report says '1.00'"),
    "the report's spacing": (with_file("report.json", _replaced(b",", b", ")), "report.json is not the one"),
    "the report's year": (with_json("report.json", lambda r: r.update(year=2009)), "another year than the entries"),
    "a rule's parameter": (with_file("rule-sets.json", _replaced(b"25", b"30")), "rule-sets.json is not the one"),
    "the manifest's year": (with_json("manifest.json", lambda m: m.update(year=2009)), "Figure T"),
    "the manifest's digest": (
        with_json("manifest.json", lambda m: m.update(report_digest="0")),
        "manifest.json is",
    ),
    "the manifest's format": (with_json("manifest.json", lambda m: m.update(layout="annual/9")), "annual/9"),
    "bytes in front": (lambda bundle: b"MZ" + bundle, "neither a file nor its table at its beginning"),
    "bytes behind": (lambda bundle: bundle + b"\0", "1 bytes stand behind the end of the zip"),
    "a comment": (_comment, "the end of the table is not the one that the content makes"),
    "compressed anew": (_compressed, "a file that is compressed, dated"),
    "cut short": (lambda bundle: bundle[:-1], "the end of the table"),
    "an allocation, signed anew": (signed_anew(_allocation), "the decision taken again gives another entry"),
    "an income, signed anew": (signed_anew(_receipt), "the decision taken again gives another entry"),
    "a refusal's words, signed anew": (signed_anew(_refusal), "the decision taken again gives another entry"),
    "a refused event accepted, signed anew": (signed_anew(_accepted), "the rules refuse this entry"),
    "a year's seal, signed anew": (signed_anew(_sealed), "the decision taken again gives another entry"),
    "the end cut off, signed anew": (signed_anew(_without_last_effect), "should have caused a further entry"),
    "an absurd size, signed": (_of_an_absurd_size, "rule-sets.json is in the zip and does not belong into it"),
    "one left out, signed anew": (signed_anew(lambda entries: entries.pop(50)), "Position 51: the entry's position"),
}


@pytest.mark.parametrize(("forge", "said"), CORRUPTIONS.values(), ids=CORRUPTIONS)
def test_a_corruption_by_hand_is_named(whole, forge, said):
    with pytest.raises(Differs) as found:
        verify_bundle(BytesIO(forge(whole.bundle)), KEY.verifier, None)
    assert said in str(found.value)


def test_a_witness_of_nobodys_policy_is_named(whole):
    with pytest.raises(Differs, match=r"council.example/witness cosigned, but is no witness of your policy"):
        verify_bundle(BytesIO(whole.bundle), KEY.verifier, type(POLICY).parse(POLICY_WITHOUT_COUNCIL))


POLICY_WITHOUT_COUNCIL = f"log {KEY.vkey}\nwitness auditor {WITNESSES[0].vkey}\nquorum auditor\n"


def test_a_quorum_not_reached_is_named(whole):
    bare = signed_anew(lambda _entries: None)(whole.bundle)
    with pytest.raises(Differs, match="do not make the quorum of your policy"):
        verify_bundle(BytesIO(bare), KEY.verifier, POLICY)
