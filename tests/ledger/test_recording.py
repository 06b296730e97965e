"""The writer in a process of its own: nobody outside can tell, unless that process is lost."""

import os
import select
import signal
import socket
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from inspect import signature
from pathlib import Path
from threading import Event

import pytest

from ledger_service.api import operations
from ledger_service.app import create_served
from ledger_service.journal.recorders.interface import StoreRefused
from ledger_service.journal.remote import RemoteJournal
from ledger_service.settings import load
from shared.contract.problems import Unavailable
from tests.ledger.clerks import Office, approval, interest, problem_of


@pytest.fixture
def lost():
    return Event()


@pytest.fixture
def open_served(environment, monkeypatch, lost):
    """Opens a ledger as `ledger serve` does; its writer's process is given the same settings."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    offices = []

    def open_one():
        settings = load(os.environ)
        office = Office(create_served(settings, lost.set), settings)
        offices.append(office)
        return office

    yield open_one
    for office in offices:
        office.ledger.close()


@pytest.fixture
def served(open_served):
    return open_served()


def test_an_event_is_recorded_once(served):
    posted = interest()
    answers = [served.post(posted) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].data == answers[1].data
    assert answers[0].headers["Location"] == "/v1/events/3"
    assert [entry["id"] for entry in served.checked_log()] == ["0/1", "0/2", posted["id"]]


def test_the_writer_hears_how_many_posts_are_in_work(served, monkeypatch):
    channel, sent = served.ledger.journal._channel, []
    send = channel.send_within
    monkeypatch.setattr(channel, "send_within", lambda left, whole: (sent.append(whole), send(left, whole)))
    served.post(interest())
    assert [b'"in_work":1,' in said for said in sent] == [True]


def test_problems_are_told_whole(served):
    posted = approval()
    refused = [problem_of(served.post(posted, "approver"), 422) for _ in range(2)]
    assert refused[0] == refused[1]
    assert refused[0]["refusals"][0]["citation"]["resolution"]
    known = interest()
    served.post(known)
    conflict = problem_of(served.post({**known, "data": {**known["data"], "amount": "1.00"}}), 409)
    assert conflict["recorded_digest"] != conflict["posted_digest"]
    batch = problem_of(served.post([interest(), approval()], "finance"), 403)
    assert "approver" in batch["detail"]


def test_batches_and_trials_are_answered_whole(served):
    events = [interest() for _ in range(300)]
    tried = served.post(events, query="?dry_run=true").get_json()
    assert len(tried["entries"]) == 300
    assert served.head() == 2
    answer = served.post(events)
    assert answer.status_code == 201
    assert [got["position"] for got in answer.get_json()["receipts"]] == list(range(3, 303))
    assert answer.get_json()["checkpoint"]["size"] == 302


def test_questions_are_answered_as_of_the_last_commit(served):
    position = served.post(interest()).get_json()["position"]
    assert served.get("/v1/facility?year=2015").get_json()["position"] == position
    assert served.get("/v1/rules").get_json()["position"] == position
    assert served.get("/readyz", None).get_json()["position"] == position
    assert served.get("/v1/member-states/KEN/eligibility?line=line-1").get_json()["eligible"] is False


def test_many_at_once_lose_nothing(served):
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: served.post(interest()), range(200)))
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(answer.get_json()["position"] for answer in answers) == list(range(3, 203))


def test_a_single_event_passes_batches_that_wait(served):
    process = served.ledger.journal._process
    os.kill(process.pid, signal.SIGSTOP)
    with ThreadPoolExecutor(5) as pool:
        batches = [pool.submit(served.post, [interest() for _ in range(1_000)]) for _ in range(4)]
        while served.ledger.journal.queued < 4:
            pass
        single = pool.submit(served.post, interest())
        while served.ledger.journal.queued < 5:
            pass
        os.kill(process.pid, signal.SIGCONT)
        assert single.result().get_json()["position"] <= 3 + 1_000
        assert {batch.result().status_code for batch in batches} == {201}


def test_a_lost_writer_is_told_to_all_and_ends_the_service(served, lost):
    served.post(interest())
    process = served.ledger.journal._process
    os.kill(process.pid, signal.SIGSTOP)
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(served.post, interest()) for _ in range(2)]
        while served.ledger.journal.queued < 2:
            pass
        process.kill()
        for answer in waiting:
            document = problem_of(answer.result(), 503)
            assert "not known" in document["detail"]
    assert lost.wait(20)
    assert "nothing was recorded" in problem_of(served.post(interest()), 503)["detail"]
    assert "recorded" not in problem_of(served.get("/readyz", None), 503)["detail"]


def test_a_writer_that_stands_still_is_not_ready(served, monkeypatch):
    monkeypatch.setattr(operations, "PROBE_SECONDS", 0.1)
    process = served.ledger.journal._process
    os.kill(process.pid, signal.SIGSTOP)
    problem_of(served.get("/readyz", None), 503)
    assert served.get("/livez", None).status_code == 200
    os.kill(process.pid, signal.SIGCONT)
    monkeypatch.setattr(operations, "PROBE_SECONDS", 60)
    assert served.get("/readyz", None).status_code == 200


@pytest.fixture
def standing_still(served):
    """The writer's process stands still while a test runs."""
    pid = served.ledger.journal.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield served
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_question_waits_for_seconds_and_is_not_said_to_be_recorded(standing_still):
    with pytest.raises(Unavailable) as late:
        standing_still.ledger.journal.ask("facility", 2026, seconds=0.1)
    assert late.value.detail == "No answer in time. Ask again."
    assert signature(RemoteJournal.ask).parameters["seconds"].default == 20


def test_a_question_ends_in_time_too_when_the_way_to_the_writer_is_full(served):
    journal = served.ledger.journal
    way = journal._channel._end
    way.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 0)
    os.kill(journal.pid, signal.SIGSTOP)
    with ThreadPoolExecutor(40) as pool:
        posts = [pool.submit(served.post, interest()) for _ in range(40)]
        while journal.queued < 40 or select.select([], [way], [], 0)[1]:
            pass
        try:
            with pytest.raises(Unavailable, match="did not reach it"):
                journal.ask("facility", 2026, seconds=0.2)
        finally:
            os.kill(journal.pid, signal.SIGCONT)
        assert {post.result().status_code for post in posts} == {201}
    assert served.get("/v1/facility").status_code == 200


def test_closing_answers_what_waits(open_served):
    office = open_served()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: office.post(interest()), range(40)))
    process = office.ledger.journal._process
    assert {answer.status_code for answer in answers} == {201}
    office.ledger.close()
    assert process.returncode == 0
    assert "stopping" in problem_of(office.post(interest()), 503)["detail"]


def test_a_store_that_is_damaged_is_refused_at_the_start(open_served, tmp_path):
    first = open_served()
    first.post(interest())
    first.ledger.close()
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.execute("UPDATE stored_events SET state = replace(state, '2015', '2016') WHERE position = 3")
    with pytest.raises(StoreRefused, match="Position 3"):
        open_served()


def test_the_writer_never_outlives_the_doors(environment):
    """Its parent killed, it is gone: the next start finds a free journal."""
    code = (
        "import os, signal; from ledger_service import app, settings\n"
        "served = app.create_served(settings.load(os.environ), lambda: None)\n"
        "print(served.extensions['fund1035-ledger'].journal._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    status = Path(f"/proc/{int(done.stdout)}/stat")
    while status.exists() and status.read_text().rpartition(") ")[2][0] != "Z":
        pass
