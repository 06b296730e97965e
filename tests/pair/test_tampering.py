"""One byte of one stored entry changed behind the ledger's back: found, named, and never reported from."""

import sqlite3

import pytest

from bench.pair import PairFailed, wait_until
from tests.pair.desk import gift


def _falsify(path, position_of, was=b"10.00", becomes=b"10.01"):
    """Change one byte in every stored copy of the entry that holds `position_of`; the number of rows changed."""
    with sqlite3.connect(path, timeout=30) as store:
        changed = 0
        for table, column in _blob_columns(store):
            rows = store.execute(f"SELECT * FROM {table} WHERE instr({column}, ?) > 0", (position_of,)).fetchall()
            assert len(rows) <= 1
            store.execute(
                f"UPDATE {table} SET {column} = CAST(replace({column}, ?, ?) AS BLOB) WHERE instr({column}, ?) > 0",
                (was, becomes, position_of),
            )
            changed += len(rows)
    return changed


def _blob_columns(store):
    tables = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        for _, column, kind, *_ in store.execute(f"PRAGMA table_info({table})"):
            if kind.upper() in ("BLOB", "BYTEA"):
                yield table, column


@pytest.fixture
def falsified(desk):
    """A pair whose ledger holds five gifts, the third changed from 10.00 to 10.01 in its store; its position."""
    receipts = [desk.accepted(gift(f"gift-{n}", "10.00")) for n in range(1, 6)]
    assert _falsify(desk.pair.home / "ledger.db", b'"gift-3"') == 1
    return receipts[2]["position"]


def test_verify_names_the_position_that_was_changed(pair, falsified):
    pair.stop()
    found = pair.command("ledger", "verify")
    assert found.returncode == 1
    assert str(falsified) in found.stdout + found.stderr


def test_a_follower_of_a_changed_log_stops_loudly(pair, falsified):
    pair.kill_reporting()
    for path in pair.home.glob("reporting.db*"):
        path.unlink()
    pair.start_reporting(wait=False)
    wait_until(lambda: _complaint(pair), 30, "reporting to complain")
    assert str(falsified) in _complaint(pair)
    with pytest.raises(PairFailed):
        pair.wait_ready("reporting", seconds=1)


def _complaint(pair):
    lines = pair.output.read_text().splitlines()
    return next((line for line in lines if "critical" in line.lower()), "")


def test_a_ledger_does_not_start_on_a_changed_store(pair, falsified):
    pair.kill_ledger()
    with pytest.raises(PairFailed):
        pair.start_ledger()
    assert str(falsified) in pair.output.read_text()
