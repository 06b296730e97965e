"""Posting by hand: the same form twice is one fact, and what rules refuse is told with its reasons."""

import re

from ledger_service.web.fields import data_of
from shared.contract.events import EVENT_TYPES
from tests.pages.serving import Visitor, words_of

STEP = re.compile(r'name="_id" value="([^"]+)"')


def test_a_form_that_is_posted_twice_is_recorded_once(ledger):
    visitor = Visitor(ledger, "finance")
    id = STEP.search(visitor.get("/post/assessment.paid").text)[1]
    fields = {"state": "ken", "amount": "10.00", "received_on": "2010-03-01", "reference": "r"}
    refused = visitor.post("/post", "/post/assessment.paid", _id=id, _step="try", **fields)
    assert refused.status_code == 200
    fields = {"year": "2010", "kind": "interest", "amount": "10.00", "currency": "USD", "reference": "r"}
    fields |= {"received_on": "2010-03-01", "_id": id, "_step": "record"}
    first = visitor.post("/post", "/post/income.received", **fields)
    again = visitor.post("/post", "/post/income.received", **fields)
    assert "It stands at position" in words_of(first)
    assert "Recorded before" in words_of(again)
    assert re.findall(r"position \d+", words_of(first)) == re.findall(r"position \d+", words_of(again))


def test_what_rules_refuse_is_told_with_what_would_pass_and_nothing_is_recorded(ledger):
    visitor = Visitor(ledger, "approver")
    fields = {"project": "NC.1", "amount": "10.00", "approved_on": "2010-03-01", "decision": "d", "_id": "a"}
    told = words_of(visitor.post("/post", "/post/grant.approved", _step="try", **fields))
    for words in ("The rules would refuse this", "project/unknown", "What would pass", "Nothing has been recorded"):
        assert words in told
    assert "Log position 2" in told
    told = visitor.post("/post", "/post/grant.approved", _step="record", **fields)
    assert told.status_code == 422
    assert "The refusal is recorded" in words_of(told)


def test_a_note_with_a_pipe_is_recorded_whole():
    schema = EVENT_TYPES["fund1035.project.submitted.v1"].schema
    found = data_of(schema, {"endorsements": "UGA | 2010-01-01 | Note | with a pipe | kept\nken|2010-02-01|N.2"})
    assert found["endorsements"] == [
        {"state": "UGA", "on": "2010-01-01", "document": "Note | with a pipe | kept"},
        {"state": "KEN", "on": "2010-02-01", "document": "N.2"},
    ]


def test_before_recording_lists_are_shown_in_words(ledger):
    visitor = Visitor(ledger, "programme")
    fields = {
        "_id": "a",
        "_step": "try",
        "project": "NC.1",
        "title": "Training",
        "scope": "national",
        "states": "UGA",
        "line": "line-1",
        "requested": "100000.00",
        "area": "migration-and-development",
        "activities": "1, 2",
        "endorsements": "UGA | 2010-01-01 | Note | with a pipe",
        "starts_on": "2010-03-01",
        "ends_on": "2010-09-01",
    }
    told = visitor.post("/post", "/post/project.submitted", **fields)
    assert "Is this right?" in words_of(told)
    assert "state: UGA; on: 1 January 2010; document: Note | with a pipe" in words_of(told)
    assert "1, 2" in words_of(told)
    assert "[{" not in told.text
    assert "&#34;" not in told.text
    fields |= {"_id": "b", "endorsements": ""}
    assert "endorsements none" in words_of(visitor.post("/post", "/post/project.submitted", **fields))


def test_a_hint_that_says_what_its_label_says_is_left_out(ledger):
    page = Visitor(ledger, "programme").get("/post/project.submitted").text
    assert 'id="f-title-hint"' not in page
    assert 'aria-describedby="f-title-hint' not in page
    assert 'aria-describedby="f-states-hint"' in page
    assert 'id="f-states-hint"' in page
