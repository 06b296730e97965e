"""What runs keep: two at once do not mix, what broke off is run again, and what failed once is told for ever."""

import json
from dataclasses import asdict

import pytest
from click.testing import CliRunner

from tests.faults import __main__ as driver
from tests.faults import kept
from tests.faults.lanes import Task
from tests.faults.table import document

ONE, OTHER = Task("kills", "sqlite", 7, 2), Task("kills", "postgres", 8, 2)
GOOD = {"acknowledged": 500, "faults": 1, "said": "It stopped.", "struck": "process/kill-ledger"}
GOOD |= {"recovery_seconds": 1.25, "lost": 0, "doubled": 0}
FAILED = {"struck": "kills", "failed": "AssertionError: one\nthing | another", "folder": "/there"}
DONE = {"done": True}


def of(task, *lines):
    return [asdict(task) | line for line in lines]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where runs keep their lines in this test."""
    monkeypatch.setattr(kept, "FOLDER", tmp_path)
    return tmp_path


def keep_all(tasks, lines, resume=True):
    with kept.writing(tasks, resume=resume) as keep:
        for line in lines:
            keep(line)


def test_the_table_counts_what_was_struck():
    lines = [*of(ONE, GOOD, GOOD, DONE), *of(OTHER, GOOD | {"lost": 2}, GOOD, DONE)]
    said = document(kept.found(lines, [ONE, OTHER]))
    assert "4 seeded kills of 4 asked, with 2,000 acknowledged events: 2 lost, 0 doubled." in said
    assert "1 failures, 0 of them gone when run again." in said
    assert "Of 2 cases and histories asked for, 2 came to their end." in said
    assert "| process | PostgreSQL | 2 | 2 | 1,000 | 2 | 0 | 1.2 s |" in said
    assert "| process/kill-ledger | 4 | 4 | 2,000 | 2 | 0 | 1.2 s · 1.2 s |" in said
    assert "| process/kill-ledger | PostgreSQL | 8 | not held | 2 lost, 0 doubled |" in said


def test_fewer_kills_than_asked_are_told_as_fewer():
    said = document(kept.found(of(ONE, GOOD), [ONE, OTHER]))
    assert "1 seeded kills of 4 asked" in said
    assert "2 cases and histories asked for, 0 came to their end; 2 broke off or were not begun." in said


def test_a_failure_is_told_after_its_case_held_when_run_again():
    keep_all([ONE], of(ONE, GOOD, FAILED, DONE))
    assert kept.found(kept.read(), [ONE]).held == set()
    keep_all([ONE], of(ONE, GOOD, GOOD, DONE))
    found = kept.found(kept.read(), [ONE])
    assert (len(found.failed), len(found.gone), found.held) == (1, 1, {ONE})
    said = document(found)
    assert "2 seeded kills of 2 asked" in said
    assert "1 failures, 1 of them gone when run again." in said
    assert r"| kills | SQLite | 7 | held | AssertionError: one thing \| another |" in said


def test_an_event_lost_once_stays_in_the_sums():
    keep_all([ONE], [*of(ONE, GOOD | {"lost": 1}, GOOD, DONE), *of(ONE, GOOD, GOOD, DONE)])
    assert "1,500 acknowledged events: 1 lost" in document(kept.found(kept.read(), [ONE]))


def test_what_broke_off_is_run_again_and_counted_once(folder):
    keep_all([ONE, OTHER], of(ONE, GOOD))
    with (folder / kept.RESULTS).open("a") as file:
        file.write('{"case": "kil')
    keep_all([ONE, OTHER], of(ONE, GOOD, GOOD, DONE))
    found = kept.found(kept.read(), [ONE, OTHER])
    assert (len(found.lines), found.ended, found.held) == (2, {ONE}, {ONE})


def test_a_new_run_sets_aside_what_was_kept(folder):
    keep_all([ONE], of(ONE, FAILED, DONE))
    keep_all([ONE], [], resume=False)
    assert [line for line in kept.read() if "asked" not in line] == []
    assert "failed" in (folder / "results-1.jsonl").read_text()


def test_two_runs_do_not_write_at_once():
    with kept.writing([ONE], resume=True) as keep:
        before = kept.read()
        with pytest.raises(kept.Busy, match="another run"), kept.writing([ONE], resume=False):
            pass
        assert kept.read() == before
        keep(of(ONE, GOOD)[0])
    assert kept.read() == [*before, *of(ONE, GOOD)]


def test_lines_without_what_was_asked_are_read(folder):
    (folder / kept.RESULTS).write_text("".join(f"{json.dumps(line)}\n" for line in of(ONE, GOOD, DONE)))
    lines = kept.read()
    assert kept.last_asked(lines) is None
    assert kept.found(lines, [ONE]).held == {ONE}


def test_the_table_alone_is_of_what_the_last_run_was_asked_for(tmp_path):
    keep_all([ONE, OTHER], of(ONE, GOOD, GOOD, DONE))
    page = tmp_path / "page.md"
    page.write_text("Before.\n<!-- faults: begin -->\n<!-- faults: end -->\nAfter.\n")
    done = CliRunner().invoke(driver.main, ["--table", "--write", str(page)])
    assert done.exit_code == 0, done.output
    assert "2 seeded kills of 4 asked" in page.read_text()


def test_what_is_chosen_is_not_kept(folder, monkeypatch):
    monkeypatch.setattr(driver, "run", lambda tasks, abreast: iter(of(tasks[0], FAILED, DONE)))
    keep_all([ONE], of(ONE, GOOD, GOOD, DONE))
    before = (folder / kept.RESULTS).read_bytes()
    done = CliRunner().invoke(driver.main, ["--only", "evolution/*", "--store", "sqlite"])
    assert done.exit_code == 1
    assert (folder / kept.RESULTS).read_bytes() == before
    assert CliRunner().invoke(driver.main, ["--only", "kills", "--resume"]).exit_code == 2


def test_a_whole_run_goes_on_where_it_broke_off_and_fails_for_what_failed_before(monkeypatch):
    asked = []
    monkeypatch.setattr(driver, "tasks_of", lambda *_: [ONE, OTHER])
    monkeypatch.setattr(
        driver, "run", lambda tasks, abreast: asked.extend(tasks) or (line for one in tasks for line in of(one, DONE))
    )
    keep_all([ONE, OTHER], [*of(ONE, GOOD, DONE), *of(OTHER, FAILED, DONE)])
    done = CliRunner().invoke(driver.main, ["--resume"])
    assert (asked, done.exit_code) == ([OTHER], 1)
    assert "1 failures, 1 of them gone when run again." in done.output
