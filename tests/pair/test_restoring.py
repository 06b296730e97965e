"""A ledger restored from an older backup: reporting recognises it, says what is missing, and what to do."""

import shutil

import pytest

from bench.pair import PairFailed, wait_until
from tests.pair.desk import gift


def test_an_older_copy_is_recognised_as_a_rollback(pair, desk, tmp_path):
    desk.accepted([gift(f"early-{number}", "10.00") for number in range(3)])
    backup = tmp_path / "older.db"
    assert pair.command("ledger", "backup", str(backup)).returncode == 0
    last = desk.accepted(gift("late", "10.00"))["position"]
    wait_until(lambda: _followed(desk) >= last, 30, "reporting to follow")
    pair.kill_ledger()
    for path in pair.home.glob("ledger.db*"):
        path.unlink()
    assert pair.command("ledger", "restore", str(backup)).returncode == 0
    pair.start_ledger()
    wait_until(lambda: _complaint(pair), 40, "reporting to complain")
    assert f"went back from {last} entries to {last - 1}" in _complaint(pair)
    assert f"those from position {last} on are missing" in _complaint(pair)
    assert "restore the ledger's newest backup" in _complaint(pair)
    with pytest.raises(PairFailed):
        pair.wait_ready("reporting", seconds=1)


def test_after_an_accepted_loss_reporting_begins_anew(pair, desk, tmp_path):
    """The way forward that the page on backups describes: the old reporting database is put aside, not deleted."""
    desk.accepted(gift("early", "10.00"))
    backup = tmp_path / "older.db"
    assert pair.command("ledger", "backup", str(backup)).returncode == 0
    late = gift("late", "10.00")
    lost = desk.accepted(late)["position"]
    wait_until(lambda: _followed(desk) >= lost, 30, "reporting to follow")
    pair.stop()
    for path in pair.home.glob("ledger.db*"):
        path.unlink()
    aside = tmp_path / "aside"
    aside.mkdir()
    for path in pair.home.glob("reporting.db*"):
        shutil.move(path, aside / path.name)
    assert pair.command("ledger", "restore", str(backup)).returncode == 0
    pair.start()
    assert desk.accepted(late)["position"] == lost
    wait_until(lambda: _followed(desk) >= lost, 30, "reporting to follow anew")


def _followed(desk):
    return desk.reporting("/v1/facility", year=2015).json()["position"]


def _complaint(pair):
    lines = pair.output.read_text().splitlines()
    return next((line for line in lines if "critical" in line.lower()), "")
