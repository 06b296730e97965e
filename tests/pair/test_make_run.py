"""`make run` as a person meets it: separate pairs, stopped in order, and nothing left however it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests

from bench.pair import OURS, Pair, wait_until
from tests.house.tree import ROOT
from tests.pair.desk import Desk, gift

MAKE = ("make", "-s", "run")
RUNNER = (sys.executable, "-m", "bench.run")


class Runner:
    """A runner started as a shell would start it, in a process group of its own."""

    def __init__(self, pair, command):
        self.pair = pair
        kept = {k: v for k, v in os.environ.items() if not k.startswith((*OURS, "MAKE", "MFLAGS"))}
        places = {"FUND_HOME": str(pair.home), "LEDGER_BIND": pair.ledger_bind, "REPORTING_BIND": pair.reporting_bind}
        self.output = Path(f"{pair.home}.out")
        self.output.touch()
        self.said_before = self.output.read_text()
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=kept | places, stdout=output, stderr=output, start_new_session=True
            )

    def ready(self):
        wait_until(lambda: "Ctrl-C" in self.said(), 60, "where to look")
        assert all(map(_ready, (self.pair.ledger_url, self.pair.reporting_url)))
        return self

    def said(self):
        """What this runner and its services printed."""
        return self.output.read_text().removeprefix(self.said_before)

    def members(self):
        """The processes that live in this pair's home, by their environment."""
        mark = f"FUND_HOME={self.pair.home}".encode()
        return [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if mark in _environment(folder)]

    def gone(self):
        wait_until(lambda: not self.members(), 10, "every process to be gone")

    def killed(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _ready(url):
    try:
        return requests.get(f"{url}/readyz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


def _environment(folder):
    try:
        return (folder / "environ").read_bytes().split(b"\0")
    except OSError:
        return ()


@pytest.fixture
def start(tmp_path):
    """Starts runners, each over its own home; whatever is left of them afterwards is killed by its id."""
    started = []

    def begin(command, home="fund", like=None):
        pair = like.pair if like else Pair(tmp_path / home)
        started.append(Runner(pair, command))
        return started[-1]

    yield begin
    for runner in started:
        for pid in runner.members():
            os.kill(pid, signal.SIGKILL)
        runner.process.wait()


def test_two_pairs_run_side_by_side(start):
    one, other = start(MAKE, "one"), start(MAKE, "other")
    desk = Desk(one.ready().pair)
    desk.accepted(gift("only-in-one", "5.00"))
    assert desk.history()[-1]["id"] == "only-in-one"
    assert len(Desk(other.ready().pair).history()) == 2


def test_all_processes_stay_in_makes_group(start):
    runner = start(MAKE).ready()
    assert {os.getpgid(pid) for pid in runner.members()} == {runner.process.pid}


def test_it_says_where_to_look(start):
    runner = start(MAKE).ready()
    said = runner.said()
    assert runner.pair.ledger_url in said
    assert runner.pair.reporting_url in said
    assert "dev-token" in said


@pytest.mark.parametrize("command", [MAKE, RUNNER], ids=["make", "runner"])
def test_nothing_outlives_a_killed_runner(start, command):
    runner = start(command).ready()
    runner.killed()
    runner.gone()


def test_a_killed_pair_starts_again_at_once(start):
    runner = start(MAKE).ready()
    desk = Desk(runner.pair)
    receipt = desk.accepted(gift("before", "5.00"))
    runner.killed()
    start(MAKE, like=runner).ready()
    assert desk.accepted(gift("before", "5.00")) == receipt


@pytest.mark.parametrize("taken", ["ledger_bind", "reporting_bind"])
def test_a_taken_port_is_told_and_nothing_runs(start, taken):
    runner = start(RUNNER, "first").ready()
    late = Pair(runner.pair.home.with_name("late"), **{taken: getattr(runner.pair, taken)})
    second = start(RUNNER, like=SimpleNamespace(pair=late))
    assert second.process.wait(30) == 3
    assert f"{getattr(late, taken)} is taken by another process." in second.said()
    assert "Ctrl-C" not in second.said()
    second.gone()
    assert runner.process.poll() is None


def test_a_service_that_does_not_start_is_told_at_once(start):
    runner = start(RUNNER)
    runner.killed()
    runner.gone()
    (runner.pair.home / "reporting.db").unlink(missing_ok=True)
    (runner.pair.home / "reporting.db").mkdir(parents=True)
    again = start(RUNNER, like=runner)
    assert again.process.wait(20) == 3
    assert "reporting ended with" in again.said()
    assert "Ctrl-C" not in again.said()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_runner_asked_to_stop_ends_well(start, number):
    runner = start(RUNNER).ready()
    runner.process.send_signal(number)
    assert runner.process.wait(30) == 0
    assert runner.members() == []


def test_ctrl_c_on_the_terminal_leaves_nothing(start):
    runner = start(MAKE).ready()
    os.killpg(runner.process.pid, signal.SIGINT)
    runner.process.wait(30)
    runner.gone()


def test_a_runner_whose_service_dies_stops_the_other(start):
    runner = start(RUNNER).ready()
    os.kill(_serving(runner, "ledger"), signal.SIGKILL)
    assert runner.process.wait(30) == 3
    assert runner.members() == []
    assert "ledger ended by itself" in runner.said()


def test_a_log_that_went_back_is_told_and_both_are_left_running(start):
    """Reporting still answers and says what is wrong: ending it would hide that."""
    first = start(RUNNER).ready()
    desk = Desk(first.pair)
    last = desk.accepted(gift("lost", "5.00"))["position"]
    wait_until(lambda: _followed(desk) >= last, 30, "reporting to follow")
    first.process.send_signal(signal.SIGTERM)
    assert first.process.wait(30) == 0
    for file in first.pair.home.glob("ledger.db*"):
        file.unlink()
    again = start(RUNNER, like=first)
    wait_until(lambda: "Ctrl-C" in again.said(), 60, "where to look")
    assert "Both services run, but reporting follows the log no more. " in again.said()
    detail = requests.get(f"{again.pair.reporting_url}/readyz", timeout=5).json()["detail"]
    assert f"no more. {detail}\n" in again.said()
    assert _ready(again.pair.ledger_url)
    again.process.send_signal(signal.SIGTERM)
    assert again.process.wait(30) == 0
    assert again.members() == []


def _followed(desk):
    return desk.reporting("/v1/facility", year=2015).json()["position"]


def _serving(runner, name):
    """The id of the service's first process: a child of the runner."""
    for pid in runner.members():
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        parent = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        if parent == runner.process.pid and any(word.endswith(b"/" + name.encode()) for word in words):
            return pid
    raise AssertionError(f"no {name} under the runner")
