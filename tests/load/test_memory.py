"""What was refused is forgotten at once: no large body waits for the collector to look for cycles."""

import gc
import weakref

import orjson
import pytest

from ledger_service.api.apart import _seen, examined
from ledger_service.journal.promise import Promise
from shared.contract.problems import Malformed, Unavailable


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
