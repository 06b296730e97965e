"""Large bodies: so many at once and no more, and what was refused is forgotten at once, without the collector."""

import gc
import json
import socket
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import orjson
import pytest
import requests

from bench.load import BATCH, EVENT, Request
from bench.pair import Pair
from bench.watching import largest, resident
from ledger_service.api.apart import _seen, examined
from ledger_service.journal.promise import Promise
from shared.contract.problems import Malformed, Unavailable
from shared.process import TUNABLES
from tests.ledger.clerks import interest


class Body:
    """A request's body; unlike bytes, it can be watched."""

    events = orjson.dumps([{"specversion": "1.0"}])


@pytest.fixture(autouse=True)
def no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_a_problem_told_through_a_promise_keeps_no_body():
    def wait(body):
        promise = Promise()
        promise.tell(Unavailable("Not now."))
        return promise.result() or body

    body = Body()
    kept = weakref.ref(body)
    with pytest.raises(Unavailable) as refused:
        wait(body)
    del body, refused
    assert kept() is None


def test_a_problem_found_in_another_process_keeps_no_body():
    def post(body):
        seen = _seen(examined(body.events))
        return seen.marks or body

    body = Body()
    kept = weakref.ref(body)
    with pytest.raises(Malformed) as refused:
        post(body)
    del body, refused
    assert kept() is None


MEBIBYTE = 1 << 20
WITHHELD = 16


def environ_of(home, name):
    """What a service's process was started with."""
    process = largest(home)[name][0]
    return (process / "environ").read_bytes().split(b"\0")


def test_large_bodies_that_are_withheld_take_bounded_memory(tmp_path):
    with Pair(tmp_path, output=tmp_path / "services.log", reporting=False) as pair:
        request = Request(pair.ledger_bind, pair.token("finance", "slow"), BATCH).framed(b" " * 16 * MEBIBYTE)
        before = sum(resident(pair.home).values())
        with ExitStack() as held, ThreadPoolExecutor(WITHHELD) as clients:
            connections = [held.enter_context(connected(pair)) for _ in range(WITHHELD)]
            for sent in [clients.submit(withhold, one, request[:-1]) for one in connections]:
                sent.result()
            assert sum(resident(pair.home).values()) - before < 250 * MEBIBYTE
            assert requests.get(f"{pair.ledger_url}/readyz", timeout=5).status_code == 200
            assert post_one(pair) == 201
        assert f"GLIBC_TUNABLES={TUNABLES}".encode() in environ_of(pair.home, "doors"), "threads keep what they free"


def connected(pair):
    host, _, port = pair.ledger_bind.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=3)


def withhold(connection, most):
    """Send nearly all of a request; those turned away may find the connection closed."""
    with suppress(OSError):
        connection.sendall(most)


def post_one(pair):
    headers = {"Content-Type": EVENT, "Authorization": f"Bearer {pair.token('finance', 'ordinary')}"}
    return requests.post(f"{pair.ledger_url}/v1/events", json.dumps(interest()), headers=headers, timeout=9).status_code
