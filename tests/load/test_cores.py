"""Every thread of the doors that runs Python shares one core; who decides, checks batches or reports may use all."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from bench.pair import Pair
from bench.watching import largest
from ledger_service.api.apart import Apart
from shared import process
from shared.process import share_one_core

ALL = process.allowed_cores()
TOGETHER = 12

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="where a thread may run is said by Linux alone")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The processes of both services, once the ledger has answered several at a time."""
    home = tmp_path_factory.mktemp("pair")
    with Pair(home, output=home / "services.log") as pair:
        found = largest(pair.home)
        with ThreadPoolExecutor(TOGETHER) as clients:
            asked = [clients.submit(requests.get, f"{pair.ledger_url}/livez", timeout=9) for _ in range(5 * TOGETHER)]
            assert {one.result().status_code for one in asked} == {200}
        yield found


def cores_of(folder):
    """What each thread of a process may use."""
    found = []
    for thread in os.listdir(Path(folder) / "task"):
        with suppress(ProcessLookupError):
            found.append(os.sched_getaffinity(int(thread)))
    return found


def test_threads_of_the_doors_share_one_core(running):
    found = cores_of(running["doors"][0])
    settled = [cores for cores in found if cores != ALL] if len(ALL) > 1 else found
    assert len(settled) > 2
    assert all(cores == settled[0] and len(cores) == 1 for cores in settled)


@pytest.mark.parametrize("name", ["writer", "checks", "reporting"])
def test_the_others_use_all(running, name):
    if name in running:
        assert all(cores == ALL for cores in cores_of(running[name][0]))
    else:
        assert (name, len(ALL)) == ("checks", 1)


@pytest.fixture(autouse=True)
def interval():
    """As it was."""
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def settled():
    """An application that says which cores it may use."""
    yield share_one_core(lambda *_: process.allowed_cores())
    for thread in os.listdir("/proc/self/task"):
        process.allow_cores(int(thread), ALL)


def test_threads_that_answer_run_on_one_core_of_those_allowed(settled):
    assert process.allowed_cores() == ALL
    answers = []
    for _ in range(3):
        with ThreadPoolExecutor(1) as another:
            answers += [another.submit(settled, {}, None).result() for _ in range(2)]
    assert answers == [answers[0]] * 6
    assert len(answers[0]) == 1
    assert answers[0] <= ALL


def test_threads_that_wait_for_their_turn_seldom_ask_for_it(settled):
    assert sys.getswitchinterval() == pytest.approx(process.SWITCH_SECONDS if len(ALL) > 1 else 0.005)


def test_on_one_core_they_ask_as_often_as_python_has_it(monkeypatch):
    before = sys.getswitchinterval()
    monkeypatch.setattr(process, "allowed_cores", lambda: {0})

    def application(*_):
        return []

    assert share_one_core(application) is application
    assert sys.getswitchinterval() == before


def test_who_checks_batches_again_may_use_what_the_first_might():
    apart = Apart()
    try:
        process.allow_cores(0, {min(ALL)})
        apart._end()
        assert apart.batch(b"[" + b" " * 40_000 + b"]") is not None
        assert os.sched_getaffinity(apart._process.pid) == ALL
    finally:
        process.allow_cores(0, ALL)
        apart.close()


@pytest.mark.parametrize("what", ["sched_setaffinity", "sched_getaffinity", "listdir"])
def test_where_the_system_forbids_it_requests_are_answered(monkeypatch, what):
    def forbidden(*_):
        raise PermissionError("not here")

    monkeypatch.setattr(os, what, forbidden)
    application = share_one_core(lambda *_: "answered")
    with ThreadPoolExecutor(1) as another:
        assert another.submit(application, {}, None).result() == "answered"
