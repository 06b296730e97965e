"""What-if: the rules in force change nothing; other parameters change what an independent calculation says."""

import copy
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reporting_service.app import create_app
from reporting_service.reports.supposition import DECISIONS, Draft
from reporting_service.reports.what_if import default_from, faults, what_if
from shared.access import mint_dev_token
from shared.contract.problems import MEDIA_TYPE
from shared.rules.rulebook import shipped_data
from tests.histories.scale import HISTORIES, ON_DEMAND, scaled
from tests.histories.side_by_side import in_cents
from tests.oracle import model as oracle_model
from tests.oracle.facts import LINES
from tests.oracle.formula import SHIPPED, Income, allocation
from tests.oracle.model import Oracle
from tests.reporting import facts
from tests.reporting.history import History, follow, store_at
from tests.reporting.stores import Stores
from tests.reporting.test_behind import told

IN_FORCE = {**shipped_data("1035")["parameters"], **shipped_data("1150")["parameters"]}
OTHERS = [
    {"share": "0.30", "baseline": "18000000.00"},
    {"share": "0.10"},
    {"line_1_amount": "1500000.00"},
    {"national_ceiling": "100000.00"},
    {"national_ceiling": "300000.00"},
    {"article_4_bars": []},
    {"cap": "none"},
    {"cap_counts": "all"},
    {"endorsement_required": False},
]


@pytest.fixture(scope="session")
def stores(tmp_path_factory):
    """One kind of database is enough here."""
    return Stores(tmp_path_factory.mktemp("what-if"), None)


def draft(effective_from: str | None = None, **parameters) -> Draft:
    return Draft(parameters, dict.fromkeys(parameters, "draft"), effective_from or default_from())


def supposed(store, **parameters):
    with store.view() as view:
        return what_if(view, draft(**parameters))


def test_the_rules_in_force_change_nothing(store):
    found = supposed(store, **IN_FORCE)
    assert [year["year"] for year in found["years"]] == [2007, 2008, 2009, 2010]
    assert not any(year["changed"] for year in found["years"])
    assert found["numbers"] == {"refused_instead": 0, "approved_instead": 0, "left_out": 0}


