"""Posting: receipts, the same key again, other content, refusals, batches, dry runs."""

import pytest

from tests.ledger.clerks import SOURCE, admission, approval, event, interest, problem_of

RECEIPT = {
    "id",
    "source",
    "position",
    "stream",
    "version",
    "recorded_at",
    "rule_set",
    "caused",
    "warnings",
    "checkpoint",
}


def test_an_accepted_event_gets_a_receipt(office):
    answer = office.post(interest(id="gl-1"))
    assert answer.status_code == 201
    receipt = answer.get_json()
    assert receipt.keys() == RECEIPT
    assert (receipt["id"], receipt["source"], receipt["position"]) == ("gl-1", SOURCE, 3)
    assert (receipt["stream"], receipt["version"]) == ("discretionary-income/2015", 1)
    assert receipt["recorded_at"] == "2026-03-02T09:30:00.000002Z"
    assert receipt["checkpoint"]["size"] == 3
    assert answer.headers["Location"] == "/v1/events/3"


def test_the_entry_is_the_event_as_posted_and_its_place(office):
    posted = interest() | {
        "time": "2015-03-02T00:00:00Z",
        "traceparent": "00-1-2-01",
        "datacontenttype": "application/json",
    }
    position = office.post(posted, subject="gl-7").get_json()["position"]
    entry = office.get(f"/v1/events/{position}").get_json()
    assert {name: entry[name] for name in posted if name != "traceparent"} == {
        name: value for name, value in posted.items() if name != "traceparent"
    }
    assert (entry["recorded_by"], entry["recorded_role"]) == ("gl-7", "finance")
    assert (entry["year"], entry["effective_on"], entry["rule_set"]) == (2015, "2015-03-01", "1150")
    assert "traceparent" not in entry


def test_recorded_instants_always_rise(office):
    instants = [office.post(interest()).get_json()["recorded_at"] for _ in range(3)]
    assert instants == sorted(set(instants))


def test_the_same_again_gets_the_same_receipt(office):
    posted = interest()
    first, again = office.post(posted), office.post(posted)
    office.post(interest())
    later = office.post(posted | {"time": "2015-03-02T00:00:00Z"}, subject="somebody-else")
    assert (first.status_code, again.status_code, later.status_code) == (201, 200, 200)
    assert first.get_json() == again.get_json() == later.get_json()
    assert office.head() == 4


def test_the_same_again_gets_the_same_warnings_and_effects(office):
    budget = {"year": 2015, "basis": "programme-and-budget", "document": "d", "approved_on": "2014-11-28"}
    amounts = {"project_overhead": "30000000.00", "security": "5000000.00", "interest": "1000000.00"}
    posted = event(
        "income.budgeted", approved_by="council", unearmarked_contributions="5000000.00", **budget, **amounts
    )
    first, again = office.post(posted).get_json(), office.post(posted).get_json()
    assert first["caused"] == [4, 5]
    assert first == again
    project = {"project": "NC.1", "title": "t", "scope": "national", "states": ["KEN"], "line": "line-2"}
    more = {"requested": "1.00", "area": "cross-cutting", "activities": [1], "endorsements": []}
    dates = {"starts_on": "2016-01-01", "ends_on": "2017-01-01"}
    submission = event("project.submitted", **project, **more, **dates)
    first, again = office.post(submission, "programme"), office.post(submission, "programme")
    assert first.get_json()["warnings"]
    assert first.get_json() == again.get_json()


def test_the_same_key_with_other_content_is_a_conflict(office):
    office.post(interest("10.00", id="gl-1"))
    document = problem_of(office.post(interest("11.00", id="gl-1")), 409)
    assert document["recorded_digest"] != document["posted_digest"]
    assert document["recorded_digest"] in document["detail"]
    assert document["posted_digest"] in document["detail"]
    assert office.head() == 3


def test_a_key_belongs_to_its_source(office):
    other = interest(id="gl-1") | {"source": "https://other.example"}
    assert office.post(interest(id="gl-1")).status_code == 201
    assert office.post(other).status_code == 201


def test_a_refusal_is_recorded_whole_and_replayed(office):
    posted = approval(id="dg-1")
    first, again = office.post(posted, "approver"), office.post(posted, "approver")
    document = problem_of(first, 422)
    assert document == problem_of(again, 422)
    assert {"rule", "citation", "rule_set", "figures", "would_pass"} <= document["refusals"][0].keys()
    entry = office.get(document["instance"]).get_json()
    assert entry["type"] == "fund1035.command.refused.v1"
    assert entry["data"]["event"] == {name: posted[name] for name in ("id", "source", "type", "data")}
    assert entry["data"]["refusals"] == document["refusals"]
    assert entry["id"] == f"{entry['position']}/0"
    assert office.head() == 3


def test_a_refused_key_with_other_content_is_a_conflict(office):
    office.post(approval(id="dg-1"), "approver")
    other = approval(id="dg-1")
    other["data"]["amount"] = "2.00"
    problem_of(office.post(other, "approver"), 409)


def test_the_ledgers_own_source_is_forbidden(office):
    problem_of(office.post(interest() | {"source": office.settings.origin}), 403)
    problem_of(office.post([interest(), interest() | {"source": office.settings.origin}]), 403)


@pytest.mark.parametrize("kind", ["line.allocated", "command.refused", "log.continued"])
def test_the_ledgers_own_types_cannot_be_posted(office, kind):
    problem_of(office.post(event(kind, year=2015)), 403)


