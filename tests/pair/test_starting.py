"""Each service as it starts: told to stop it ends at once, its memory stays level, its streams may be closed."""

import os
import signal
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest
import requests

from bench.pair import free_bind, wait_until
from shared.process import SERVER_TUNABLES, TUNABLES
from tests.reporting.history import KEY

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
BIN = Path(sys.executable).parent
ENDS_S = 10
"""Half of what a server waits for a worker that does not end."""
NOWHERE = "/dev/null"


class Begun:
    """A service that was started a moment ago, with processes of its own group."""

    def __init__(self, service, home, *program, **settings):
        bind, closed = free_bind(), free_bind()
        self.database, self.output = home / f"{service}.db", home / "said"
        self.url = f"http://{bind}"
        tuned = {"GLIBC_TUNABLES", *SERVER_TUNABLES}
        environment = {name: value for name, value in os.environ.items() if name not in tuned}
        environment |= {"FUND_HOME": str(home), f"{service.upper()}_BIND": bind}
        environment |= {"REPORTING_LOG_VKEY": KEY.vkey, "REPORTING_LEDGER_URL": f"http://{closed}"}
        program = program or [BIN / service, "serve"]
        with self.output.open("wb") as said:
            self.process = subprocess.Popen(program, env=environment | settings, stderr=said, start_new_session=True)

    @property
    def pid(self):
        return self.process.pid

    @property
    def serves(self):
        try:
            return requests.get(f"{self.url}/livez", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def until(self, holds, what):
        wait_until(lambda: holds() or self.process.poll() is not None, 30, what)
        assert self.process.poll() is None, self.output.read_text()
        return self

    def until_it_has_a_worker(self):
        return self.until(lambda: workers_of(self.pid), "a worker")

    def until_it_has_a_database(self):
        return self.until(self.database.exists, "a database")

    def until_it_serves(self):
        return self.until(lambda: self.serves, "an answer")

    def ended(self):
        """The exit code and what was said."""
        return self.process.wait(ENDS_S), self.output.read_text()


def workers_of(pid):
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def tunables_of(pid):
    """What the C library was told at a process's start; some versions part it in place."""
    told = Path(f"/proc/{pid}/environ").read_text().partition("GLIBC_TUNABLES=")[2].split("\0")
    return ":".join(takewhile(lambda word: word.startswith("glibc."), told))


@pytest.fixture(params=["ledger", "reporting"])
def service(request):
    return request.param


@pytest.fixture
def begin(service, tmp_path):
    started = []

    def start(*program, **settings):
        started.append(Begun(service, tmp_path, *program, **settings))
        return started[-1]

    yield start
    for begun in started:
        if begun.process.poll() is None:
            os.killpg(begun.pid, signal.SIGKILL)
        begun.process.wait(10)


MOMENTS = (Begun.until_it_has_a_worker, Begun.until_it_has_a_database, Begun.until_it_serves)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(
    "tell",
    [
        pytest.param(lambda pid: os.kill(pid, signal.SIGTERM), id="by a supervisor"),
        pytest.param(lambda pid: os.killpg(pid, signal.SIGINT), id="by Ctrl-C"),
    ],
)
def test_a_service_told_to_stop_while_it_starts_ends(begin, moment, tell):
    begun = moment(begin())
    tell(begun.pid)
    assert begun.ended()[0] == 0


TOLD_AT_THE_FORK = """
import os, signal, sys
from shared import serving

port, told = sys.argv[1:]

def tell():
    for pid in [os.getppid(), os.getpid()] if told == "both" else [os.getpid()]:
        os.kill(pid, signal.SIGTERM)

def wait():
    os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)

os.register_at_fork(after_in_child=tell, after_in_parent=wait)
sys.exit(serving.serve("builtins:object", "127.0.0.1", int(port)))
"""


@pytest.mark.parametrize(("told", "code"), [("both", 0), ("the worker alone", 3)])
def test_a_worker_told_to_stop_as_soon_as_it_is_there_ends(told, code):
    port = free_bind().rpartition(":")[2]
    assert subprocess.run([sys.executable, "-c", TOLD_AT_THE_FORK, port, told], timeout=ENDS_S).returncode == code


@pytest.mark.parametrize(
    ("given", "then"),
    [
        ({}, TUNABLES),
        ({"GLIBC_TUNABLES": "glibc.malloc.arena_max=8"}, f"glibc.malloc.arena_max=8:{TUNABLES}"),
        ({"GLIBC_TUNABLES": "glibc.malloc.tcache_count=3"}, "glibc.malloc.tcache_count=3"),
    ],
    ids=["nothing", "something else", "the same"],
)
def test_threads_keep_nothing_unless_an_operator_says_so(begin, given, then):
    begun = begin(**given).until_it_has_a_worker()
    assert [tunables_of(pid) for pid in (begun.pid, *workers_of(begun.pid))] == [then, then]


@pytest.mark.parametrize("own", [{}, dict.fromkeys(SERVER_TUNABLES, "tcache:true")], ids=["nothing", "their own"])
def test_the_http_servers_allocator_is_told_the_same_unless_an_operator_says_so(begin, own):
    begun = begin(**own).until_it_has_a_worker()
    told = Path(f"/proc/{begun.pid}/environ").read_text().split("\0")
    assert [word for word in told if word.partition("=")[0] in SERVER_TUNABLES] == [
        f"{name}={value}" for name, value in (SERVER_TUNABLES | own).items()
    ]


def test_the_http_servers_allocator_hears_what_it_is_told():
    told = {name: f"{value},stats_print:true" for name, value in SERVER_TUNABLES.items()}
    run = [sys.executable, "-c", "import granian"]
    done = subprocess.run(run, env=os.environ | told, capture_output=True, text=True, timeout=ENDS_S)
    assert "opt.tcache: false" in done.stderr


def test_pythons_own_options_stay_those_it_was_started_with(begin, service):
    module = ["-X", "faulthandler", "-m", f"{service}_service.cli", "serve"]
    begun = begin(sys.executable, *module).until_it_has_a_worker()
    assert Path(f"/proc/{begun.pid}/cmdline").read_text().split("\0")[1:-1] == module


@pytest.mark.parametrize(("settings", "times"), [({}, 2), ({"AUTH_MODE": "none"}, 1)], ids=["valid", "not valid"])
def test_a_service_begins_anew_once_its_settings_are_valid(begin, service, settings, times):
    begun = begin(sys.executable, "-X", "importtime", "-m", f"{service}_service.cli", "serve", **settings)
    if times > 1:
        os.kill(begun.until_it_has_a_worker().pid, signal.SIGTERM)
    code, said = begun.ended()
    assert (code, said.count("imported package")) == (0 if times > 1 else 2, times)


@pytest.mark.parametrize("given", [{}, {"GLIBC_TUNABLES": TUNABLES}], ids=["begun anew", "begun once"])
def test_a_service_serves_without_standard_streams(begin, service, given):
    begun = begin("/bin/sh", "-c", 'exec "$0" serve <&- >&- 2>&-', BIN / service, **given).until_it_serves()
    for pid in (begun.pid, *workers_of(begun.pid)):
        assert [os.readlink(f"/proc/{pid}/fd/{number}") for number in range(3)] == [NOWHERE] * 3
    os.kill(begun.pid, signal.SIGTERM)
    assert begun.ended() == (0, "")
