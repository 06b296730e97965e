"""Reading back: the history and its filters, streams, the Facility, eligibility, the catalogue, operations."""

import json

import pytest

from shared.contract.events import EVENT_TYPES
from tests.ledger.clerks import admission, approval, event, interest, problem_of


def positions(answer):
    return [entry["position"] for entry in answer.get_json()["events"]]


def test_the_history_is_read_page_by_page(office):
    office.post([interest() for _ in range(5)])
    answer, pages = office.get("/v1/events?limit=3&after=1"), []
    while "Link" in answer.headers:
        pages.append(positions(answer))
        path, _, relation = answer.headers["Link"].partition(">; ")
        assert relation == 'rel="next"'
        answer = office.get(path.removeprefix("<"))
    pages.append(positions(answer))
    assert pages == [[2, 3, 4], [5, 6, 7]]
    assert (answer.get_json()["position"], answer.get_json()["next"]) == (7, None)


def test_the_history_is_filtered_by_stream_type_and_year(office):
    office.post([interest(year=2014), interest(), interest()])
    office.post(approval(), "approver")
    assert positions(office.get("/v1/events?stream=rules")) == [1, 2]
    assert positions(office.get("/v1/events?type=income.received")) == [3, 4, 5]
    assert positions(office.get("/v1/events?type=fund1035.income.received.v1&after=3")) == [4, 5]
    assert positions(office.get("/v1/events?year=2014")) == [3]
    assert positions(office.get("/v1/events?year=2015&type=income.received&limit=1")) == [4]
    assert positions(office.get("/v1/events?type=command.refused")) == [6]
    assert positions(office.get("/v1/events?stream=nobody")) == []


def test_a_position_has_one_spelling(office):
    assert office.get("/v1/events/1").status_code == 200
    for spelling in ("01", "+1", "%D9%A1", "1.0", "01/proof"):
        problem_of(office.get(f"/v1/events/{spelling}"), 404)


@pytest.mark.parametrize("filter_", ["type=nope", "type=", "type=fund1035.nope.v1", "stream=", "stream=%00"])
def test_a_filter_that_nothing_can_match_is_refused(office, filter_):
    document = problem_of(office.get(f"/v1/events?{filter_}"), 400)
    assert [error["pointer"] for error in document["errors"]] == [f"#/{filter_.partition('=')[0]}"]


def test_an_entry_is_given_as_its_very_bytes(office):
    office.post(interest())
    answer = office.get("/v1/events/3")
    assert json.dumps(json.loads(answer.data), sort_keys=True, separators=(",", ":")).encode() == answer.data


def test_streams_are_listed_by_name_with_their_version(office):
    office.post([interest(), interest()])
    office.post(admission("KEN"), "administrator")
    first = office.get("/v1/streams?limit=2", "finance")
    found = [(one["stream"], one["version"]) for one in first.get_json()["streams"]]
    assert found == [("discretionary-income/2015", 2), ("member-state/KEN", 1)]
    assert first.get_json()["next"] == "member-state/KEN"
    assert "after=member-state%2FKEN" in first.headers["Link"]
    second = office.get("/v1/streams?limit=2&after=member-state/KEN", "finance").get_json()
    assert [one["stream"] for one in second["streams"]] == ["rules"]
    assert second["next"] is None


def test_one_stream_is_read_in_its_own_order(office):
    office.post([interest(), interest()])
    answer = office.get("/v1/streams/discretionary-income/2015/events", "programme")
    assert [entry["version"] for entry in answer.get_json()["events"]] == [1, 2]


def test_the_facility_shows_both_lines_and_their_sum(office):
    gift = {"contribution": "C-1", "donor": "D-1", "currency": "USD", "on": "2015-02-01", "reference": "r"}
    office.post(event("contribution.received", line="line-2", amount="250.50", **gift))
    body = office.get("/v1/facility?year=2015", "council").get_json()
    assert body["lines"]["line-2"]["contributions"] == body["facility"]["available"] == "250.50"
    assert body["lines"]["line-1"]["available"] == "0.00"
    assert (body["year"], body["position"], body["rule_set"]) == (2015, 3, "1150")


def test_the_facility_of_no_named_year_is_that_of_now(office):
    assert office.get("/v1/facility").get_json()["year"] == 2026


def test_eligibility_names_every_rule_and_its_figures(office):
    office.post(admission("KEN"), "administrator")
    body = office.get("/v1/member-states/KEN/eligibility?line=line-2&on=2008-03-01", "programme").get_json()
    assert body["eligible"] is True
    assert {rule["rule"] for rule in body["rules"]} == {"member-state/eligible", "line-2/article-4"}
    body = office.get("/v1/member-states/FRA/eligibility?line=line-1").get_json()
    assert (body["eligible"], body["on"]) == (False, "2026-03-02")


def test_a_reader_sees_what_was_just_acknowledged(office):
    for expected in range(3, 13):
        office.post(interest())
        assert office.get("/v1/rules").get_json()["position"] == expected


def test_the_catalogue_lists_every_type_with_its_roles(office):
    listed = office.get("/v1/event-types", "programme").get_json()["event_types"]
    assert {one["type"]: set(one["roles"]) for one in listed} == {
        name: set(kind.roles) for name, kind in EVENT_TYPES.items()
    }
    for one in listed:
        assert office.get(one["schema"], "programme").get_json()["title"] == one["title"]


def test_health_needs_no_token(office):
    assert office.get("/livez", None).get_json() == {"status": "ok"}
    assert office.get("/readyz", None).get_json()["position"] == 2


def test_the_metrics_count_what_was_done(office):
    office.post(interest())
    text = office.get("/metrics").get_data(as_text=True)
    assert 'ledger_entries_total{type="fund1035.income.received.v1"} 1.0' in text
    assert 'ledger_requests_total{method="POST",route="/v1/events",status="201"} 1.0' in text
    assert "ledger_position 3.0" in text


def test_every_answer_carries_a_request_id_and_security_headers(office):
    for path in ("/livez", "/nope", "/docs", "/v1/rules"):
        answer = office.get(path, "auditor")
        assert answer.headers["X-Request-Id"]
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Strict-Transport-Security" not in answer.headers
    assert office.get("/livez", None, **{"X-Request-Id": "abc-1"}).headers["X-Request-Id"] == "abc-1"
    assert office.get("/livez", None, **{"X-Request-Id": "a b"}).headers["X-Request-Id"] != "a b"


@pytest.mark.parametrize("path", ["/v1/events", "/v1/streams", "/v1/facility", "/checkpoint"])
def test_head_is_answered_like_get_without_a_body(office, path):
    answer = office.app.test_client().head(path, headers=office.headers("auditor"))
    assert (answer.status_code, answer.data) == (200, b"")
    problem_free = office.app.test_client().head("/v1/events", headers=office.headers("finance"))
    assert problem_free.status_code == 403


def test_a_problem_names_its_kind_by_a_stable_urn(office):
    assert problem_of(office.get("/nope"), 404)["type"] == "urn:fund1035:problem:not-found"
