"""The books at any position: what each event changed, adding up to everything."""

import json
from decimal import Decimal

import pytest
from click.testing import CliRunner

from reporting_service.cli import main
from reporting_service.reports.annual import TABLES
from reporting_service.reports.replay import replay, told
from shared.contract.problems import MEDIA_TYPE
from tests.reporting import facts
from tests.reporting.history import History, follow, store_at
from tests.reporting.stores import Stores


@pytest.fixture(scope="session")
def stores(tmp_path_factory):
    """One kind of database is enough here."""
    return Stores(tmp_path_factory.mktemp("replay"), None)


def at(store, position):
    with store.view() as view:
        return replay(view, position)


def test_what_each_event_changed_adds_up_to_the_balances(store, history):
    sums: dict[str, Decimal] = {}
    for position in range(1, history.position + 1):
        found = at(store, position)
        assert found["event"]["position"] == position
        for change in found["changed"]["accounts"]:
            name = change["account"]
            assert Decimal(change["before"]) == sums.get(name, Decimal(0)), (position, name)
            sums[name] = sums.get(name, Decimal(0)) + Decimal(change["difference"])
            assert Decimal(change["after"]) == sums[name]
        balances = {one["account"]: Decimal(one["balance"]) for one in found["balances"]["accounts"]}
        assert balances == {name: sums.get(name, Decimal(0)) for name in balances}
        assert found["balances"]["total"]["balance"] == "0.00"


def test_both_lines_reconcile_at_every_position_of_the_sample(store, history):
    for position in range(history.position + 1):
        with store.view(position) as view:
            for year in (2007, 2008, 2009, 2010):
                rows = TABLES["T15"](view, year).rows
                differences = [row for row in rows if row.key.startswith(("difference", "debits"))]
                assert len(differences) == 5
                assert {cell for row in differences for cell in row.cells.values()} == {"0.00"}, (position, year)


@pytest.fixture
def small(empty):
    history = History()
    facts.member(history)
    budget = facts.budget(history)
    facts.submitted(history)
    approval = facts.approved(history)
    refusal = facts.approved(history, amount="1.00")
    reversal = facts.reversed_(history, approval)
    store = follow(empty, history.bodies)
    positions = {"allocation": budget + 1, "approval": approval, "refusal": refusal, "reversal": reversal}
    return {name: at(store, position) for name, position in positions.items()}


def test_an_approval_moves_its_line_and_its_project(small):
    found = small["approval"]
    line = found["changed"]["lines"]["line-1"]
    assert (line["before"], line["after"]) == ("1400000.00", "1300000.00")
    assert line["movements"] == [{"row": "project-allocations", "year": 2008, "amount": "-100000.00"}]
    assert found["changed"]["lines"]["line-2"]["movements"] == []
    assert found["changed"]["project"] == {"project": "NC.1", "before": "submitted", "after": "approved"}
    assert {"line/available", "duties/separate"} <= {rule["rule"] for rule in found["rules"]}
    assert {rule["outcome"] for rule in found["rules"]} == {"passed"}


def test_an_allocation_names_its_cause_and_the_rule_applied(small):
    found = small["allocation"]
    assert found["caused_by"] == found["event"]["position"] - 1
    (rule,) = found["rules"]
    assert (rule["rule"], rule["outcome"]) == ("line-2/share", "applied")
    assert rule["citation"] == {"resolution": "1150 (XCIII)", "paragraph": "Annex, Part III, bullet 1"}


def test_a_refusal_changes_nothing_and_cites_the_rules_that_failed(small):
    found = small["refusal"]
    assert found["changed"]["accounts"] == []
    assert found["rules"] == [
        {"rule": "project/life-cycle", "outcome": "refused", "citation": found["rules"][0]["citation"]}
    ]


def test_a_reversal_puts_the_project_back(small):
    found = small["reversal"]
    assert found["changed"]["project"] == {"project": "NC.1", "before": "approved", "after": "submitted"}
    assert found["changed"]["lines"]["line-1"]["after"] == "1400000.00"


def test_the_door_answers_for_the_position(ask, history):
    answer = ask("/v1/replay?position=150")
    assert answer.json["position"] == answer.json["checkpoint"]["size"] == 150
    assert answer.json["proof"] == "/v1/events/150/proof"
    assert answer.headers["ETag"] != ask("/v1/replay?position=151").headers["ETag"]


@pytest.mark.parametrize(
    ("query", "status"), [("", 400), ("?position=0", 400), ("?position=x", 400), ("?position=351", 404), ("?at=1", 400)]
)
def test_a_position_that_is_none_is_a_problem(ask, query, status):
    answer = ask(f"/v1/replay{query}")
    assert (answer.status_code, answer.content_type) == (status, MEDIA_TYPE)


def test_the_command_tells_the_same(tmp_path, history, monkeypatch):
    store = follow(store_at(tmp_path / "reporting.db"), history.bodies)
    monkeypatch.setenv("FUND_HOME", str(tmp_path))
    done = CliRunner().invoke(main, ["replay", "--to", "150", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == at(store, 150)
    in_words = CliRunner().invoke(main, ["replay", "--to", "150"]).stdout
    assert in_words.strip() == told(at(store, 150))
    assert "line-2/available: 518000.00 -> 323000.00 (-195000.00)" in in_words
    assert CliRunner().invoke(main, ["replay", "--to", "9999"]).exit_code == 2