@scaled(HISTORIES if ON_DEMAND else 15)
@given(st.data())
def test_in_any_history_a_draft_of_later_days_changes_nothing(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = follow(store_at(Path(folder) / "reporting.db"), told(data))
        found = supposed(store, effective_from="2099-01-01", share="0.99")
        store.engine.dispose()
    assert not any(year["changed"] for year in found["years"])
    assert found["numbers"] == {"refused_instead": 0, "approved_instead": 0, "left_out": 0}


def test_the_lines_are_what_the_formula_gives(store, history):
    parameters = {"share": "0.30", "baseline": "18000000.00"}
    rules = {**SHIPPED[0]["parameters"], **SHIPPED[1]["parameters"], **parameters}
    found = {year["year"]: year["would_be"] for year in supposed(store, **parameters)["years"]}
    for year in (2008, 2009, 2010):
        income = history.model.income[year].bases[-1].data
        expected = allocation(Income.budgeted(income), rules, year, 0)
        for line, cents in zip(LINES, expected, strict=True):
            figures = in_cents(found[year][line])
            assert figures["allocated"] + figures["revised"] == cents


@pytest.mark.parametrize("parameters", OTHERS, ids=lambda found: "-".join(found))
def test_an_independent_model_under_the_draft_has_the_same_lines(store, history, monkeypatch, parameters):
    monkeypatch.setattr(oracle_model, "SHIPPED", changed(parameters))
    oracle = retold(history.bodies)
    assert oracle.position == history.position
    for year in supposed(store, **parameters)["years"]:
        for line in LINES:
            assert in_cents(year["would_be"][line]) == oracle.figures(line, year["year"]), (year["year"], line)


def retold(bodies: list[bytes]) -> Oracle:
    """The oracle told everything that was posted; of what was refused, decisions alone are asked again."""
    oracle = Oracle()
    for entry in map(json.loads, bodies):
        if entry["recorded_role"] == "ledger" or entry["type"].startswith("fund1035.line.alloc"):
            continue
        on, posted = entry["recorded_at"][:10], entry["data"].get("event", entry)
        if posted is entry or posted["type"].removeprefix("fund1035.").removesuffix(".v1") in DECISIONS:
            oracle.post(posted, on, entry["recorded_by"], entry["recorded_role"])
        else:
            oracle._append("command.refused", {}, on, on, int(on[:4]), "", "")
    return oracle


@scaled(HISTORIES if ON_DEMAND else 20)
@given(st.data(), st.sampled_from(OTHERS))
def test_an_independent_model_agrees_on_any_history(data: st.DataObject, parameters: dict) -> None:
    bodies = told(data)
    assume(not any(b'"type":"fund1035.rules.adopted.v1"' in body for body in bodies[2:]))
    with tempfile.TemporaryDirectory() as folder:
        store = follow(store_at(Path(folder) / "reporting.db"), bodies)
        years = supposed(store, **parameters)["years"]
        store.engine.dispose()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(oracle_model, "SHIPPED", changed(parameters))
        oracle = retold(bodies)
    assume(oracle.position == len(bodies))
    for year in years:
        for line in LINES:
            assert in_cents(year["would_be"][line]) == oracle.figures(line, year["year"]), (parameters, year["year"])


def changed(parameters: dict) -> list[dict]:
    """The shipped sets as the oracle has them, with other parameters in the second."""
    shipped = copy.deepcopy(SHIPPED)
    shipped[1]["parameters"] |= parameters
    return shipped


@pytest.fixture
def small(empty):
    history = History()
    facts.member(history)
    facts.budget(history)
    facts.submitted(history, "NC.1", "line-2", requested="150000.00")
    facts.submitted(history, "NC.2", "line-2", requested="250000.00")
    approval = facts.approved(history, "NC.1", "150000.00")
    refusal = facts.approved(history, "NC.2", "250000.00")
    facts.disbursed(history, "NC.1")
    return follow(empty, history.bodies), approval, refusal


def test_an_approval_over_the_drafts_ceiling_would_have_been_refused(small):
    store, approval, _ = small
    found = supposed(store, national_ceiling="100000.00")
    (refused,) = found["refused_instead"]
    assert (refused["position"], refused["project"], refused["amount"]) == (approval, "NC.1", "150000.00")
    (rule,) = refused["rules"]
    assert rule["rule"] == "line-2/national-ceiling"
    assert rule["citation"] == {"resolution": "draft", "paragraph": "draft"}
    assert rule["figures"]["ceiling"] == "100000.00"
    assert found["numbers"]["left_out"] == 1
    assert found["years"][0]["would_be"]["line-2"]["available"] == "1250000.00"


def test_a_refusal_under_the_drafts_ceiling_would_have_been_an_approval(small):
    store, _, refusal = small
    found = supposed(store, national_ceiling="250000.00")
    (approved,) = found["approved_instead"]
    assert (approved["position"], approved["project"]) == (refusal, "NC.2")
    assert [rule["rule"] for rule in approved["rules"]] == ["line-2/national-ceiling"]
    assert found["years"][0]["would_be"]["line-2"]["available"] == "850000.00"
    assert found["years"][0]["was"]["line-2"]["available"] == "1100000.00"


def test_a_draft_from_a_later_day_leaves_earlier_years(store):
    found = supposed(store, effective_from="2009-01-01", baseline="15000000.00")
    assert [year["year"] for year in found["years"] if year["changed"]] == [2009, 2010]


def test_the_table_shows_each_years_difference(store):
    found = supposed(store, share="0.30")
    row = next(row for row in found["table"]["rows"] if row["key"] == "2008")
    was, would_be = (float(row["cells"][f"allocated-line-2-{kind}"]) for kind in ("was", "would-be"))
    assert was > 0
    assert would_be == pytest.approx(was * 30 / 25)


def test_a_draft_that_cannot_be_computed_is_told_by_parameter():
    assert faults(draft(share="1.01")) == {"share": "is at most 1"}
    assert list(faults(draft(baseline=None))) == ["baseline"]
    assert list(faults(draft(line_1_amount=None))) == ["line_1_amount"]
    assert faults(draft(share=None, baseline=None)) == {}


@pytest.fixture
def post(settings, store, standing):
    """Posts a draft in a role."""

    def posting(body, role="council", content_type="application/json", **more):
        token = mint_dev_token(settings.fund_home, role, role)
        with create_app(settings, store=store, follower=standing).test_client() as client:
            kind = {"json": body} if isinstance(body, dict) else {"data": body, "content_type": content_type}
            return client.post("/v1/what-if", headers={"Authorization": f"Bearer {token}"}, **kind, **more)

    return posting


def test_the_door_answers_with_a_table_a_chart_and_its_limits(post, store, history):
    before = store.bookmark()
    answer = post({"parameters": {"share": "0.30", "baseline": "18000000.00"}, "citations": {"share": "para 1"}})
    assert answer.status_code == 200
    found = answer.json
    assert (found["position"], found["draft"]["effective_from"]) == (history.position, "2008-01-01")
    assert found["draft"]["citations"] == {"share": "para 1", "baseline": "draft"}
    assert found["chart"]["$schema"].startswith("https://vega.github.io/schema/vega-lite")
    assert len(found["chart"]["data"]["values"]) == 4 * len(found["years"])
    assert set(found["limits"]) == {"entries", "seconds", "listed"}
    assert store.bookmark() == before


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/parameters"),
        ({"parameters": {}}, "#/parameters"),
        ({"parameters": {"share": 0.3}}, "#/parameters/share"),
        ({"parameters": {"share": "2"}}, "#/parameters/share"),
        ({"parameters": {"no_such": "2"}}, "#/parameters/no_such"),
        ({"parameters": {"share": "0.3"}, "effective_from": "yesterday"}, "#/effective_from"),
        ({"parameters": {"share": "0.3"}, "citations": {"cap": "x"}}, "#/citations/cap"),
        ({"parameters": {"share": "0.3"}, "citations": []}, "#/citations"),
        ({"parameters": {"share": "0.3"}, "more": 1}, "#/more"),
        (b"[]", "#"),
        (b"{", "#"),
        (b'{"parameters": {"share": NaN}}', "#"),
        (b'{"parameters": {}, "parameters": {}}', "#"),
    ],
)
def test_an_odd_draft_is_refused_by_member(post, body, pointer):
    answer = post(body)
    assert (answer.status_code, answer.content_type) == (400, MEDIA_TYPE)
    assert any(fault["pointer"].startswith(pointer) for fault in answer.json["errors"]), answer.json


