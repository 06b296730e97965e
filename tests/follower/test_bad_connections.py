"""Whatever the network does, nothing is lost, nothing doubled, and the follower goes on."""

import pytest

from reporting_service.follower import Follower, remote_log
from tests.follower.conftest import QUICK
from tests.follower.log_server import Cut, Hang, Reset, Status
from tests.log_format.served_log import numbered_entries

FAULTS = {
    "cut body": Cut(20),
    "cut before the body": Cut(0),
    "reset": Reset(),
    "busy": Status(503),
    "error": Status(500),
    "refused token": Status(401),
    "redirect": Status(302),
    "not found": Status(404),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("path", ["checkpoint", "tile/0/001", "tile/1/000", "tile/entries/000", "tile/entries/001"])
def test_a_fault_of_the_connection_is_survived(server, sink, following, path, fault):
    server.append(numbered_entries(1, 300))
    server.once(path, fault)
    follower = following()
    assert sink.reaches(300)
    assert sink.entries == server.log.entries
    assert follower.status().stopped is None


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/001", "tile/1/000", "tile/entries/000", "tile/entries/001"])
@pytest.mark.parametrize("damage", [b"", b"<html>\xff", b"x" * 10_000_000], ids=["empty", "html", "10 MB"])
def test_an_answer_that_is_something_else_once_is_survived(server, sink, following, path, damage):
    server.append(numbered_entries(1, 300))
    left = [damage]
    server.fault = lambda asked, body: left.pop() if asked.startswith(path) and left else body
    following()
    assert sink.reaches(300)
    assert sink.entries == server.log.entries


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/001", "tile/1/000", "tile/entries/000", "tile/entries/001"])
@pytest.mark.parametrize("at", [0, 9, 31, -1])
def test_a_bit_flipped_on_the_way_is_survived(server, sink, following, path, at):
    server.append(numbered_entries(1, 300))
    left = [at]

    def flip(asked, body):
        if asked.startswith(path) and left:
            at_ = left.pop() % len(body)
            return body[:at_] + bytes([body[at_] ^ 1]) + body[at_ + 1 :]
        return body

    server.fault = flip
    following()
    assert sink.reaches(300)
    assert sink.entries == server.log.entries


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/001", "tile/entries/001"])
def test_a_server_that_falls_silent_is_asked_again(server, sink, following, monkeypatch, path):
    monkeypatch.setattr(remote_log, "READ_S", 0.2)
    server.append(numbered_entries(1, 300))
    server.once(path, Hang())
    following()
    assert sink.reaches(300)
    assert sink.entries == server.log.entries


def test_an_answer_that_never_ends_is_left_behind(server, sink, following, monkeypatch):
    monkeypatch.setattr(remote_log, "WHOLE_ANSWER_S", 0.2)
    server.append(numbered_entries(1, 300))
    server.once("tile/entries/000", Hang())
    following()
    assert sink.reaches(300)


def test_an_unreachable_ledger_is_trouble_and_not_the_end(server, sink, following):
    server.append(numbered_entries(1, 5))
    server.once("checkpoint", Status(503))
    follower = following()
    assert sink.reaches(5)
    server.fault = lambda path, body: _refuse(503)
    server.append(numbered_entries(6, 5))
    assert follower.wait_until(lambda status: not status.connected, 20)
    assert "status 503" in follower.status().trouble
    server.fault = lambda path, body: body
    assert sink.reaches(10)


def _refuse(status):
    raise Status(status)


def test_a_stale_answer_after_a_newer_one_is_survived(server, sink, following):
    server.append(numbered_entries(1, 5))
    stale = server.log.checkpoint.encode()
    following()
    assert sink.reaches(5)
    server.append(numbered_entries(6, 5))
    assert sink.reaches(10)
    left = [stale, stale]
    server.fault = lambda path, body: left.pop() if path.startswith("checkpoint") and left else body
    server.append(numbered_entries(11, 5))
    assert sink.reaches(15)
    assert sink.entries == server.log.entries


def test_a_token_that_cannot_be_read_is_trouble_and_not_the_end(server, sink):
    missing = [FileNotFoundError("reporting.token")] * 3

    def token():
        if missing:
            raise missing.pop()
        return "a-token"

    server.append(numbered_entries(1, 5))
    follower = Follower(server.url, token, server.log.key.verifier, sink, pace=QUICK)
    follower.start()
    assert sink.reaches(5)
    follower.stop()
