"""The form of a long log's events is checked apart from its decisions: the same findings, the earliest named first."""

from base64 import b64encode
from contextlib import closing
from functools import partial

import orjson
import pytest

from reporting_service.bundle import folding
from reporting_service.bundle.findings import Differs
from reporting_service.bundle.verifying import verify_bundle
from shared.log_format.merkle import leaf_hashes, root_of
from shared.log_format.tiles import decode_bundle
from shared.rules import forms
from shared.rules.rederivation import Rederivation
from tests.bundle.forging import bytes_signed_anew, chatter, files_of, signed_anew
from tests.bundle.signed import KEY


def _bodies(bundle):
    entries = (content for name, content in files_of(bundle).items() if name.startswith("tile/entries/"))
    return [body for content in entries for body in decode_bundle(content)]


def fed(bundle, checked):
    """Every decision taken again, as the ledger's own check does; the first difference, if any."""
    bodies = _bodies(bundle)
    tree = lambda: (again.position, b64encode(root_of(leaf_hashes(bodies[: again.position]))).decode())  # noqa: E731
    again = Rederivation(KEY.name, lambda position: orjson.loads(bodies[position - 1]), tree, checked)
    with closing(again):
        try:
            for body in bodies:
                again.check(again.read(body), body)
            again.finish()
        except forms.Mismatch as found:
            return str(found)
    return None


def verified(folder, bundle):
    """The bundle verified from a file; the first difference, if any."""
    (folder / "b.zip").write_bytes(bundle)
    with (folder / "b.zip").open("rb") as file:
        try:
            verify_bundle(file, KEY.verifier)
        except Differs as found:
            return str(found)
    return None


@pytest.fixture
def two_cores(monkeypatch):
    """Processes are begun however short the log."""
    for module in (forms, folding):
        monkeypatch.setattr(module, "ENTRIES_MIN", 1)
        monkeypatch.setattr(module, "cores", lambda: 2)
    monkeypatch.setattr(forms, "TOGETHER", 3)


@pytest.fixture
def apart(two_cores):
    """A process to which entries are fed."""
    return forms.forms_of(KEY.name, 10)


def _posted(entries, nth):
    return [entry for entry in entries if entry["source"] != KEY.name][nth]


def _unknown_member(entries):
    """A member that no rule reads and no schema knows."""
    _posted(entries, 5)["data"]["remark"] = "unknown"


def _wrong_role(entries):
    _posted(entries, 5)["recorded_role"] = "council"


def _role_that_is_no_text(entries):
    """No role at all, and later a wrong one: the first is named, and stops nobody from looking further."""
    _posted(entries, 4)["recorded_role"] = ["finance"]
    _wrong_role(entries)


def _subject_that_is_no_text(entries):
    _posted(entries, 5)["recorded_by"] = 7


def _unknown_member_then_another_decision(entries):
    _unknown_member(entries)
    next(entry for entry in entries if entry["type"] == "fund1035.line.allocated.v1")["data"]["amount"] = "1.00"


def _unknown_member_then_another_position(entries):
    _unknown_member(entries)
    _posted(entries, 9)["position"] = 1_000


def _unknown_member_at_the_end(entries):
    _posted(entries, -1)["data"]["remark"] = "unknown"


def _amount_of_any_size(entries):
    """So large that writing it out would take all memory."""
    next(entry for entry in entries if "amount" in entry["data"])["data"]["amount"] = "1e9999999999"


def _refused_batch(entries):
    return next(entry["data"] for entry in entries if "batch" in entry["data"])


def _refused_batch_with_more(entries):
    _refused_batch(entries)["faults"][0]["extra"] = 1


def _refused_batch_without_faults(entries):
    _refused_batch(entries)["faults"] = None


