"""Where a fault strikes: a pair of real services on one store, the clients that post to it, and whether it holds.

A case is given a ground at rest: it changes `settings` if it needs to, starts it, does its worst, and calls `check`.
"""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import requests

from bench.pair import Pair, PairFailed, wait_until
from tests.clusters import Cluster, children
from tests.databases import Server, own_binaries
from tests.faults.agreement import agreement, bundled
from tests.faults.judge import FullSums, Judge, Sums
from tests.faults.said import Said

SQLITE, POSTGRES = "sqlite", "postgres"
STORES = (SQLITE, POSTGRES)
INSIDE = Path(__file__).parent / "inside"
PARTS = {"writer": "ledger_service.recording", "checking": "ledger_service.api.apart"}
"""The ledger's processes beside its doors, by the module each runs."""
SECONDS = 90


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case; `said` is the sentence an operator reads where a service stopped loudly."""

    acknowledged: int
    faults: int
    lost: int
    doubled: int
    recovery_seconds: float
    said: str = ""


Case = Callable[["Ground", random.Random], Outcome]


class Ground:
    """A pair of services on one store in a folder of its own.

    `settings` are the environment of what is started from then on.
    """

    def __init__(
        self,
        store: str,
        folder: Path,
        server: Server | None = None,
        *,
        sums: Callable[[], Sums] = FullSums,
    ) -> None:
        self.store, self.folder, self._server, self.sums = store, folder, server, sums
        folder.mkdir(parents=True, exist_ok=True)
        self._databases = [server.create(), server.create()] if server else []
        names = ("LEDGER_DATABASE_URL", "REPORTING_DATABASE_URL")
        own = {"LEDGER_REFUSALS_PER_MINUTE": "1000000"} | dict(zip(names, self._databases, strict=False))
        self.pair = Pair(folder / "fund", settings=own, output=folder / "services.log")
        self.said = Said()
        self.struck: Callable[[], None] = lambda: None
        """Called as soon as a fault has struck: from then on clients finish what they posted and post nothing new."""
        self._judge: Judge | None = None
        self._first: Client | None = None

    @property
    def settings(self) -> dict[str, str]:
        """The environment of what is started from now on."""
        return self.pair.settings

    @property
    def ledger_url(self) -> str:
        """Where the ledger is."""
        return self.pair.ledger_url

    @property
    def reporting_url(self) -> str:
        """Where reporting is."""
        return self.pair.reporting_url

    @property
    def acknowledged(self) -> dict[str, int]:
        """Position by id of everything acknowledged, recorded refusals too."""
        return self.said.acknowledged

    @property
    def output(self) -> str:
        """What the services printed so far."""
        return self.pair.output.read_text(errors="replace") if self.pair.output and self.pair.output.exists() else ""

    # the services

    def plant(self, *names: str) -> None:
        """Have every process of the services, once started, load these modules of tests/faults/inside first.

        What was planted before is loaded after, and so stands around what is planted now.
        """
        planted = " ".join([*names, *self.settings.get("FAULTS_INSIDE", "").split()])
        path = os.pathsep.join(filter(None, (str(INSIDE), os.environ.get("PYTHONPATH"))))
        self.settings.update(PYTHONPATH=path, FAULTS_INSIDE=planted, FAULTS_FOLDER=str(self.folder))

    def start(self) -> "Ground":
        """Start both and wait until they are ready."""
        self.pair.start()
        return self

    def stop(self) -> None:
        """SIGTERM both and wait for their end."""
        self.pair.stop()

    def pid(self, name: str) -> int:
        """The process `ledger`, `reporting`, or the ledger's `writer` or `checking` process."""
        if name not in PARTS:
            return self.pair.processes[name].pid
        found = self._parts(name)
        assert found, f"there is no {name} process"
        return found[0]

    def runs(self, name: str) -> bool:
        """Whether the ledger has its `writer` or `checking` process."""
        return bool(self._parts(name))

    def _parts(self, name: str) -> list[int]:
        return [pid for pid in family(self.pid("ledger")) if PARTS[name].encode() in _command(pid)]

    def kill(self, name: str) -> None:
        """SIGKILL one of the processes that `pid` knows; the whole service with `ledger` and `reporting`."""
        if name in PARTS:
            os.kill(self.pid(name), signal.SIGKILL)
        elif name == "ledger":
            self.pair.kill_ledger()
        else:
            self.pair.kill_reporting()

    def revive(self, name: str) -> float:
        """Start a service that has ended or is ending, and wait until it is ready; the seconds that took."""
        began = time.monotonic()
        self.ended(name)
        self.pair.start_ledger() if name == "ledger" else self.pair.start_reporting()
        return time.monotonic() - began

    def ended(self, name: str, seconds: float = 30) -> int | None:
        """Wait for the end of a service; its exit code, None when it was killed by `kill`."""
        process = self.pair.processes.get(name)
        return process.wait(seconds) if process else None

    # the clients

    def client(self, name: str) -> "Client":
        """One more system outside, with a connection of its own."""
        return Client(self, name)

    def post(self, events: dict[str, Any] | list[dict[str, Any]], role: str = "finance") -> requests.Response:
        """Post one event, or a list as a batch, again and again until it is answered."""
        self._first = self._first or self.client("first")
        return self._first.post(events, role)

    def read(self, path: str, service: str = "ledger", role: str = "auditor", **query: Any) -> requests.Response:
        """The 200 answer to a path of a service."""
        url = self.ledger_url if service == "ledger" else self.reporting_url
        headers = {"Authorization": f"Bearer {self.pair.token(role)}"}
        answer = requests.get(url + path, params=query, headers=headers, timeout=60)
        assert answer.status_code == 200, f"{answer.url}: {answer.status_code}: {answer.text[:500]}"
        return answer

    # the verdict

    def check(self, *, bundle: bool = False) -> tuple[int, int]:
        """Lost and doubled; AssertionError when anything else that must hold does not. Nobody may be posting.

        Reads on in the log, compares it with everything acknowledged and every checkpoint seen, then both services'
        sums by line with independent ones. With `bundle`, also reporting's bundle with its report, byte for byte.
        """
        if self._judge is None:
            self._judge = Judge(self.pair.vkey, self.said, self.sums())
        self._judge.read(lambda path: self.read(path).content)
        found = self._judge.count()
        agreement(self, self._judge)
        if bundle:
            bundled(self, max(self._judge.years))
        return found

    def verify(self) -> None:
        """`ledger verify` and `reporting check` hold; services may run."""
        for words in (("ledger", "verify"), ("reporting", "check")):
            done = self.pair.command(*words, seconds=300)
            assert done.returncode == 0, f"{' '.join(words)}: {done.stdout}{done.stderr}"

    def close(self) -> None:
        """Stop what runs and remove the databases."""
        self.pair.stop(3)
        for url in self._databases:
            self._server.drop(url)  # type: ignore[union-attr]


