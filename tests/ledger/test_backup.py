"""`ledger backup`, `ledger restore` and `ledger export`: one moment whole, verified before it is used."""

import json
import sqlite3
import threading

import pytest
from click.testing import CliRunner

from ledger_service.cli import main
from shared.log_format.notes import SigningKey
from tests.ledger.clerks import admission, approval, interest


@pytest.fixture
def run(tmp_path):
    """Runs a command over the ledger of this test, or over other settings."""

    def run_one(*words, **environment):
        return CliRunner().invoke(main, list(map(str, words)), env={"FUND_HOME": str(tmp_path), **environment})

    return run_one


@pytest.fixture
def elsewhere(tmp_path):
    """Settings of a new place for the same log."""
    key = tmp_path / "keys" / "log.key"
    return {"LEDGER_DATABASE_URL": f"sqlite:///{tmp_path}/new.db", "LEDGER_SIGNING_KEY_FILE": str(key)}


def busy(office):
    """A little of everything: a batch, an admission, a refusal, a refused batch."""
    office.post([interest(), interest("12.00")])
    office.post(admission(), "administrator")
    office.post(approval(), "approver")
    office.post([approval(), approval()], "approver")
    return office


def tables(path):
    """Every row of a journal's tables."""
    with sqlite3.connect(path) as raw:
        names = ("stored_events", "idempotency_keys", "tile_hashes", "checkpoints", "meta")
        return {name: sorted(raw.execute(f"SELECT * FROM {name}").fetchall()) for name in names}


def test_a_restored_ledger_is_the_same_row_by_row(run, office, elsewhere, tmp_path):
    busy(office)
    made = run("backup", tmp_path / "copy.db")
    assert made.exit_code == 0, made.output
    assert "The signing key is not in it" in made.output
    restored = run("restore", tmp_path / "copy.db", **elsewhere)
    assert restored.exit_code == 0, restored.output
    assert "7 entries without a gap" in restored.output
    assert tables(tmp_path / "new.db") == tables(tmp_path / "copy.db") == tables(tmp_path / "ledger.db")


def test_a_restored_ledger_goes_on_where_it_was(run, office, open_office, elsewhere, tmp_path):
    busy(office)
    known = interest("13.00", "known")
    first = office.post(known).get_json()
    run("backup", tmp_path / "copy.db")
    run("restore", tmp_path / "copy.db", **elsewhere)
    again = open_office(**elsewhere)
    assert again.post(known).get_json() == first
    assert again.post(interest()).get_json()["position"] == first["position"] + 1
    again.checked_log()


def test_a_backup_taken_under_load_is_of_one_moment(run, office, elsewhere, tmp_path):
    """A clerk posts without a pause while the backup is taken; what it holds verifies whole."""
    started, done = threading.Event(), threading.Event()

    def post():
        while not done.is_set():
            office.post([interest() for _ in range(20)])
            started.set()

    clerk = threading.Thread(target=post)
    clerk.start()
    try:
        assert started.wait(10)
        made = [run("backup", tmp_path / f"{n}.db", "--json") for n in range(3)]
    finally:
        done.set()
        clerk.join()
    sizes = [json.loads(each.stdout)["entries"] for each in made]
    assert sizes == sorted(sizes)
    restored = run("restore", tmp_path / "2.db", "--json", **elsewhere)
    assert json.loads(restored.stdout)["entries"] == sizes[2]


def test_a_directory_gets_a_file_named_by_its_entries(run, office, tmp_path):
    busy(office)
    (tmp_path / "backups").mkdir()
    said = json.loads(run("backup", tmp_path / "backups", "--json").stdout)
    assert said == {"file": str(tmp_path / "backups" / "ledger-000000000007.db"), "entries": 7}
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["ledger-000000000007.db"]


def test_a_backup_overwrites_nothing(run, office, tmp_path):
    (tmp_path / "copy.db").write_text("precious")
    made = run("backup", tmp_path / "copy.db")
    assert made.exit_code == 3
    assert "nothing was overwritten" in made.stderr
    assert (tmp_path / "copy.db").read_text() == "precious"


def test_a_changed_backup_is_not_restored(run, office, elsewhere, tmp_path):
    busy(office)
    run("backup", tmp_path / "copy.db")
    with sqlite3.connect(tmp_path / "copy.db") as raw:
        raw.execute("UPDATE stored_events SET state = replace(state, '12.00', '13.00') WHERE position = 4")
    refused = run("restore", tmp_path / "copy.db", **elsewhere)
    assert refused.exit_code == 1
    assert "Position 4: " in refused.stderr
    assert run("verify", **elsewhere).exit_code in (1, 3)


def test_nothing_is_restored_over_a_ledger(run, office, tmp_path):
    busy(office)
    run("backup", tmp_path / "copy.db")
    refused = run("restore", tmp_path / "copy.db")
    assert refused.exit_code == 1
    assert "There is a ledger already, of 7 entries" in refused.stderr


def test_another_logs_backup_is_not_restored(run, office, elsewhere, tmp_path):
    busy(office)
    run("backup", tmp_path / "copy.db")
    other = SigningKey.generate("other.example/log").vkey
    refused = run("restore", tmp_path / "copy.db", "--key", other, **elsewhere)
    assert refused.exit_code == 1
    assert "the key is of other.example/log" in refused.stderr


def test_a_ledger_moves_to_postgres_and_back(run, office, elsewhere, postgres, tmp_path):
    busy(office)
    run("backup", tmp_path / "copy.db")
    there = {**elsewhere, "LEDGER_DATABASE_URL": postgres.create()}
    try:
        assert run("restore", tmp_path / "copy.db", **there).exit_code == 0
        assert run("verify", **there).exit_code == 0
        assert run("backup", tmp_path / "back.db", **there).exit_code == 0
    finally:
        postgres.drop(there["LEDGER_DATABASE_URL"])
    assert tables(tmp_path / "back.db") == tables(tmp_path / "copy.db")


@pytest.mark.parametrize("form", ["beancount", "hledger", "jsonl"])
def test_the_books_are_exported_while_the_ledger_runs(run, office, tmp_path, form):
    busy(office)
    shown = run("export", "--format", form)
    assert shown.exit_code == 0, shown.output
    assert "12.00" in shown.stdout
    assert run("export", "--format", form, "-o", tmp_path / "books").exit_code == 0
    assert (tmp_path / "books").read_text() == shown.stdout


@pytest.mark.parametrize("words", [["backup", "copy.db"], ["export", "--format", "jsonl"]])
def test_where_there_is_no_ledger_nothing_is_copied(run, words):
    result = run(*words)
    assert result.exit_code == 3
    assert "there is no database" in result.stderr
