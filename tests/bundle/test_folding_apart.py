"""A long bundle's report is made again in a process of its own: the same findings, and here when that process fails."""

import pytest

from reporting_service.bundle import folding
from reporting_service.bundle.findings import Differs
from reporting_service.bundle.verifying import verify_bundle
from tests.bundle.forging import with_json
from tests.bundle.signed import KEY


@pytest.fixture
def begun(monkeypatch):
    """The processes that were begun, however short the bundle."""
    monkeypatch.setattr(folding, "ENTRIES_MIN", 1)
    monkeypatch.setattr(folding.os, "sched_getaffinity", lambda _: {0, 1})
    started, begin = [], folding.subprocess.Popen

    def popen(words, **more):
        started.append(begin(words, **more))
        return started[-1]

    monkeypatch.setattr(folding.subprocess, "Popen", popen)
    return started


def verified(folder, bundle):
    (folder / "b.zip").write_bytes(bundle)
    with (folder / "b.zip").open("rb") as file:
        return verify_bundle(file, KEY.verifier)


def test_a_report_made_apart_is_the_same(whole, begun, tmp_path):
    assert verified(tmp_path, whole.bundle).year == 2008
    assert [process.returncode for process in begun] == [0]


def _figure(report):
    row = next(row for row in report["tables"]["T2"]["rows"] if row["key"] == "closing")
    row["cells"]["line-1"] = "1.00"


def test_a_figure_that_differs_is_named_alike(whole, begun, tmp_path):
    with pytest.raises(Differs, match="T2/closing/line-1"):
        verified(tmp_path, with_json("report.json", _figure)(whole.bundle))
    assert len(begun) == 1


def test_a_process_that_fails_is_done_without(whole, begun, tmp_path, monkeypatch):
    monkeypatch.setattr(folding.sys, "executable", "/bin/false")
    assert verified(tmp_path, whole.bundle).year == 2008
    assert [process.returncode for process in begun] == [1]


def test_none_is_left_when_the_decisions_do_not_hold(whole, begun, tmp_path):
    with pytest.raises(Differs):
        verified(tmp_path, whole.bundle.replace(b'"amount":"1', b'"amount":"2', 1))
    assert all(process.poll() is not None for process in begun)
