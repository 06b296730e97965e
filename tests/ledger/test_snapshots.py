"""A snapshot spares folding the log again; one that does not fit is ignored, never believed."""

import sqlite3

import pytest
from click.testing import CliRunner

from ledger_service.cli import main
from ledger_service.journal import snapshots
from ledger_service.journal.kept import Kept
from shared.log_format.notes import SigningKey, parse_note, sign_note
from shared.rules.snapshot import copied
from tests.ledger.clerks import interest


@pytest.fixture
def replayed(monkeypatch):
    """The positions that starts fold into the model."""
    positions = []
    real = Kept.replay

    def replay(self, position, body):
        positions.append(position)
        real(self, position, body)

    monkeypatch.setattr(Kept, "replay", replay)
    return positions


@pytest.fixture
def kept_often(monkeypatch):
    """A snapshot after every fourth entry."""
    monkeypatch.setattr(snapshots, "ENTRIES_BETWEEN", 4)


def _grown(open_office, events):
    """An office that recorded so many facts and was closed, its snapshot written."""
    office = open_office()
    for _ in range(events):
        office.post(interest())
    office.ledger.close()


def test_a_start_folds_only_what_came_after(open_office, kept_often, replayed, tmp_path):
    _grown(open_office, 4)
    assert (tmp_path / "ledger.snapshot").stat().st_size
    replayed.clear()
    office = open_office()
    assert replayed == [5, 6]
    assert office.post(interest()).get_json()["position"] == 7
    assert office.get("/v1/rules").get_json()["rule_sets"]
    assert len(office.checked_log()) == 7


def test_no_snapshot_means_folding_everything(open_office, kept_often, replayed, tmp_path):
    _grown(open_office, 4)
    (tmp_path / "ledger.snapshot").unlink()
    replayed.clear()
    open_office()
    assert replayed == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("place", [0, 3, 10, 60, 200, -1])
def test_a_damaged_snapshot_is_ignored(open_office, kept_often, replayed, tmp_path, place):
    _grown(open_office, 4)
    path = tmp_path / "ledger.snapshot"
    held = bytearray(path.read_bytes())
    held[place] ^= 1
    path.write_bytes(held)
    replayed.clear()
    assert open_office().head() == 6
    assert replayed == [1, 2, 3, 4, 5, 6]


def test_another_logs_snapshot_is_ignored(open_office, kept_often, replayed, tmp_path):
    _grown(open_office, 4)
    anothers = (tmp_path / "ledger.snapshot").read_bytes()
    (tmp_path / "ledger.db").unlink()
    _grown(open_office, 3)
    (tmp_path / "ledger.snapshot").write_bytes(anothers)
    replayed.clear()
    assert open_office().head() == 5
    assert replayed == [1, 2, 3, 4, 5]


def test_a_snapshot_longer_than_the_log_is_ignored(open_office, kept_often, replayed, tmp_path):
    _grown(open_office, 4)
    (tmp_path / "ledger.db").unlink()
    open_office().ledger.close()
    replayed.clear()
    assert open_office().head() == 2
    assert replayed == [1, 2]


def test_another_programs_snapshot_is_ignored(open_office, kept_often, replayed, monkeypatch):
    _grown(open_office, 4)
    monkeypatch.setattr(snapshots, "program", lambda: "f" * 64)
    replayed.clear()
    open_office()
    assert replayed == [1, 2, 3, 4, 5, 6]


def test_a_snapshot_signed_by_another_key_is_ignored(open_office, kept_often, replayed, tmp_path):
    _grown(open_office, 4)
    path = tmp_path / "ledger.snapshot"
    held = path.read_bytes()
    end = 4 + int.from_bytes(held[:4], "big")
    said = parse_note(held[4:end].decode()).text
    forged = sign_note(said, SigningKey.generate(said.split(" ")[0])).encode()
    path.write_bytes(len(forged).to_bytes(4, "big") + forged + held[end:])
    replayed.clear()
    assert open_office().head() == 6
    assert replayed == [1, 2, 3, 4, 5, 6]


def test_what_a_snapshot_rests_on_is_still_checked(open_office, kept_often, tmp_path):
    _grown(open_office, 4)
    raw = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    raw.execute("UPDATE stored_events SET state = CAST(replace(state, '10.00', '11.00') AS BLOB) WHERE position = 3")
    raw.close()
    with pytest.raises(Exception, match="Position 3: the log does not hold"):
        open_office()


def _verified(tmp_path):
    return CliRunner().invoke(main, ["verify"], env={"FUND_HOME": str(tmp_path)})


def test_verify_makes_the_snapshots_model_again(open_office, kept_often, tmp_path):
    _grown(open_office, 6)
    found = _verified(tmp_path)
    assert found.exit_code == 0, found.output
    assert "Snapshot of the model: the one kept at 8 is what the entries make." in found.output
    path = tmp_path / "ledger.snapshot"
    path.write_bytes(path.read_bytes()[:-1])
    damaged = _verified(tmp_path)
    assert damaged.exit_code == 0, damaged.output
    assert "is not used (it is another program's, or damaged)" in damaged.output


def test_verify_finds_a_snapshot_of_another_model(open_office, kept_often, tmp_path):
    """Signed by the log's own key, over the right root, and yet not what the entries make."""
    _grown(open_office, 6)
    key = SigningKey.load(tmp_path / "keys" / "log.key")
    kept = snapshots.read_snapshot(tmp_path / "ledger.snapshot", key.verifier)
    tables = copied(kept.model)
    tables["versions"]["line-1"] = 99
    snapshots.Snapshots(tmp_path / "ledger.snapshot", key)._write(kept.position, kept.root, tables)
    found = _verified(tmp_path)
    assert found.exit_code == 1
    assert "Position 8: the snapshot kept here is not the model that the entries make: delete it." in found.output
