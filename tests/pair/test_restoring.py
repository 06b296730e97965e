"""A ledger restored from an older backup: reporting recognises it, says what is missing, and what to do."""

import json
import shutil
import threading
from itertools import count

import pytest

from bench.pair import PairFailed, wait_until
from tests.pair.desk import Desk, gift


def test_an_older_copy_is_a_rollback_and_there_is_a_way_forward(pair, desk, tmp_path):
    """Taken while a clerk posts without a pause, restored later; then the way that the page on backups describes."""
    taken, late = _taken_under_load(pair, desk, tmp_path / "older.db"), gift("late", "9.00")
    desk.accepted(gift("early", "10.00"))
    last = desk.accepted(late)["position"]
    assert last > taken
    wait_until(lambda: _followed(desk) >= last, 30, "reporting to follow")
    pair.kill_ledger()
    _put_aside(pair.home, "ledger.db*", tmp_path / "damaged")
    assert pair.command("ledger", "restore", str(tmp_path / "older.db")).returncode == 0
    assert pair.command("ledger", "verify").returncode == 0
    pair.start_ledger()
    told = f"went back from {last} entries to {taken}: those from position {taken + 1} on are missing"
    wait_until(lambda: len(_complaints(pair)) == 1, 40, "reporting to complain")
    assert told in _complaints(pair)[0]
    assert "restore the ledger's newest backup" in _complaints(pair)[0]
    with pytest.raises(PairFailed):
        pair.wait_ready("reporting", seconds=1)
    pair.kill_reporting()
    pair.start_reporting(wait=False)
    wait_until(lambda: len(_complaints(pair)) == 2, 40, "reporting to complain again after a restart")
    assert told in _complaints(pair)[1]
    pair.kill_reporting()
    _put_aside(pair.home, "reporting.db*", tmp_path / "aside")
    pair.start_reporting()
    position = desk.accepted(late)["position"]
    assert position == taken + 1
    wait_until(lambda: _followed(desk) >= position, 30, "reporting to follow anew")


def _taken_under_load(pair, desk, file):
    """A backup taken while a clerk posts; how many entries are in it."""
    posted, done = threading.Event(), threading.Event()

    def post():
        clerk = Desk(pair, "gl-2")
        for number in count():
            clerk.accepted([gift(f"load-{number}-{place}", "1.00") for place in range(20)])
            posted.set()
            if done.is_set():
                return

    clerk = threading.Thread(target=post)
    clerk.start()
    assert posted.wait(30)
    made = pair.command("ledger", "backup", str(file), "--json")
    done.set()
    clerk.join()
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)["entries"]


def _put_aside(home, pattern, folder):
    folder.mkdir()
    for path in home.glob(pattern):
        shutil.move(path, folder / path.name)


def _followed(desk):
    return desk.reporting("/v1/facility", year=2015).json()["position"]


def _complaints(pair):
    return [line for line in pair.output.read_text().splitlines() if '"critical"' in line.lower()]
