"""The ledger as a process: it starts, drains, dies with its parent, starts again, and says why when it cannot."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from threading import Event

import pytest
import requests

from bench.pair import free_bind, wait_until
from shared.access import mint_dev_token
from tests.ledger.clerks import EVENT, interest

LEDGER = Path(sys.executable).with_name("ledger")


class Served:
    """A ledger process on its own port."""

    def __init__(self, home, bind=None, **more):
        self.bind = bind or free_bind()
        self.home = home
        self.url = f"http://{self.bind}"
        self.environment = {**os.environ, "FUND_HOME": str(home), "LEDGER_BIND": self.bind, **more}
        self.process = subprocess.Popen(
            [LEDGER, "serve"], env=self.environment, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
        )

    def ready(self):
        wait_until(lambda: self.get("/readyz") == 200, 20, "the ledger")
        return self

    def get(self, path, **more):
        try:
            return requests.get(self.url + path, timeout=40, **more).status_code
        except requests.ConnectionError:
            return 0

    def post(self, posted):
        headers = {"Content-Type": EVENT, "Authorization": f"Bearer {mint_dev_token(self.home, 'finance', 'gl-1')}"}
        return requests.post(f"{self.url}/v1/events", json.dumps(posted), headers=headers, timeout=40)

    def ended(self):
        """The exit code and what was said."""
        _, said = self.process.communicate(timeout=30)
        return self.process.returncode, said.decode()


@pytest.fixture
def serve(tmp_path):
    started = []

    def start(**more):
        served = Served(more.pop("home", tmp_path), **more)
        started.append(served)
        return served

    yield start
    for served in started:
        served.process.kill()
        served.process.wait(10)
        served.process.stderr.close()


def entries(home):
    with sqlite3.connect(home / "ledger.db") as raw:
        return {json.loads(state)["id"] for (state,) in raw.execute("SELECT state FROM stored_events")}


def test_a_ledger_told_to_stop_answers_what_it_took(serve, tmp_path):
    served, stopping, acknowledged = serve().ready(), Event(), []

    def keep_posting(_):
        while not stopping.is_set():
            posted = interest()
            try:
                if served.post(posted).status_code == 201:
                    acknowledged.append(posted["id"])
            except requests.ConnectionError:
                return

    with ThreadPoolExecutor(8) as clients:
        running = [clients.submit(keep_posting, number) for number in range(8)]
        wait_until(lambda: len(acknowledged) > 40, 20, "some events")
        served.process.send_signal(signal.SIGTERM)
        code, _ = served.ended()
        stopping.set()
        for run in running:
            run.result()
    assert code == 0
    assert set(acknowledged) <= entries(tmp_path)


def test_a_waiting_long_poll_does_not_hold_up_the_end(serve, tmp_path):
    served = serve(LEDGER_PUBLIC_LOG="true").ready()
    with ThreadPoolExecutor(4) as clients:
        polls = [clients.submit(served.get, "/checkpoint?after=2&wait=30") for _ in range(4)]
        wait_until(lambda: served.get("/livez") == 200, 5, "an answer beside the polls")
        served.process.send_signal(signal.SIGTERM)
        assert served.ended()[0] == 0
        assert {poll.result() for poll in polls} <= {200, 0}


def test_a_killed_ledger_starts_again_at_once(serve, tmp_path):
    first = serve().ready()
    posted = interest()
    receipt = first.post(posted).json()
    first.process.kill()
    second = serve(bind=first.bind).ready()
    again = second.post(posted)
    assert (again.status_code, again.json()) == (200, receipt)


def test_a_taken_port_is_told_in_plain_words(serve, tmp_path):
    first = serve().ready()
    code, said = serve(home=tmp_path / "other", bind=first.bind).ended()
    assert code == 3
    assert f"{first.bind} is taken by another process" in said


def test_a_damaged_journal_ends_the_start_with_one(serve, tmp_path):
    first = serve().ready()
    first.post(interest())
    first.process.send_signal(signal.SIGTERM)
    first.ended()
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.execute("DELETE FROM stored_events WHERE position = 2")
    code, said = serve().ended()
    assert code == 1
    assert "Position 2" in said
    assert "Traceback" not in said


def test_wrong_settings_end_the_start_with_two(serve):
    code, said = serve(AUTH_MODE="none", LEDGER_THREADS="0").ended()
    assert code == 2
    assert "AUTH_MODE" in said
    assert "LEDGER_THREADS" in said


def test_a_database_that_cannot_be_opened_ends_the_start_with_three(serve, tmp_path):
    (tmp_path / "ledger.db").mkdir()
    code, said = serve().ended()
    assert code == 3
    assert "cannot start" in said


def test_the_log_of_a_process_is_json_without_tokens(serve, tmp_path):
    served = serve().ready()
    served.post(interest())
    served.process.send_signal(signal.SIGTERM)
    _, said = served.ended()
    lines = [json.loads(line) for line in said.splitlines()]
    posted = next(line for line in lines if line["method"] == "POST")
    assert (posted["subject"], posted["position"], posted["status"]) == ("gl-1", 3, 201)
    assert posted["request_id"]
    assert "eyJ" not in said


def unfinished(served, number, *headers):
    """So many connections, each with a body that stops after one byte."""
    host, _, port = served.bind.rpartition(":")
    head = ["POST /v1/events HTTP/1.1", f"Host: {host}", f"Content-Type: {EVENT}", "Content-Length: 500", *headers]
    opened = [socket.create_connection((host, int(port)), 5) for _ in range(number)]
    for connection in opened:
        connection.sendall("\r\n".join([*head, "", "{"]).encode())
    return opened


def test_a_stranger_is_turned_away_before_the_body_comes(serve):
    served = serve().ready()
    opened = unfinished(served, 60)
    assert all(connection.recv(100).startswith(b"HTTP/1.1 401 ") for connection in opened)
    assert served.post(interest()).status_code == 201


def test_bodies_that_never_end_do_not_stop_the_ledger(serve, tmp_path):
    served = serve(LEDGER_PUBLIC_LOG="true").ready()
    token = mint_dev_token(tmp_path, "finance", "gl-2")
    opened = unfinished(served, 80, f"Authorization: Bearer {token}")
    for path in ("/livez", "/readyz", "/checkpoint"):
        assert requests.get(served.url + path, timeout=5).status_code == 200
    wait_until(lambda: served.post(interest()).status_code == 503, 10, "all slots to be taken")
    assert served.get("/livez") == 200
    wait_until(lambda: served.post(interest()).status_code == 201, 12, "a good post")
    for connection in opened:
        connection.close()


@pytest.mark.parametrize("broken", [b"zz\r\n", b""], ids=["a size that is none", "the client's end"])
def test_a_chunked_body_that_breaks_off_within_an_event_is_not_recorded(serve, tmp_path, broken):
    served = serve().ready()
    host, _, port = served.bind.rpartition(":")
    token, part = mint_dev_token(tmp_path, "finance", "gl-1"), json.dumps(interest(id="cut")).encode()[:-1]
    head = [f"POST /v1/events HTTP/1.1\r\nHost: {host}", f"Authorization: Bearer {token}", f"Content-Type: {EVENT}"]
    with socket.create_connection((host, int(port)), 10) as one:
        one.sendall("\r\n".join([*head, "Transfer-Encoding: chunked", "", f"{len(part):x}", ""]).encode())
        one.sendall(part + b"\r\n" + broken)
        one.shutdown(socket.SHUT_WR)
        assert one.recv(100).startswith(b"HTTP/1.1 400 ")
    assert "cut" not in entries(tmp_path)


def test_a_chunked_body_that_is_too_large_is_not_recorded(serve, tmp_path):
    served = serve().ready()
    headers = {"Content-Type": EVENT, "Authorization": f"Bearer {mint_dev_token(tmp_path, 'finance', 'gl-1')}"}
    posted = json.dumps(interest(id="cut")).encode()
    blanks = (b" " * 65_536 for _ in range(16 * 16))
    answer = requests.post(f"{served.url}/v1/events", chain([posted], blanks), headers=headers, timeout=40)
    assert answer.status_code == 413
    assert "cut" not in entries(tmp_path)
    again = requests.post(f"{served.url}/v1/events", iter([posted[:9], posted[9:]]), headers=headers, timeout=40)
    assert again.status_code == 201
