"""Large batches are checked in another process: with the same result, and here when that process is gone."""

import json
import os
import signal
from threading import Event

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger_service.api.apart import BYTES_MIN, Apart, _seen, examined
from ledger_service.api.checking import checked_batch, events_in
from ledger_service.app import create_app
from ledger_service.journal.commands import Posted
from ledger_service.settings import load
from shared.contract.problems import Malformed, Problem
from tests.ledger.clerks import Office, admission, approval, interest, problem_of


@pytest.fixture
def apart():
    made = Apart()
    yield made
    made.close()


@pytest.fixture
def office(environment, apart):
    settings = load(environment)
    office = Office(create_app(settings, stopping=Event(), checking=apart), settings)
    yield office
    office.ledger.close()


def large(*more):
    """A batch that is worth handing over."""
    events = [interest() for _ in range(200)] + list(more)
    assert len(json.dumps(events)) > BYTES_MIN
    return events


def in_this_process(body):
    """What the ordinary way makes of a body: its events, or what is wrong with them."""
    try:
        return checked_batch(events_in(body, batch=True), len(body))
    except Problem as problem:
        return problem.as_dict()


def apart_from_it(body):
    """What the other process would make of it."""
    try:
        return list(Posted(body, _seen(examined(body)).marks))
    except Problem as problem:
        return problem.as_dict()


def spoilt(event, name, value):
    return {**event, name: value}


ODD = st.sampled_from(
    [
        interest(),
        admission(),
        approval(),
        spoilt(interest(), "traceparent", "00-1-1-01"),
        spoilt(interest(), "subject", None),
        spoilt(interest(), "datacontenttype", "application/json"),
        spoilt(interest(), "unknown", "member"),
        spoilt(interest(), "data", {"year": 2015}),
        spoilt(interest(), "id", None),
        interest(amount="-0.00"),
        interest(id="twice"),
        17,
        None,
    ]
)


@given(st.lists(ODD, max_size=6), st.booleans())
def test_both_ways_give_the_same_events_or_faults(events, compact):
    body = orjson.dumps(events) if compact else json.dumps(events, indent=2, ensure_ascii=True).encode()
    assert apart_from_it(body) == in_this_process(body)
    named = [event for event in events if isinstance(event, dict)]
    assert set(_seen(examined(body)).names) == {(event["source"], event["type"]) for event in named} or not events


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"[1.5]", b'[{"a":1,"a":1}]', b"\xff", b"[" * 100])
def test_what_is_no_batch_is_told_in_the_same_words(body):
    with pytest.raises(Malformed):
        _seen(examined(body)).marks  # noqa: B018
    assert apart_from_it(body) == in_this_process(body)


def test_a_large_batch_is_recorded_as_ever(office):
    odd = spoilt(spoilt(interest(), "traceparent", "00-1-1-01"), "subject", None)
    events = large(odd)
    answer = office.post(events)
    assert answer.status_code == 201
    entry = office.get(f"/v1/events/{answer.get_json()['receipts'][-1]['position']}").get_json()
    assert entry["id"] == odd["id"]
    assert not {"traceparent", "subject"} & entry.keys()
    assert office.post(events).get_json()["receipts"] == answer.get_json()["receipts"]


def test_faults_are_told_as_ever(office):
    document = problem_of(office.post(large(interest(amount="1.5"))), 400)
    assert [error["pointer"] for error in document["errors"]] == ["#/200/data/amount"]
    problem_of(office.post(large(approval())), 403)
    own = spoilt(interest(), "source", office.settings.origin)
    problem_of(office.post(large(own)), 403)
    assert office.head() == 2


def test_without_that_process_batches_are_checked_here(office, apart):
    apart._process.kill()
    assert office.post(large()).status_code == 201
    assert apart._process is None
    assert office.post(large()).status_code == 201


def test_a_process_that_stands_still_is_given_up_and_replaced(office, apart, monkeypatch):
    first = apart._process
    monkeypatch.setattr("ledger_service.api.apart.PATIENCE_SECONDS", 0.1)
    os.kill(first.pid, signal.SIGSTOP)
    assert office.post(large()).status_code == 201
    assert apart._process is None
    monkeypatch.setattr("ledger_service.api.apart.PATIENCE_SECONDS", 60)
    apart._again_at = 0.0
    assert office.post(large()).status_code == 201
    assert apart._process.pid != first.pid


def test_the_process_ends_when_its_input_does(apart):
    process = apart._process
    assert apart.batch(json.dumps(large()).encode())
    process.stdin.close()
    assert process.wait(20) == 0