def test_only_json_of_a_sensible_size_is_read(post):
    assert post(b"share=1", content_type="application/x-www-form-urlencoded").status_code == 415
    assert post(b" " * (2 << 20)).status_code == 413
    assert post(b"{", environ_overrides={"CONTENT_LENGTH": "2000"}).status_code == 400


@pytest.mark.parametrize(
    ("role", "status"), [("finance", 403), ("reporting", 403), ("auditor", 200), ("administrator", 200)]
)
def test_what_if_is_for_readers_of_the_report_and_of_rules(post, role, status):
    assert post({"parameters": {"share": "0.30"}}, role).status_code == status


def test_one_what_if_is_computed_at_a_time(settings, store, standing):
    from reporting_service.api.reporting import EXTENSION

    app = create_app(settings, store=store, follower=standing)
    token = mint_dev_token(settings.fund_home, "council", "council")
    with app.test_client() as client, app.extensions[EXTENSION].supposing:
        answer = client.post(
            "/v1/what-if", headers={"Authorization": f"Bearer {token}"}, json={"parameters": {"share": "0.30"}}
        )
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "10")


def test_a_history_beyond_the_limit_is_not_begun(post, monkeypatch):
    monkeypatch.setattr("reporting_service.reports.what_if.ENTRIES_MAX", 100)
    answer = post({"parameters": {"share": "0.30"}})
    assert answer.status_code == 503
    assert "350 entries" in answer.json["detail"]
