"""Many at once: one journal, many threads, several writers, failing commits."""

import json
import multiprocessing
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from ledger_service.journal.commands import Command, Posted, marks_of, posted_event
from ledger_service.journal.waiting import Posting, Question, Waiting
from shared.contract.envelope import check_event
from shared.contract.problems import Unavailable
from tests.ledger.clerks import approval, interest, post_in_another_process, problem_of


def at_once(number, do):
    """Run do(index) in that many threads, started together; returns what they returned."""
    barrier = Barrier(number)

    def run(index):
        barrier.wait()
        return do(index)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def command(*events, subject="finance-1", batch=False):
    marks = marks_of([posted_event(check_event(one)) for one in events])
    return Command(Posted(json.dumps(events).encode(), marks), subject, frozenset({"finance"}), batch)


def posting(*events, **more):
    return Posting(command(*events, **more), lambda outcome: None)


def test_the_same_key_from_many_is_recorded_once(office):
    posted = interest()
    answers = at_once(32, lambda _: office.post(posted))
    assert sorted(answer.status_code for answer in answers) == [200] * 31 + [201]
    assert len({answer.data for answer in answers}) == 1
    assert office.head() == 3


def test_the_same_refused_key_from_many_is_recorded_once(office):
    posted = approval()
    answers = at_once(16, lambda _: office.post(posted, "approver"))
    assert {answer.status_code for answer in answers} == {422}
    assert office.head() == 3


def test_the_same_batch_from_many_is_recorded_once(office):
    posted = [interest() for _ in range(20)]
    answers = at_once(8, lambda _: office.post(posted))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert office.head() == 22


def test_a_refused_neighbour_harms_nobody(office):
    answers = at_once(24, lambda index: office.post(*((approval(), "approver") if index % 3 else (interest(),))))
    assert sorted({answer.status_code for answer in answers}) == [201, 422]
    assert [answer.status_code for answer in answers].count(201) == 8
    assert len(office.checked_log()) == 26


def test_two_journals_on_one_database_never_fork(open_office):
    one, two = open_office(), open_office()
    shared = interest()
    answers = at_once(16, lambda index: (one, two)[index % 2].post(interest() if index > 3 else shared))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [201] * 13
    entries = one.checked_log()
    assert [entry["position"] for entry in entries] == list(range(1, 16))
    assert two.checked_log() == entries
    assert one.get("/v1/rules").get_json()["position"] == two.get("/v1/rules").get_json()["position"] == 15


def test_two_processes_on_one_database_never_fork(office, environment):
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=post_in_another_process, args=(environment, name, 15)) for name in ("a", "b")]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    entries = office.checked_log()
    assert [entry["position"] for entry in entries] == list(range(1, 48))
    assert [entry["version"] for entry in entries[2:]] == list(range(1, 46))
    assert len({entry["id"] for entry in entries}) == 47


def test_a_group_that_cannot_be_stored_is_answered_503_and_leaves_nothing(office, tmp_path):
    with office.ledger.journal.recorder.datastore.transaction(commit=True) as cursor:
        cursor.execute("CREATE TRIGGER full BEFORE INSERT ON checkpoints BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    lost = interest()
    answers = at_once(4, lambda index: office.post(lost if index == 0 else interest()))
    for answer in answers:
        problem_of(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
    assert office.head() == 2
    with office.ledger.journal.recorder.datastore.transaction(commit=True) as cursor:
        cursor.execute("DROP TRIGGER full")
    assert office.post(lost).get_json()["position"] == 3
    assert len(office.checked_log()) == 3


def test_a_journal_that_was_cut_stops_loudly(office, tmp_path):
    office.post(interest())
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.execute("DELETE FROM stored_events WHERE position = 3")
    document = problem_of(office.post(interest()), 503)
    assert "Position 3" in document["detail"]
    problem_of(office.get("/readyz", None), 503)
    problem_of(office.get("/v1/facility?year=2015"), 503)


def test_a_log_with_another_past_stops_the_journal(office, tmp_path):
    office.post(interest())
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.execute("UPDATE tile_hashes SET hash = zeroblob(32) WHERE hash_index = 2")
    assert "Position 3" in problem_of(office.post(interest()), 503)["detail"]
    problem_of(office.get("/readyz", None), 503)


def test_closing_answers_what_waits(open_office):
    office = open_office()
    outcomes = at_once(8, lambda _: office.post(interest()))
    office.ledger.journal.close()
    assert {outcome.status_code for outcome in outcomes} == {201}
    with pytest.raises(Unavailable, match="stopping"):
        office.ledger.journal.record(command(interest()))


def test_a_full_queue_turns_requests_away():
    waiting = Waiting(requests_max=2, events_max=10)
    waiting.post(posting(interest()))
    waiting.ask(Question("position", [], lambda answer: None))
    with pytest.raises(Unavailable) as refused:
        waiting.post(posting(interest()))
    assert refused.value.headers["Retry-After"] == "1"
    crowded = Waiting(requests_max=9, events_max=2)
    crowded.post(posting(interest(), interest(), batch=True))
    with pytest.raises(Unavailable):
        crowded.post(posting(interest()))


def test_bulk_never_gets_two_turns_while_a_single_event_waits():
    waiting = Waiting()
    for _ in range(3):
        waiting.post(posting(*[interest() for _ in range(900)], batch=True))
    turns = []
    for _ in range(4):
        waiting.post(posting(interest()))
        postings, _ = waiting.take()
        turns.append([posting.command.batch for posting in postings])
    assert turns == [[False], [True], [False, False], [True]]
    postings, _ = waiting.take()
    assert [posting.command.batch for posting in postings] == [False]


def test_a_bulk_turn_takes_more_when_nobody_else_waits():
    waiting = Waiting()
    for _ in range(3):
        waiting.post(posting(*[interest() for _ in range(600)], batch=True))
    postings, questions = waiting.take()
    assert (len(postings), questions) == (3, [])
