"""The stage of every question: a history posted over HTTP to real services on one store."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from bench.demo import Poster
from bench.everyday import Everyday
from bench.limits.rows import Row, read_entries, rows_of
from bench.load import BATCH, EVENT, Generator, Measured, Request
from bench.pair import Pair, wait_until
from bench.stores import Store
from bench.workload.canonical import canonical, grouped

HISTORY_BATCH = 1_000
CATCH_UP_SECONDS = 1_800


class Stage:
    """One store with a history of `events` posted facts, and the load generator.

    `rounds` is how often everything is measured, `share` how much of the full load is sent.
    """

    def __init__(self, store: Store, events: int, generator: Generator, rounds: int, share: float) -> None:
        self.store = store
        self.events = events
        self.generator = generator
        self.rounds = rounds
        self.share = share
        self.everyday = Everyday()
        self.position = 0
        self.history_seconds = 0.0
        self._binds: tuple[str | None, str | None] = (None, None)

    def times(self, full: int) -> int:
        """How often something is done in this run, of `full` times in a full one."""
        return max(1, round(full * self.share))

    @contextmanager
    def services(self, *, reporting: bool = True) -> Iterator[Pair]:
        """The running services, reporting too unless told otherwise."""
        folder = self.store.folder
        output = folder / "services.log"
        with Pair(folder, *self._binds, settings=self.store.settings, output=output, reporting=reporting) as pair:
            self._binds = (pair.ledger_bind, pair.reporting_bind)
            yield pair

    def post_history(self, pair: Pair) -> None:
        """Post the canonical history in order by one client, and wait until reporting has folded it."""
        poster = Poster(pair)
        steps = list(grouped(canonical(self.events), HISTORY_BATCH))
        began = time.monotonic()
        for step in steps:
            poster.post(step)
            self.everyday.saw(step)
        self.history_seconds = time.monotonic() - began
        self.position = poster.position
        reader = Reader(pair)
        wait_until(lambda: reader.position() >= self.position, CATCH_UP_SECONDS, "reporting to catch up")

    def post(self, bind: str, token: str, bodies: list[list[bytes]], *, batch: bool) -> Measured:
        """Send prepared bodies to an address, one client per list."""
        return self.generator.load(Request(bind, token, BATCH if batch else EVENT), bodies)

    def rows(self, count: int) -> list[Row]:
        """The last entries as the ledger stored them."""
        return rows_of(read_entries(self.store)[-count:])


class Reader:
    """Asks reporting over one kept connection."""

    def __init__(self, pair: Pair) -> None:
        self._url = pair.reporting_url
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {pair.token('auditor')}"

    def get(self, path: str) -> bytes:
        """The body of an answer; AssertionError unless it is 200."""
        answer = self._session.get(self._url + path, timeout=600)
        assert answer.status_code == 200, f"GET {path}: {answer.status_code} {answer.text[:300]}"
        return answer.content

    def seconds(self, path: str) -> float:
        """How long one GET takes."""
        began = time.perf_counter()
        self.get(path)
        return time.perf_counter() - began

    def position(self) -> int:
        """The position that reporting's figures are at."""
        answer = self._session.get(f"{self._url}/v1/facility?year=2010", timeout=600)
        said: dict[str, Any] = answer.json()
        return int(said["position"])


def peak_bytes(home: Path) -> dict[str, int]:
    """Peak resident memory of the running services of one FUND_HOME, by service, all its processes added up."""
    found: dict[str, int] = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and (service := _service(process, home)):
            found[service] = found.get(service, 0) + _high_water(process)
    return found


def _service(process: Path, home: Path) -> str | None:
    try:
        environ = (process / "environ").read_bytes().split(b"\0")
        command = (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    if f"FUND_HOME={home}".encode() not in environ:
        return None
    names = {os.path.basename(word).decode(errors="replace").partition("_service.")[0] for word in command}
    return next((name for name in ("ledger", "reporting") if name in names), None)


def _high_water(process: Path) -> int:
    try:
        lines = (process / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)
