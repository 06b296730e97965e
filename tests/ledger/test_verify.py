"""`ledger verify`: what holds is said in sentences, what does not is named by position."""

import json
import sqlite3

import pytest
from click.testing import CliRunner

from ledger_service.cli import main
from shared.log_format.canonical import canonical
from shared.log_format.checkpoints import Checkpoint, sign_checkpoint
from shared.log_format.merkle import leaf_hash, root_of
from shared.log_format.notes import SigningKey
from tests.ledger.clerks import admission, approval, event, interest


@pytest.fixture
def written(open_office, tmp_path):
    """A journal with a batch, refusals of both kinds, warnings and effects, closed; and its raw database."""
    office = open_office()
    office.post([interest(), interest("12.00")])
    office.post(admission(), "administrator")
    office.post(approval(), "approver")
    office.post([approval(), approval()], "approver")
    budget = {"year": 2015, "basis": "programme-and-budget", "document": "d", "approved_on": "2014-11-28"}
    amounts = {"project_overhead": "30000000.00", "security": "5000000.00", "interest": "1000000.00"}
    office.post(event("income.budgeted", approved_by="council", unearmarked_contributions="5.00", **budget, **amounts))
    office.ledger.journal.close()
    raw = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    yield raw
    raw.close()


@pytest.fixture
def verify(tmp_path):
    """Runs `ledger verify` and returns its result."""

    def run(*words, **environment):
        return CliRunner().invoke(main, ["verify", *words], env={"FUND_HOME": str(tmp_path), **environment})

    return run


def test_a_journal_that_holds_is_said_to_hold(verify, written):
    result = verify()
    assert result.exit_code == 0, result.output
    assert "10 entries without a gap" in result.output
    said = json.loads(verify("--json").output)
    assert said == {
        "ok": True,
        "origin": said["origin"],
        "entries": 10,
        "checkpoints": 6,
        "decisions": 4,
        "refusals": 1,
        "refused_batches": 1,
        "keys": 5,
        "cosignatures": 0,
        "snapshot": "none is kept",
    }


def test_a_running_service_does_not_disturb_it(verify, office):
    office.post(interest())
    assert verify().exit_code == 0


def changed(old, new):
    return f"CAST(replace(CAST(state AS TEXT), '{old}', '{new}') AS BLOB)"


@pytest.mark.parametrize(
    ("damage", "position", "said"),
    [
        (f"UPDATE stored_events SET state = {changed('12.00', '13.00')} WHERE position = 4", 4, "entry"),
        ("UPDATE stored_events SET state = state || x'20' WHERE position = 4", 4, "canonical"),
        ("UPDATE stored_events SET topic = 'x' WHERE position = 5", 5, "type"),
        ("UPDATE stored_events SET year = 1999 WHERE position = 5", 5, "year"),
        ("UPDATE stored_events SET originator_id = 'x' WHERE position = 5", 5, "stream"),
        ("UPDATE stored_events SET originator_version = 9 WHERE position = 5", 5, "version"),
        ("DELETE FROM stored_events WHERE position = 3", 3, "no entry"),
        ("DELETE FROM stored_events WHERE position = 10", 10, "caused a further entry"),
        ("UPDATE tile_hashes SET hash = zeroblob(32) WHERE hash_index = 7", 8, "hash of this entry"),
        ("DELETE FROM tile_hashes WHERE hash_index = 9", 10, "hash of this entry"),
        ("INSERT INTO tile_hashes VALUES (0, 10, zeroblob(32))", 11, "beyond its entries"),
        ("INSERT INTO tile_hashes VALUES (1, 0, zeroblob(32))", 11, "beyond its entries"),
        ("DELETE FROM checkpoints WHERE size = 10", 8, "no checkpoint covers"),
        ("UPDATE checkpoints SET note = replace(note, '5', '6') WHERE size = 5", 5, "checkpoint of size 5"),
        ("UPDATE checkpoints SET size = 9 WHERE size = 10", 9, "another tree"),
        ("DELETE FROM checkpoints WHERE size = 5", 5, "those between are missing"),
        ("DELETE FROM checkpoints WHERE size = 2", 1, "those between are missing"),
        ("DELETE FROM checkpoints WHERE size IN (4, 5, 6)", 3, "those between are missing"),
        (
            "UPDATE checkpoints SET link = (SELECT link FROM checkpoints LIMIT 1) WHERE size = 6",
            6,
            "one after the other",
        ),
        ("UPDATE checkpoints SET link = '' WHERE size = 6", 6, "one after the other"),
        ("INSERT INTO cosignatures VALUES (6, 'w', 'x')", 6, "cosignature of w"),
        ("UPDATE idempotency_keys SET position = 1 WHERE position = 6", 3, "idempotency key"),
        ("UPDATE idempotency_keys SET digest = zeroblob(32) WHERE position = 6", 6, "idempotency key"),
        ("DELETE FROM idempotency_keys WHERE position = 8", 8, "idempotency key"),
        ("INSERT INTO idempotency_keys VALUES (x'00', 10, x'00', 0, NULL)", 10, "no entry has"),
        ("UPDATE idempotency_keys SET warnings = '[1]' WHERE position = 5", 5, "warnings"),
    ],
)
def test_the_first_position_that_does_not_hold_is_named(verify, written, damage, position, said):
    written.execute(damage)
    result = verify("--json")
    assert result.exit_code == 1, result.output
    told = json.loads(result.stdout)
    assert (told["ok"], told["position"]) == (False, position), told
    assert said in told["cause"]
    assert f"Position {position}: " in result.stderr


