"""A new key means a new log: its first entry names the last checkpoint of the log before it, and that is checked."""

import json
import sqlite3
from io import BytesIO

import pytest
from click.testing import CliRunner

from ledger_service.cli import main
from ledger_service.journal.recorders.interface import StoreRefused
from ledger_service.settings import SettingsInvalid
from reporting_service.bundle.verifying import verify_bundle
from reporting_service.bundle.writing import write_bundle
from reporting_service.follower import Bookmark
from shared.log_format.canonical import canonical
from shared.log_format.merkle import Frontier, leaf_hashes
from shared.log_format.notes import SigningKey
from tests.ledger.clerks import interest
from tests.reporting.history import store_at

NEW = "ledger.fund1035.example/log-2"


@pytest.fixture
def continuing(office, tmp_path):
    """The settings of a new log that continues the office's, whose key is given up."""
    office.post([interest() for _ in range(5)])
    (tmp_path / "last").write_bytes(office.get("/checkpoint").data)
    return {
        "FUND_HOME": str(tmp_path / "new"),
        "LEDGER_ORIGIN": NEW,
        "LEDGER_CONTINUES": str(tmp_path / "last"),
        "LEDGER_CONTINUES_VKEY": office.ledger.verifier.vkey,
    }


def test_the_first_entry_names_the_old_logs_last_checkpoint(office, open_office, continuing):
    new = open_office(**continuing)
    first, *rest = new.checked_log()
    size, root = office.get("/checkpoint").get_data(as_text=True).split("\n")[1:3]
    assert first["type"] == "fund1035.log.continued.v1"
    assert first["data"] == {"origin": "ledger.fund1035.example/log", "checkpoint": {"size": int(size), "root": root}}
    assert (first["id"], first["source"], first["stream"]) == ("0/0", NEW, "log")
    assert [entry["id"] for entry in rest] == ["0/1", "0/2"]
    assert new.post(interest()).get_json()["position"] == 4


def test_a_continuing_log_starts_again_and_verifies(open_office, continuing):
    new = open_office(**continuing)
    new.post(interest())
    new.ledger.close()
    again = open_office(**continuing)
    assert again.head() == 4
    again.ledger.close()
    without = {name: value for name, value in continuing.items() if not name.startswith("LEDGER_CONTINUES")}
    assert open_office(**without).post(interest()).get_json()["position"] == 5
    verified = CliRunner().invoke(main, ["verify", "--json"], env=continuing)
    assert verified.exit_code == 0, verified.output
    assert json.loads(verified.output)["decisions"] == 2


def test_a_log_that_is_there_cannot_begin_to_continue_another(open_office, continuing, tmp_path):
    own = {"FUND_HOME": str(tmp_path / "new"), "LEDGER_ORIGIN": NEW}
    open_office(**own).ledger.close()
    with pytest.raises(StoreRefused, match=r"did not begin as the continuation of ledger.fund1035.example/log with 7"):
        open_office(**continuing)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"LEDGER_ORIGIN": "ledger.fund1035.example/log"}, "a new key means a new LEDGER_ORIGIN"),
        ({"LEDGER_CONTINUES_VKEY": ""}, "names no checkpoint that LEDGER_CONTINUES_VKEY signed"),
        ({"LEDGER_CONTINUES_VKEY": SigningKey.generate("x.example").vkey}, "no known key signed this note"),
        ({"LEDGER_CONTINUES": "nowhere"}, "No such file"),
    ],
)
def test_what_it_continues_must_be_signed_by_the_old_key(open_office, continuing, change, said):
    with pytest.raises(SettingsInvalid, match=said):
        open_office(**continuing | change)


def test_a_forged_first_entry_is_found(open_office, continuing, tmp_path):
    """Another checkpoint in its place changes the entry's hash; signed anew, it is not the log that others saw."""
    open_office(**continuing).ledger.close()
    with sqlite3.connect(tmp_path / "new" / "ledger.db") as raw:
        raw.execute(
            "UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), '\"size\":7', '\"size\":6') AS BLOB)"
        )
    verified = CliRunner().invoke(main, ["verify"], env=continuing)
    assert verified.exit_code == 1
    assert "Position 1: " in verified.output


def test_a_bundle_of_the_new_log_says_what_it_continues(open_office, continuing, tmp_path):
    new = open_office(**continuing)
    new.post(interest())
    bodies = [canonical(entry) for entry in new.checked_log()]
    tree = Frontier()
    tree.extend(leaf_hashes(bodies))
    store = store_at(tmp_path / "reporting.db")
    store.apply(bodies, 1, Bookmark(len(bodies), tree.to_bytes(), new.get("/checkpoint").get_data(as_text=True), ""))
    file = BytesIO()
    write_bundle(store, 2015, file)
    found = verify_bundle(file, new.ledger.verifier)
    assert found.continues == new.get("/v1/events/1").get_json()["data"]
    assert "continues the log ledger.fund1035.example/log of 7 entries with the root" in " ".join(found.sentences())
