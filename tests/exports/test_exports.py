"""Exports load in the tools people use, and those sum them to the ledger's own balances."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting_service.reports.trial_balance import trial_balance
from shared.log_format.canonical import canonical
from tests.exports.readers import bean_check, beancount_balances, exported, hledger, hledger_balances
from tests.histories.commands import Pick, brought_in, command, opening
from tests.histories.scale import HISTORIES, ON_DEMAND, STEPS, scaled
from tests.histories.side_by_side import SideBySide
from tests.reporting.facts import budget, income
from tests.reporting.history import History, follow, sample, store_at

BALANCES = {"beancount": beancount_balances, "hledger": hledger_balances}


@pytest.fixture(scope="module")
def history():
    return sample()


@pytest.mark.parametrize("form", BALANCES)
def test_the_samples_balances_are_the_trial_balance(history, form, tmp_path):
    store = follow(store_at(tmp_path / "reporting.db"), history.bodies)
    with store.view() as view:
        expected = {found.account: int((found.debits - found.credits) * 100) for found in trial_balance(view)}
    found = BALANCES[form](exported(history.bodies, form, tmp_path / "books"))
    assert found == {account: value for account, value in expected.items() if value}


def test_bean_check_has_nothing_to_say(history, tmp_path):
    bean_check(exported(history.bodies, "beancount", tmp_path / "books.beancount"))


def test_hledger_knows_each_accounts_kind(history, tmp_path):
    file = exported(history.bodies, "hledger", tmp_path / "books.journal")
    assets = {f"Assets:Line-{line}:{name}" for line in (1, 2) for name in ("Available", "Undisbursed", "Advances")}
    assert set(hledger(file, "accounts", "type:A").split()) == assets | {"Assets:Discretionary-Income:Cash"}


@scaled(50 if ON_DEMAND and HISTORIES >= 50 else 4)
@given(st.data())
def test_random_histories_balance_in_both_tools(data: st.DataObject) -> None:
    both = SideBySide()
    pick = Pick(data.draw, both.oracle)
    for step in [*brought_in(), *opening()]:
        both.post(*step)
    for _ in range(STEPS):
        both.post(*command(pick))
    bodies = [canonical(entry) for entry in both.ledger.log]
    expected = both.oracle.trial_balance()
    with tempfile.TemporaryDirectory() as folder:
        for form, balances in BALANCES.items():
            assert balances(exported(bodies, form, Path(folder) / form)) == expected


ODD = 'a "quoted" \\ back, comma; semicolon: Ünïcode 漢字 | * ! @ = {x} #tag ^link %25'


def odd_history() -> History:
    """Income whose id holds everything that a format might take for its own."""
    history = History()
    budget(history)
    entry = {"specversion": "1.0", "id": ODD, "source": "https://tests.example/a,b;c?d=%22", "data": {}}
    data = {"year": 2008, "kind": "interest", "amount": "10.00", "currency": "USD", "received_on": "2008-12-31"}
    event = {**entry, "type": "fund1035.income.received.v1", "data": {**data, "reference": ODD}}
    history.record(event, "finance", "finance-1")
    income(history, 2008, "interest", "1.50")
    return history


def test_odd_texts_come_out_of_beancount_as_they_went_in(tmp_path):
    from beancount import loader

    file = exported(odd_history().bodies, "beancount", tmp_path / "books")
    bean_check(file)
    found = [entry.meta for entry in loader.load_file(str(file))[0] if entry.meta.get("id") == ODD]
    assert [meta["source"] for meta in found] == ["https://tests.example/a,b;c?d=%22"]


def test_odd_texts_come_out_of_hledger_percent_encoded(tmp_path):
    from urllib.parse import unquote

    file = exported(odd_history().bodies, "hledger", tmp_path / "books")
    assert hledger_balances(file)["income/cash"] == 1150
    ids = [unquote(found) for found in hledger(file, "tags", "id", "--values").splitlines()]
    assert ODD in ids


def test_lines_of_json_are_the_entries_as_sealed(history, tmp_path):
    lines = exported(history.bodies, "jsonl", tmp_path / "log").read_bytes().splitlines()
    assert lines == history.bodies
    assert json.loads(lines[0])["position"] == 1


def test_an_empty_log_exports_its_chart(tmp_path):
    assert beancount_balances(exported([], "beancount", tmp_path / "books")) == {}
    assert hledger_balances(exported([], "hledger", tmp_path / "journal")) == {}