def test_an_entry_rewritten_and_signed_again_is_found_by_its_decision(verify, written, tmp_path):
    """Whoever holds the key can sign another past; the rules show that it was never decided so."""
    bodies = dict(written.execute("SELECT position, state FROM stored_events ORDER BY position"))
    allocated = json.loads(bodies[9])
    allocated["data"]["amount"] = "1.00"
    _rewrite(written, bodies, 9, canonical(allocated), SigningKey.load(tmp_path / "keys" / "log.key"))
    result = verify()
    assert result.exit_code == 1
    assert "Position 9: the decision taken again gives another entry" in result.stderr


def _rewrite(raw, bodies, position, body, key):
    bodies[position] = body
    raw.execute("UPDATE stored_events SET state = ? WHERE position = ?", (body, position))
    leaves = [leaf_hash(bodies[at]) for at in sorted(bodies)]
    raw.execute("UPDATE tile_hashes SET hash = ? WHERE hash_index = ?", (leaves[position - 1], position - 1))
    for (size,) in raw.execute("SELECT size FROM checkpoints WHERE size >= ?", (position,)).fetchall():
        note = sign_checkpoint(Checkpoint(key.name, size, root_of(leaves[:size])), key)
        raw.execute("UPDATE checkpoints SET note = ? WHERE size = ?", (note, size))


def test_a_flipped_bit_in_the_file_is_found_or_harmless(verify, written, tmp_path):
    """Every tenth page of the file, one bit each: found, or in bytes that hold nothing."""
    written.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    written.close()
    path = tmp_path / "ledger.db"
    whole = path.read_bytes()
    found = 0
    for at in range(300, len(whole), 1_777):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        result = verify()
        assert result.exit_code in (0, 1), result.output
        found += result.exit_code
    path.write_bytes(whole)
    assert found
    assert verify().exit_code == 0


def test_another_key_does_not_verify_it(verify, written):
    other = SigningKey.generate("other.example").vkey
    assert verify("--key", other).exit_code == 1
    same_name = SigningKey.generate("ledger.fund1035.example/log").vkey
    result = verify("--key", same_name)
    assert result.exit_code == 1
    assert "Position 2: the checkpoint of size 2 does not hold" in result.stderr


def test_a_missing_journal_is_unavailable(verify):
    result = verify()
    assert result.exit_code == 3
    assert "cannot be read" in result.stderr
