"""Starting: an empty journal begins with the shipped rule sets; a damaged one is refused, position and cause named."""

import sqlite3

import pytest

from ledger_service.journal.recorders.interface import StoreRefused
from ledger_service.keys import KeyRefused
from shared.log_format.notes import SigningKey
from tests.ledger.clerks import approval, interest

CHANGED = "CAST(replace(CAST(state AS TEXT), '10.00', '11.00') AS BLOB)"


@pytest.fixture
def written(open_office, tmp_path):
    """A journal of six entries, closed, and a raw connection to its database."""
    office = open_office()
    office.post([interest(), interest()])
    office.post(approval(), "approver")
    office.post(interest())
    office.ledger.journal.close()
    raw = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    yield raw
    raw.close()


def test_an_empty_journal_begins_with_the_shipped_rule_sets(office):
    entries = office.checked_log()
    assert [entry["id"] for entry in entries] == ["0/1", "0/2"]
    assert {entry["source"] for entry in entries} == {office.settings.origin}
    assert [rules["version"] for rules in office.get("/v1/rules").get_json()["rule_sets"]] == ["1035", "1150"]


def test_a_journal_goes_on_where_it_stood(open_office):
    first = open_office()
    posted = interest()
    receipt = first.post(posted).get_json()
    first.ledger.journal.close()
    second = open_office()
    assert second.post(posted).get_json() == receipt
    assert second.post(interest()).get_json()["position"] == 4
    assert len(second.checked_log()) == 4


def test_another_origin_is_refused(open_office, written, tmp_path):
    with pytest.raises(KeyRefused, match="LEDGER_ORIGIN"):
        open_office(LEDGER_ORIGIN="other.example/log")
    with pytest.raises(StoreRefused, match="belongs to the log"):
        open_office(LEDGER_ORIGIN="other.example/log", LEDGER_SIGNING_KEY_FILE=str(tmp_path / "other.key"))


def test_another_key_is_refused(open_office, written, tmp_path):
    path = tmp_path / "keys" / "log.key"
    name = SigningKey.load(path).name
    path.unlink()
    SigningKey.generate(name).save(path)
    with pytest.raises(StoreRefused, match="Position 6: the newest checkpoint does not hold"):
        open_office()


def test_a_damaged_key_file_is_refused(open_office, tmp_path):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "log.key").write_text("rubbish\n")
    with pytest.raises(KeyRefused, match="no signing key"):
        open_office()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("DELETE FROM stored_events WHERE position = 6", "Position 6: there are 5 entries, 6 hashes"),
        ("DELETE FROM stored_events WHERE position = 4", "Position 4: "),
        ("DELETE FROM tile_hashes WHERE hash_index = 5", "Position 6: the log does not hold the hash"),
        ("DELETE FROM checkpoints WHERE size = 6", "Position 6: .* the newest checkpoint covers 5"),
        ("UPDATE tile_hashes SET hash = zeroblob(32) WHERE hash_index = 2", "Position 3: the log does not hold"),
        (
            f"UPDATE stored_events SET state = {CHANGED} WHERE position = 4",
            "Position 4: the log does not hold",
        ),
        ("UPDATE stored_events SET state = x'7b7d' WHERE position = 5", "Position 5: "),
        ("UPDATE stored_events SET state = x'00' WHERE position = 5", "Position 5: "),
        ("UPDATE checkpoints SET note = replace(note, 'a', 'b') WHERE size = 6", "Position 6: the newest checkpoint"),
        ("INSERT INTO tile_hashes VALUES (0, 6, zeroblob(32))", "Position 7: there are 6 entries, 7 hashes"),
    ],
)
def test_a_journal_out_of_step_does_not_start(open_office, written, damage, said):
    written.execute(damage)
    with pytest.raises(StoreRefused, match=said):
        open_office()