def test_a_role_that_may_not_post_a_type_is_forbidden(office):
    problem_of(office.post(interest(), "programme"), 403)
    problem_of(office.post([admission(), interest()], "administrator"), 403)
    assert office.head() == 2


def test_a_batch_is_recorded_whole_in_its_order(office):
    posted = [interest() for _ in range(5)]
    answer = office.post(posted)
    assert answer.status_code == 201
    body = answer.get_json()
    assert [got["id"] for got in body["receipts"]] == [one["id"] for one in posted]
    assert [got["position"] for got in body["receipts"]] == [3, 4, 5, 6, 7]
    assert body["checkpoint"]["size"] == 7
    assert office.post(posted).get_json() == body
    assert office.post(posted).status_code == 200


def test_a_batch_sees_its_own_earlier_events(office):
    status = event("member-state.status-changed", state="KEN", effective_on="2001-01-01", eu_member=True, reason="r")
    assert office.post([admission("KEN"), status], "administrator").status_code == 201


def test_a_batch_with_old_and_new_events_is_201(office):
    old = interest()
    receipt = office.post(old).get_json()
    answer = office.post([old, interest()])
    assert answer.status_code == 201
    assert answer.get_json()["receipts"][0] == receipt
    assert answer.get_json()["checkpoint"]["size"] == 4


def test_a_batch_with_a_known_key_and_other_content_is_a_conflict(office):
    office.post(interest("10.00", id="gl-1"))
    problem_of(office.post([interest(), interest("11.00", id="gl-1")]), 409)
    assert office.head() == 3


def test_a_key_twice_in_a_batch_is_malformed(office):
    document = problem_of(office.post([interest(id="a"), interest(id="b"), interest(id="a")]), 400)
    assert [error["pointer"] for error in document["errors"]] == ["#/2/id"]


def test_a_refused_batch_records_one_refusal_and_consumes_no_key(office):
    good = admission("KEN")
    refused = [good, admission("KEN"), admission("KEN")]
    document = problem_of(office.post(refused, "administrator"), 422)
    assert [refusal["index"] for refusal in document["refusals"]] == [1, 2]
    entry = office.get(document["instance"]).get_json()
    assert [fault["index"] for fault in entry["data"]["faults"]] == [1, 2]
    assert {"index", "id", "source", "digest", "refusals"} == entry["data"]["faults"][0].keys()
    assert office.head() == 3
    assert office.post(good, "administrator").status_code == 201
    problem_of(office.post(refused, "administrator"), 422)
    assert office.head() == 5


def test_a_refused_batch_names_at_most_twenty_faults(office):
    document = problem_of(office.post([approval() for _ in range(30)], "approver"), 422)
    assert len(document["faults"]) == 20


def test_a_batch_with_an_event_refused_before_is_refused(office):
    known = approval()
    office.post(known, "approver")
    document = problem_of(office.post([known], "approver"), 422)
    assert document["position"] == 4


def test_a_dry_run_decides_and_records_nothing(office):
    posted = interest()
    answer = office.post(posted, query="?dry_run=true")
    assert answer.status_code == 200
    assert answer.get_json()["entries"][0]["position"] == 3
    assert office.head() == 2
    assert office.post(posted).status_code == 201
    assert office.post(posted, query="?dry_run=true").get_json()["positions"] == [3]


def test_every_dry_run_has_the_same_members(office):
    known, refused = interest(), approval()
    office.post(known)
    office.post(refused, "approver")
    trials = [
        office.post(known, query="?dry_run=true"),
        office.post(refused, "approver", query="?dry_run=true"),
        office.post(interest(), query="?dry_run=true"),
        office.post(approval(), "approver", query="?dry_run=true"),
        office.post([interest(), known], query="?dry_run=true"),
        office.post([approval()], "approver", query="?dry_run=true"),
    ]
    documented = office.get("/openapi.json").get_json()["components"]["schemas"]["Trial"]
    assert all(trial.get_json().keys() == set(documented["required"]) for trial in trials)
    assert [trial.get_json()["positions"] for trial in trials] == [[3], [4], [], [], [3], []]


def test_a_dry_run_of_a_refused_event_names_the_rules(office):
    answer = office.post(approval(), "approver", query="?dry_run=true")
    assert answer.status_code == 200
    assert answer.get_json()["refusals"][0]["rule"] == "project/unknown"
    batch = office.post([admission("KEN"), admission("KEN")], "administrator", query="?dry_run=true")
    assert (batch.get_json()["refusals"][0]["index"], batch.get_json()["entries"]) == (1, [])
    assert office.head() == 2


def test_a_dry_run_of_a_batch_shows_every_entry(office):
    answer = office.post([interest(), interest()], query="?dry_run=true")
    assert [entry["position"] for entry in answer.get_json()["entries"]] == [3, 4]
    assert office.head() == 2


def test_too_many_refusals_by_one_subject_are_not_recorded(open_office):
    office = open_office(LEDGER_REFUSALS_PER_MINUTE="2")
    problem_of(office.post(approval(), "approver"), 422)
    problem_of(office.post([approval()], "approver"), 422)
    answer = office.post(approval(), "approver")
    problem_of(answer, 429)
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    problem_of(office.post([approval()], "approver"), 429)
    problem_of(office.post(approval(), "approver", "another"), 422)
    assert (
        office.post(event("project.retained", project="x", on="2015-01-01", reason="r"), "approver").status_code == 429
    )
    assert office.head() == 5
