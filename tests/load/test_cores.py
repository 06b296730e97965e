"""The doors share one core, whatever thread it is; who decides and who checks batches may use all."""

import os
import sys
from pathlib import Path

import pytest

from bench.pair import Pair
from bench.watching import largest
from ledger_service.api.apart import Apart
from shared import process
from shared.process import share_one_core

ALL = process.allowed_cores()

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="where a thread may run is said by Linux alone")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The processes of both services."""
    home = tmp_path_factory.mktemp("pair")
    with Pair(home, output=home / "services.log") as pair:
        yield largest(pair.home)


def cores_of(folder):
    """What each thread of a process may use."""
    return [os.sched_getaffinity(int(thread)) for thread in os.listdir(Path(folder) / "task")]


def test_all_threads_of_the_doors_share_one_core(running):
    found = cores_of(running["doors"][0])
    assert len(found) > 3
    assert all(cores == found[0] for cores in found)
    assert len(found[0]) == 1


@pytest.mark.parametrize("name", ["writer", "checks", "reporting"])
def test_the_others_use_all(running, name):
    if name in running:
        assert all(cores == ALL for cores in cores_of(running[name][0]))
    else:
        assert (name, len(ALL)) == ("checks", 1)


@pytest.fixture
def pinned():
    share_one_core()
    yield
    for thread in os.listdir("/proc/self/task"):
        process.allow_cores(int(thread), ALL)


def test_which_core_is_said_by_the_processs_number(pinned):
    assert process.allowed_cores() == {sorted(ALL)[os.getpid() % len(ALL)]}


def test_who_checks_batches_again_may_use_what_the_first_might(monkeypatch):
    monkeypatch.setattr("ledger_service.api.apart.PAUSE_SECONDS", 0.0)
    apart = Apart()
    try:
        share_one_core()
        apart._end()
        assert apart.batch(b"[" + b" " * 40_000 + b"]") is not None
        assert os.sched_getaffinity(apart._process.pid) == ALL
    finally:
        apart.close()
        for thread in os.listdir("/proc/self/task"):
            process.allow_cores(int(thread), ALL)
