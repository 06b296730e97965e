"""The sustainable rate is the largest that is carried, to a sixteenth of what clients that wait get done."""

from concurrent.futures import Future
from itertools import count

import pytest

from bench import sustained as finding
from bench.open_loop import Window
from bench.sustained import PARTS, sustained

WAITING = 1_600


class Carries:
    """A load on a service that carries so much, and is slow for a moment in some of the trials."""

    def __init__(self, most, slow=()):
        self.most = most
        self.slow = slow
        self.tried = []
        self._numbers = count(1)

    def offer(self, _, offer):
        window = Window()
        window.accepted.extend([0.01] * int(WAITING * offer.seconds if offer.clients else offer.rate * offer.seconds))
        if not offer.clients:
            self.tried.append(offer.rate)
            if offer.rate > self.most or next(self._numbers) in self.slow:
                window.shed.append(0.01)
        told = Future()
        told.set_result([window])
        return told


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(finding, "REST_SECONDS", 0.0)


@pytest.mark.parametrize("most", [WAITING * part / PARTS for part in range(1, PARTS + 1)])
def test_the_largest_rate_that_is_carried_is_found(most):
    found = sustained(Carries(most), None, 1)
    assert (found.rate, found.waiting) == (most, WAITING)
    assert len(found.found.accepted) == most


def test_a_service_that_carries_more_than_clients_wait_for_is_said_to_carry_that():
    assert sustained(Carries(10 * WAITING), None, 1).rate == WAITING


def test_one_slow_moment_does_not_make_a_rate_too_much():
    load = Carries(1_000, slow=(1,))
    assert sustained(load, None, 1).rate == 1_000
    assert load.tried[:2] == [800, 800]


def test_two_slow_moments_do_make_it_too_much():
    assert sustained(Carries(1_000, slow=(1, 2)), None, 1).rate < 800


def test_a_service_that_carries_nothing_ends_the_run():
    with pytest.raises(AssertionError, match="nothing that comes by the clock"):
        sustained(Carries(0), None, 1)