class Client:
    """A system outside: one connection, every post kept in what was said."""

    def __init__(self, ground: Ground, name: str) -> None:
        self.name = name
        self._ground = ground
        self._session = requests.Session()
        self._tokens: dict[str, str] = {}
        self._pause = Event()

    def post(
        self, events: dict[str, Any] | list[dict[str, Any]], role: str = "finance", seconds: float = SECONDS
    ) -> requests.Response:
        """Post until answered by anything but 503; PairFailed after `seconds`."""
        deadline = time.monotonic() + seconds
        while (answer := self.once(events, role)) is None:
            if time.monotonic() > deadline:
                raise PairFailed(f"{self.name}: no answer within {seconds:.0f} s")
            self._pause.wait(0.05)
        return answer

    def try_once(
        self, events: dict[str, Any] | list[dict[str, Any]], role: str = "finance"
    ) -> requests.Response | None:
        """Post once; None when there was no answer but 503, and then it is given up."""
        answer = self.once(events, role)
        if answer is None:
            self._ground.said.give_up(listed(events))
        return answer

    def once(self, events: dict[str, Any] | list[dict[str, Any]], role: str = "finance") -> requests.Response | None:
        """Post once; None when there was no answer but 503: whoever calls posts again, or gives up."""
        self._ground.said.post(listed(events))
        with suppress(requests.RequestException):
            answer = self._session.post(
                f"{self._ground.ledger_url}/v1/events", json=events, headers=self._headers(events, role), timeout=30
            )
            if answer.status_code != 503:
                batch = isinstance(events, list)
                self._ground.said.hear(listed(events), answer.status_code, answer.json(), batch=batch)
                return answer
        return None

    def _headers(self, events: Any, role: str) -> dict[str, str]:
        if role not in self._tokens:
            self._tokens[role] = self._ground.pair.token(role, f"{role}-{self.name}")
        kind = "cloudevents-batch" if isinstance(events, list) else "cloudevents"
        return {"Authorization": f"Bearer {self._tokens[role]}", "Content-Type": f"application/{kind}+json"}


def listed(events: dict[str, Any] | list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One event or many, as a list."""
    return events if isinstance(events, list) else [events]


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    return [pid, *(below for child in children(pid) for below in family(child))]


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


@contextmanager
def server_for(store: str) -> Iterator[Server | None]:
    """What grounds on a store share: for PostgreSQL a throw-away cluster with durable commits."""
    if store == SQLITE:
        yield None
        return
    with Cluster(own_binaries()) as cluster:
        yield Server("a throw-away cluster with durable commits", cluster.url)


__all__ = ["INSIDE", "STORES", "Case", "Client", "Ground", "Outcome", "PairFailed", "server_for", "wait_until"]