FORGERIES = [
    _amount_of_any_size,
    _refused_batch_with_more,
    _refused_batch_without_faults,
    _unknown_member,
    _wrong_role,
    _role_that_is_no_text,
    _subject_that_is_no_text,
    _unknown_member_then_another_decision,
    _unknown_member_then_another_position,
    _unknown_member_at_the_end,
]


def test_a_whole_log_is_found_whole(whole, apart, tmp_path):
    assert apart.apart
    assert fed(whole.bundle, apart) is None
    assert verified(tmp_path, whole.bundle) is None


@pytest.mark.parametrize("forge", FORGERIES)
def test_a_difference_is_named_as_it_is_here(whole, apart, tmp_path, forge):
    bundle = signed_anew(forge)(whole.bundle)
    said = fed(bundle, forms.Forms())
    assert said is not None
    assert said == fed(bundle, apart)
    assert said == verified(tmp_path, bundle)


@pytest.mark.parametrize(
    ("spelled", "otherwise", "named"),
    [
        (b'"data":{', b'"data":{"remark":1152921504606846976,', "is not the JSON that was recorded"),
        (b'"data":{', b'"data":{"remark":1' + b"0" * 400 + b",", "is not the JSON that was recorded"),
        (b'"data":{', b'"data":{"remark":1.50,', "is not the JSON that was recorded"),
        (b'"data":{', b'"data": {', "is not in canonical form"),
        (b'"data":{', b'"id":"1","data":{', "is not the JSON that was recorded"),
        (b'"data":{', b'"data":[', "is not the JSON that was recorded"),
    ],
)
def test_a_spelling_that_was_not_recorded_is_named(whole, apart, tmp_path, spelled, otherwise, named):
    def respell(bodies):
        bodies[20] = bodies[20].replace(spelled, otherwise)

    bundle = bytes_signed_anew(respell)(whole.bundle)
    said = fed(bundle, forms.Forms())
    assert said is not None
    assert said.startswith("Position 21: ")
    assert named in said
    assert fed(bundle, apart).startswith("Position 21: ")
    assert verified(tmp_path, bundle).startswith("Position 21: ")


def test_one_core_checks_where_it_decides(monkeypatch):
    monkeypatch.setattr(forms, "cores", lambda: 1)
    assert not forms.forms_of(KEY.name, 1_000_000).apart


def test_a_process_that_fails_is_no_verdict(whole, two_cores, monkeypatch):
    monkeypatch.setattr(forms.sys, "executable", "/bin/false")
    with pytest.raises(OSError, match="ended with 1"):
        fed(whole.bundle, forms.forms_of(KEY.name, 10))


def test_a_process_that_says_something_else_is_no_verdict(whole, two_cores, monkeypatch, tmp_path):
    monkeypatch.setattr(forms.sys, "executable", chatter(tmp_path))
    with pytest.raises(OSError, match="ended with 0"):
        fed(whole.bundle, forms.forms_of(KEY.name, 10))


def test_a_process_that_checked_fewer_is_no_verdict(whole, apart, monkeypatch):
    taken = apart._hand_over

    def lost(self):
        self._later = self._later[1:]
        taken()

    monkeypatch.setattr(apart, "_hand_over", partial(lost, apart))
    with pytest.raises(OSError, match="ended with 0"):
        fed(whole.bundle, apart)


def test_forms_are_checked_here_when_the_folding_process_fails(whole, two_cores, tmp_path, monkeypatch):
    bundle = signed_anew(_unknown_member)(whole.bundle)
    said = verified(tmp_path, bundle)
    monkeypatch.setattr(folding.sys, "executable", "/bin/false")
    assert said is not None
    assert said == verified(tmp_path, bundle)


def test_whatever_goes_wrong_with_an_entry_it_is_not_found_good():
    assert forms.checked_apart(iter([b"{}"]), KEY.name) == (1, "its form cannot be checked (KeyError: 'source')")
    assert forms.checked_apart(iter([b"["]), KEY.name)[0] == 1
    assert forms.checked_apart(iter([]), KEY.name) == (0, None)
