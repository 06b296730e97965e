"""A long bundle's report is made again in a process of its own: the same findings, and here when that process fails."""

from io import BytesIO

import pytest

from reporting_service.bundle import folding
from reporting_service.bundle.archive import Archive, BadArchive
from reporting_service.bundle.contents import entries_names
from reporting_service.bundle.findings import Differs
from reporting_service.bundle.verifying import verify_bundle
from tests.bundle.forging import chatter, with_json
from tests.bundle.signed import KEY


@pytest.fixture
def begun(monkeypatch):
    """The processes that were begun, however short the bundle."""
    monkeypatch.setattr(folding, "ENTRIES_MIN", 1)
    monkeypatch.setattr(folding, "cores", lambda: 2)
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


def test_a_process_that_says_something_else_is_done_without(whole, begun, tmp_path, monkeypatch):
    monkeypatch.setattr(folding.sys, "executable", chatter(tmp_path))
    assert verified(tmp_path, whole.bundle).year == 2008
    assert [process.returncode for process in begun] == [0]


def test_a_process_that_cannot_begin_is_done_without(whole, begun, tmp_path, monkeypatch):
    monkeypatch.setattr(folding.sys, "executable", str(tmp_path / "nothing"))
    assert verified(tmp_path, whole.bundle).year == 2008
    assert not begun


def test_nothing_is_left_behind_by_one_that_is_given_up(whole, begun, tmp_path, monkeypatch):
    ground = tmp_path / "temporary"
    ground.mkdir()
    monkeypatch.setenv("TMPDIR", str(ground))
    with pytest.raises(Differs):
        verified(tmp_path, whole.bundle.replace(b'"amount":"1', b'"amount":"2', 1))
    assert len(begun) == 1
    assert not list(ground.iterdir())


def test_a_file_that_is_another_when_it_is_read_again_is_noticed(whole):
    archive = Archive(BytesIO(whole.bundle))
    name, read, first = next(entries_names(whole.history.position)), archive.read, True

    def otherwise_at_first(asked):
        nonlocal first
        content = read(asked)
        if asked == name and first:
            first, content = False, content.replace(b"2007", b"2006")
        return content

    archive.read = otherwise_at_first
    with pytest.raises(BadArchive, match="was changed while it was read"):
        folding.told_of(archive, folding.Asked(whole.history.position, 2008, whole.history.position), KEY.name)


def test_none_is_left_when_the_decisions_do_not_hold(whole, begun, tmp_path):
    with pytest.raises(Differs):
        verified(tmp_path, whole.bundle.replace(b'"amount":"1', b'"amount":"2', 1))
    assert all(process.poll() is not None for process in begun)
