"""The bundle of the sample history: what is in it, that it is always the same, and that it verifies."""

import json
import zipfile
from hashlib import sha256
from io import BytesIO

import pytest

from reporting_service.bundle.findings import Differs
from reporting_service.bundle.verifying import verify_bundle
from reporting_service.bundle.writing import NoBundle, write_bundle
from reporting_service.projections.store import NotYetKnown
from shared.log_format.canonical import canonical
from shared.log_format.notes import SigningKey
from shared.log_format.tiles import decode_bundle
from tests.bundle.signed import KEY, POLICY, bundle_of, followed, signed_note
from tests.reporting.history import sample, tree_root


def test_the_sample_bundle_holds_under_its_key(whole):
    found = verify_bundle(BytesIO(whole.bundle), KEY.verifier)
    assert (found.checkpoint.size, found.year, found.known_at) == (351, 2008, 351)
    counts = found.counts
    assert (counts.decisions, counts.effects, counts.refusals, counts.refused_batches) == (330, 10, 8, 1)
    assert "by keys that the bundle itself has" in found.sentences()[1]


def test_with_a_policy_its_quorum_is_demanded(whole):
    found = verify_bundle(BytesIO(whole.bundle), KEY.verifier, POLICY)
    assert "whose quorum is reached" in found.sentences()[1]
    assert len(found.witnesses) == 2


def test_a_bundle_is_the_same_every_time(whole, tmp_path):
    assert bundle_of(whole.store, 2008, policy=POLICY) == whole.bundle
    other = followed(tmp_path, whole.history, signed_note(whole.history.bodies, witnessed=True))
    assert bundle_of(other, 2008, policy=POLICY) == whole.bundle


def test_any_zip_tool_opens_it(whole):
    with zipfile.ZipFile(BytesIO(whole.bundle)) as archive:
        assert archive.testzip() is None
        assert archive.comment == b""
        assert not any(found.extra or found.comment for found in archive.infolist())
        entries = archive.read("tile/entries/000"), archive.read("tile/entries/001.p/95")
        manifest = json.loads(archive.read("manifest.json"))
        for listed in manifest["files"]:
            assert sha256(archive.read(listed["name"])).hexdigest() == listed["sha256"]
        assert [found.filename for found in archive.infolist()] == [
            *(listed["name"] for listed in manifest["files"]),
            "manifest.json",
        ]
    assert [body for bundle in entries for body in decode_bundle(bundle)] == whole.history.bodies


def test_the_manifest_names_the_digest_of_an_edition(whole):
    with zipfile.ZipFile(BytesIO(whole.bundle)) as archive:
        report = json.loads(archive.read("report.json"))
        manifest = json.loads(archive.read("manifest.json"))
    del report["edition"]
    assert sha256(canonical(report)).hexdigest() == manifest["report_digest"]
    assert manifest["checkpoint"]["size"] == 351


def test_a_report_as_known_earlier_verifies_with_the_whole_log(whole):
    early = bundle_of(whole.store, 2008, known_at=200)
    found = verify_bundle(BytesIO(early), KEY.verifier)
    assert (found.known_at, found.checkpoint.size) == (200, 351)


def test_without_a_policy_cosignatures_are_left_out(whole):
    bare = bundle_of(whole.store, 2008)
    assert verify_bundle(BytesIO(bare), KEY.verifier).witnesses == ()


def test_another_logs_key_does_not_open_it(whole):
    with pytest.raises(Differs, match="does not hold under the key given"):
        verify_bundle(BytesIO(whole.bundle), SigningKey.generate("other.example/log").verifier)


def test_entries_still_missing_make_no_bundle(tmp_path):
    history = sample()
    ahead = signed_note([*history.bodies, b"one more"])
    with pytest.raises(NoBundle, match="350 of the 351 entries"):
        write_bundle(followed(tmp_path, history, ahead), 2008, BytesIO())


def test_a_bundle_ends_at_the_newest_cosigned_checkpoint(tmp_path):
    history = sample()
    store = followed(tmp_path, history)
    store.keep_cosigned(300, signed_note(history.bodies[:300], witnessed=True), "2026-01-01T00:00:00+00:00")
    store.keep_cosigned(320, signed_note(history.bodies[:320]), "2026-01-01T00:00:00+00:00")
    found = verify_bundle(BytesIO(bundle_of(store, 2008, policy=POLICY)), KEY.verifier, POLICY)
    assert (found.checkpoint.size, found.known_at, len(found.witnesses)) == (300, 300, 2)
    assert verify_bundle(BytesIO(bundle_of(store, 2008)), KEY.verifier).checkpoint.size == 350
    later = bundle_of(store, 2008, policy=POLICY, known_at=310)
    assert verify_bundle(BytesIO(later), KEY.verifier).checkpoint.size == 350


def test_a_position_not_known_makes_no_bundle(whole):
    with pytest.raises(NotYetKnown):
        write_bundle(whole.store, 2008, BytesIO(), known_at=999)


def test_progress_is_told_up_to_the_last_entry(whole):
    told = []
    verify_bundle(BytesIO(whole.bundle), KEY.verifier, None, lambda *said: told.append(said))
    assert told[-1] == ("Decisions", 351, 351)
    assert ("Hashes", 351, 351) in told


def test_the_root_is_that_of_the_entries(whole):
    found = verify_bundle(BytesIO(whole.bundle), KEY.verifier)
    assert found.checkpoint.root == tree_root(whole.history.bodies)
