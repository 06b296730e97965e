"""The door from a figure to its events: pages, proofs, tags, and what is no figure."""

from decimal import Decimal

import pytest

from shared.contract.problems import MEDIA_TYPE
from tests.reporting.stores import Stores

FIGURES = "/v1/reports/2009/figures"


@pytest.fixture(scope="session")
def stores(tmp_path_factory):
    """One kind of database is enough here."""
    return Stores(tmp_path_factory.mktemp("drill-down"), None)


def test_a_figure_leads_to_its_events_and_their_proofs(ask, history):
    found = ask(f"{FIGURES}/T2/contributions/line-2-prior").json
    assert (found["value"], found["rule"], found["unit"]) == (found["sum"], "sum", "USD")
    assert found["number"] == len(found["events"]) > 0
    for event in found["events"]:
        assert event["type"] == "fund1035.contribution.received.v1"
        assert event["proof"] == f"/v1/events/{event['position']}/proof"
    assert sum(Decimal(event["contribution"]) for event in found["events"]) == Decimal(found["value"])


def test_pages_of_events_add_up_to_the_figure(ask):
    after, summed, seen = 0, Decimal(0), []
    while after is not None:
        page = ask(f"{FIGURES}/T2/closing/facility?limit=7&after={after}").json
        assert len(page["events"]) <= 7
        summed += sum(Decimal(event["contribution"]) for event in page["events"])
        seen += [event["position"] for event in page["events"]]
        after = page["next"]
    assert summed == Decimal(page["value"]) == Decimal(page["sum"])
    assert seen == sorted(set(seen))
    assert len(seen) == page["number"] > 20


def test_a_percentage_names_its_parts_and_each_leads_on(ask):
    found = ask(f"{FIGURES}/T3/delivery-rate/facility").json
    assert (found["events"], found["sum"]) == ([], None)
    values = {part["part"]: Decimal(ask(f"{FIGURES}/{part['figure']}").json["value"]) for part in found["made_of"]}
    rate = values["part"] * 100 / (values["whole"] - values["whole, less"])
    assert found["value"] == f"{rate:.1f}"


def test_a_derived_figure_shows_its_recorded_derivation(ask):
    found = ask(f"{FIGURES}/T1/line-2/budget").json
    assert found["derivation"]["line_2"] == found["value"] == found["events"][0]["contribution"]
    assert found["events"][0]["type"] == "fund1035.line.allocated.v1"


def test_a_count_counts_each_event_once(ask):
    found = ask("/v1/reports/2008/figures/T9-rules/line-2/national-ceiling/number").json
    assert found["unit"] == "number"
    assert [event["contribution"] for event in found["events"]] == ["1"] * int(found["value"])
    assert {event["type"] for event in found["events"]} <= {"fund1035.command.refused.v1"}


def test_a_text_names_who_said_so_without_a_contribution(ask):
    found = ask("/v1/reports/2007/figures/T8/NC.0001/title").json
    assert [event["type"] for event in found["events"]] == ["fund1035.project.submitted.v1"]
    assert found["events"][0]["contribution"] is None


def test_every_figure_of_a_report_has_its_door(ask):
    report = ask("/v1/reports/2009").json
    for key, table in report["tables"].items():
        for row in table["rows"][-1:]:
            column = table["columns"][-1]["key"]
            answer = ask(f"{FIGURES}/{key}/{row['key']}/{column}")
            assert answer.status_code == 200, (key, row["key"], column)
            assert answer.json["value"] == row["cells"][column]


@pytest.mark.parametrize(
    "path",
    [
        "T99/closing/line-1",
        "T2/nothing/line-1",
        "T2/closing/nothing",
        "T8/NC.9999/approved",
        "T2/%00/line-1",
        "T2/closing",
    ],
)
def test_what_is_no_figure_is_not_found(ask, path):
    answer = ask(f"{FIGURES}/{path}")
    assert (answer.status_code, answer.content_type) == (404, MEDIA_TYPE)


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "after=-1", "known_at=x", "year=2008", "lang=fr"])
def test_an_odd_page_of_events_is_refused(ask, query):
    assert ask(f"{FIGURES}/T2/closing/line-1?{query}").status_code == 400


def test_the_figure_is_that_known_at_the_position(ask):
    path = "/v1/reports/2008/figures/T2/closing/facility"
    early, late = ask(f"{path}?known_at=120").json, ask(path).json
    assert early["position"] == 120
    assert early["value"] != late["value"]
    assert all(event["position"] <= 120 for event in early["events"])


def test_an_asker_who_has_the_answer_gets_304(ask, settings, store, standing):
    from reporting_service.app import create_app
    from shared.access import mint_dev_token

    first = ask(f"{FIGURES}/T2/closing/line-1")
    token = mint_dev_token(settings.fund_home, "auditor", "auditor")
    with create_app(settings, store=store, follower=standing).test_client() as client:
        headers = {"Authorization": f"Bearer {token}", "If-None-Match": first.headers["ETag"]}
        assert client.get(f"{FIGURES}/T2/closing/line-1", headers=headers).status_code == 304
        assert client.get(f"{FIGURES}/T2/closing/line-2", headers=headers).status_code == 200
        assert client.get(f"{FIGURES}/T2/closing/line-1?known_at=200", headers=headers).status_code == 200
