"""`ledger import` and a ledger that cannot answer now: tried again for a while, by the answer's own word."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from bench.pair import free_bind
from ledger_service.importing import posting
from ledger_service.importing.checking import Ready
from ledger_service.importing.posters import Poster
from ledger_service.importing.posting import Batch, Counts, Ledger, Stopped, Unavailable

RECEIPTS = {"receipts": [], "checkpoint": {"size": 2, "root": "r"}}


class Scripted(BaseHTTPRequestHandler):
    """Answers what the script says, in order."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.tokens.append(self.headers["Authorization"])
        status, headers, body = self.server.script.pop(0)
        if status is None:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Keeps the test's output clean."""


@pytest.fixture
def scripted():
    """A server that follows a script of (status, headers, body); None as the status breaks the connection."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    server.script, server.tokens = [], []
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def batch(token=lambda: "token"):
    return Batch(Poster(token, "gl-1", frozenset({"finance"})), [Ready(7, {"type": "t", "data": {}}, b"{}", None)])


def posted(server, pauses, what=None):
    ledger = Ledger(f"http://127.0.0.1:{server.server_port}/", pauses.append)
    return ledger.post(what or batch())


def ok(status=201):
    return status, {"Content-Type": "application/json"}, json.dumps(RECEIPTS).encode()


def test_a_broken_connection_is_tried_again(scripted):
    pauses = []
    scripted.script = [(None, {}, b""), (None, {}, b""), ok()]
    assert posted(scripted, pauses) == (RECEIPTS, True)
    assert 0.05 <= pauses[0] <= 0.1 <= pauses[1] <= 0.2


def test_retry_after_is_honoured_up_to_a_bound(scripted):
    pauses = []
    scripted.script = [(503, {"Retry-After": "7"}, b"{}"), (503, {"Retry-After": "9999"}, b""), ok(200)]
    assert posted(scripted, pauses) == (RECEIPTS, False)
    assert pauses == [7.0, posting.ASKED_WAIT_MAX_S]


def test_patience_with_a_busy_ledger_ends(scripted):
    pauses = []
    scripted.script = [(503, {}, b'{"detail": "not now"}')] * posting.ATTEMPTS
    with pytest.raises(Unavailable, match="not now"):
        posted(scripted, pauses)
    assert len(pauses) == posting.ATTEMPTS - 1
    assert max(pauses) <= posting.LONGEST_WAIT_S


def test_a_ledger_that_is_not_there_is_unavailable():
    with pytest.raises(Unavailable):
        Ledger(f"http://{free_bind()}", lambda _: None).post(batch())


@pytest.mark.parametrize("status", [301, 400, 401, 403, 409, 413, 422, 429, 500])
def test_any_other_answer_stops_at_once(scripted, status):
    scripted.script = [(status, {}, b"<html>")]
    with pytest.raises(Stopped, match=f"HTTP {status}"):
        posted(scripted, [])


def test_a_fault_of_the_ledger_is_told_with_the_line(scripted):
    errors = [{"pointer": "#/0/data/amount", "detail": "is odd"}, {"pointer": "#", "detail": "whole"}]
    scripted.script = [(400, {}, json.dumps({"detail": "malformed", "errors": errors}).encode())]
    with pytest.raises(Stopped) as caught:
        posted(scripted, [])
    assert [(fault.line, fault.detail) for fault in caught.value.faults()] == [(7, "is odd")]


def test_the_token_is_asked_for_each_time(scripted):
    tokens = iter(["first", "second"])
    scripted.script = [(503, {}, b""), ok()]
    posted(scripted, [], batch(lambda: next(tokens)))
    assert scripted.tokens == ["Bearer first", "Bearer second"]


def test_what_was_recorded_before_has_an_earlier_checkpoint():
    now, before = {"size": 9, "root": "n"}, {"size": 5, "root": "b"}
    receipts = [
        {"checkpoint": before, "position": 5, "caused": [], "warnings": []},
        {"checkpoint": now, "position": 7, "caused": [8, 9], "warnings": [{}]},
    ]
    counts = Counts()
    counts.add({"receipts": receipts, "checkpoint": now}, True)
    counts.add({"receipts": receipts, "checkpoint": now}, False)
    assert counts == Counts(events=4, recorded=1, recorded_before=3, warnings=2, position=9)
