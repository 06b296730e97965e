"""A ledger restored from an older backup: reporting recognises it, says what is missing, and what to do."""

import shutil

import pytest

from bench.pair import PairFailed, wait_until
from tests.pair.desk import gift


def test_an_older_copy_is_a_rollback_and_there_is_a_way_forward(pair, desk, tmp_path):
    """The way that the page on backups describes: the old reporting database is put aside, not deleted."""
    desk.accepted([gift(f"early-{number}", "10.00") for number in range(3)])
    backup, late = tmp_path / "older.db", gift("late", "10.00")
    assert pair.command("ledger", "backup", str(backup)).returncode == 0
    last = desk.accepted(late)["position"]
    wait_until(lambda: _followed(desk) >= last, 30, "reporting to follow")
    pair.kill_ledger()
    _put_aside(pair.home, "ledger.db*", tmp_path / "damaged")
    assert pair.command("ledger", "restore", str(backup)).returncode == 0
    pair.start_ledger()
    wait_until(lambda: _complaint(pair), 40, "reporting to complain")
    assert f"went back from {last} entries to {last - 1}" in _complaint(pair)
    assert f"those from position {last} on are missing" in _complaint(pair)
    assert "restore the ledger's newest backup" in _complaint(pair)
    with pytest.raises(PairFailed):
        pair.wait_ready("reporting", seconds=1)
    pair.kill_reporting()
    _put_aside(pair.home, "reporting.db*", tmp_path / "aside")
    pair.start_reporting()
    assert desk.accepted(late)["position"] == last
    wait_until(lambda: _followed(desk) >= last, 30, "reporting to follow anew")


def _put_aside(home, pattern, folder):
    folder.mkdir()
    for path in home.glob(pattern):
        shutil.move(path, folder / path.name)


def _followed(desk):
    return desk.reporting("/v1/facility", year=2015).json()["position"]


def _complaint(pair):
    lines = pair.output.read_text().splitlines()
    return next((line for line in lines if "critical" in line.lower()), "")
