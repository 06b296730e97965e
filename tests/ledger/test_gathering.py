"""Groups of the writer: a lone post is written at once, one of a crowd a little later with those who came."""

import socket
from queue import SimpleQueue
from threading import Event, Thread

import pytest

from ledger_service.journal import desk
from ledger_service.journal.channel import Channel, message
from ledger_service.journal.desk import FEW, GATHER_SECONDS, Desk

SECONDS = 20


class Turns:
    """Stands where the writer does; says how many posts each turn had."""

    stopped = None

    def __init__(self):
        self.sizes = SimpleQueue()

    def turn(self, postings, questions):
        del questions
        self.sizes.put(len(postings))


class Pauses:
    """A clock that stands still, and a pause that ends when the test says so."""

    def __init__(self):
        self.asked, self.over = SimpleQueue(), Event()

    def monotonic(self):
        return 100.0

    def sleep(self, seconds):
        self.asked.put(seconds)
        assert self.over.wait(SECONDS)


@pytest.fixture
def pauses(monkeypatch):
    found = Pauses()
    monkeypatch.setattr(desk, "time", found)
    return found


@pytest.fixture
def serving():
    (ours, theirs), (bulk, bulk_theirs) = socket.socketpair(), socket.socketpair()
    turns, channel = Turns(), Channel(ours)
    thread = Thread(target=Desk(Channel(theirs), Channel(bulk_theirs)).serve, args=(turns,))
    thread.start()
    yield channel, turns
    channel.finish()
    Channel(bulk).finish()
    thread.join(SECONDS)
    assert not thread.is_alive()
    for end in (ours, theirs, bulk, bulk_theirs):
        end.close()


def _post(number, in_work):
    said = {"number": number, "subject": "gl-1", "roles": ["finance"], "batch": False, "dry_run": False, "marks": 0}
    return message({**said, "in_work": in_work}, b"{}")


def test_a_post_among_few_is_written_at_once(serving, pauses):
    channel, turns = serving
    for number in range(3):
        channel.send(_post(number, FEW))
        assert turns.sizes.get(timeout=SECONDS) == 1
    assert pauses.asked.empty()


@pytest.fixture
def gathering(serving, pauses):
    """The writer has written one post, and waits with another one of a crowd for those on their way."""
    channel, turns = serving
    channel.send(_post(1, FEW))
    assert turns.sizes.get(timeout=SECONDS) == 1
    channel.send(_post(2, FEW + 1))
    assert pauses.asked.get(timeout=SECONDS) == pytest.approx(GATHER_SECONDS)
    return channel, turns


def test_posts_of_a_crowd_are_written_together(gathering, pauses):
    channel, turns = gathering
    channel.send(_post(3, FEW + 1), _post(4, FEW + 1))
    assert turns.sizes.empty()
    pauses.over.set()
    assert turns.sizes.get(timeout=SECONDS) == 3


def test_the_last_of_a_crowd_are_not_held(serving, pauses):
    channel, turns = serving
    pauses.over.set()
    channel.send(_post(1, FEW + 1))
    assert turns.sizes.get(timeout=SECONDS) == 1
    while not pauses.asked.empty():
        pauses.asked.get()
    channel.send(_post(2, 1))
    assert turns.sizes.get(timeout=SECONDS) == 1
    assert pauses.asked.empty()


def test_a_question_after_a_crowd_is_answered_at_once(gathering, pauses):
    channel, turns = gathering
    pauses.over.set()
    assert turns.sizes.get(timeout=SECONDS) == 1
    channel.send(message({"number": 3, "in_work": 0, "ask": "ready", "arguments": []}))
    assert turns.sizes.get(timeout=SECONDS) == 0
    assert pauses.asked.empty()
