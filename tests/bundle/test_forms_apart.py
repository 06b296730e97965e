"""The form of a long log's events is checked in a process of its own: the same findings, the earliest named first."""

import pytest

from reporting_service.bundle.findings import Differs
from reporting_service.bundle.verifying import verify_bundle
from shared.rules import forms
from tests.bundle.forging import signed_anew
from tests.bundle.signed import KEY


@pytest.fixture
def apart(monkeypatch):
    """The processes that were begun, however short the log."""
    monkeypatch.setattr(forms, "ENTRIES_MIN", 1)
    monkeypatch.setattr(forms, "TOGETHER", 3)
    monkeypatch.setattr(forms.os, "sched_getaffinity", lambda _: {0, 1})
    started, begin = [], forms.subprocess.Popen

    def popen(words, **more):
        process = begin(words, **more)
        if "shared.rules.forms" in words:
            started.append(process)
        return process

    monkeypatch.setattr(forms.subprocess, "Popen", popen)
    return started


def verified(folder, bundle):
    (folder / "b.zip").write_bytes(bundle)
    with (folder / "b.zip").open("rb") as file:
        return verify_bundle(file, KEY.verifier)


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


def _unknown_member_then_another_decision(entries):
    _unknown_member(entries)
    next(entry for entry in entries if entry["type"] == "fund1035.line.allocated.v1")["data"]["amount"] = "1.00"


def _difference(folder, bundle):
    with pytest.raises(Differs) as found:
        verified(folder, bundle)
    return str(found.value)


def test_a_whole_log_is_found_whole(whole, apart, tmp_path):
    assert verified(tmp_path, whole.bundle).year == 2008
    assert [process.returncode for process in apart] == [0]


FORGERIES = [_unknown_member, _wrong_role, _role_that_is_no_text, _unknown_member_then_another_decision]


@pytest.mark.parametrize("forge", FORGERIES)
def test_a_fault_of_form_is_named_as_it_is_here(whole, apart, tmp_path, monkeypatch, forge):
    bundle = signed_anew(forge)(whole.bundle)
    said = _difference(tmp_path, bundle)
    assert len(apart) == 1
    monkeypatch.setattr(forms, "ENTRIES_MIN", 10_000)
    assert said == _difference(tmp_path, bundle)
    assert len(apart) == 1


def test_no_process_is_left_when_a_decision_does_not_hold(whole, apart, tmp_path):
    def forge(entries):
        _posted(entries, 5)["recorded_by"] = 7

    assert "recorded_by is no text" in _difference(tmp_path, signed_anew(forge)(whole.bundle))
    assert all(process.poll() is not None for process in apart)


def test_a_process_that_fails_is_no_verdict(whole, apart, tmp_path, monkeypatch):
    monkeypatch.setattr(forms.sys, "executable", "/bin/false")
    with pytest.raises(OSError, match="ended with 1"):
        verified(tmp_path, whole.bundle)


def test_a_process_that_checked_fewer_is_no_verdict(whole, apart, tmp_path, monkeypatch):
    taken = forms.Forms._hand_over

    def lost(self):
        self._later = self._later[1:]
        taken(self)

    monkeypatch.setattr(forms.Forms, "_hand_over", lost)
    with pytest.raises(OSError, match="ended with 0"):
        verified(tmp_path, whole.bundle)


def test_whatever_goes_wrong_with_an_entry_it_is_not_found_good():
    assert forms.checked_apart(iter([b"{}"]), KEY.name) == (1, "its form cannot be checked (KeyError: 'source')")
    assert forms.checked_apart(iter([b"["]), KEY.name)[0] == 1
    assert forms.checked_apart(iter([]), KEY.name) == (0, None)
