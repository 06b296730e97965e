"""Watching both services while they work: memory of each process, what waits, how far reporting is behind."""

import contextlib
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from bench.pair import Pair

METRIC = re.compile(r"^(\w+)(?:\{[^}]*\})? ([0-9.e+]+)$", re.MULTILINE)
PROCESSES = {
    "ledger_service.recording": "writer",
    "ledger_service.api.apart": "checks",
    "/ledger": "doors",
    "/reporting": "reporting",
}
"""Processes by a word of their command line; of several with the same word the largest is meant."""


@dataclass(frozen=True)
class Seen:
    """One look: when (monotonic), resident bytes by process, requests waiting, entries behind, time of a /readyz."""

    at: float
    bytes: dict[str, int]
    position: int
    queued: int
    lag: int
    ready_seconds: float | None
    """None when it was not answered with 200."""

    @property
    def total(self) -> int:
        """Resident bytes of all processes."""
        return sum(self.bytes.values())


@dataclass
class Watch:
    """What was seen so far."""

    seen: list[Seen] = field(default_factory=list)

    def between(self, first: float, last: float) -> list[Seen]:
        """The looks taken from one moment to another."""
        return [one for one in self.seen if first <= one.at < last]


@contextmanager
def watching(pair: Pair, every: float) -> Iterator[Watch]:
    """Look at both services from time to time, on a thread."""
    watch, ending, failed = Watch(), threading.Event(), list[Exception]()
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {pair.token('auditor')}"

    def look() -> None:
        try:
            while True:
                watch.seen.append(_look(pair, session))
                if ending.wait(every):
                    break
        except Exception as error:  # noqa: BLE001 - told where the watching ends
            failed.append(error)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        ending.set()
        thread.join()
    if failed:
        raise failed[0]


def _look(pair: Pair, session: requests.Session) -> Seen:
    ledger, reporting = (_metrics(session, url) for url in (pair.ledger_url, pair.reporting_url))
    return Seen(
        time.monotonic(),
        resident(pair.home),
        int(ledger.get("ledger_position", 0)),
        int(ledger.get("ledger_queue_requests", 0)),
        int(reporting.get("reporting_lag", 0)),
        _ready_seconds(session, pair.ledger_url),
    )


def _metrics(session: requests.Session, url: str) -> dict[str, float]:
    answer = session.get(f"{url}/metrics", timeout=10)
    answer.raise_for_status()
    return {name: float(value) for name, value in METRIC.findall(answer.text)}


def _ready_seconds(session: requests.Session, url: str) -> float | None:
    began = time.perf_counter()
    try:
        answer = session.get(f"{url}/readyz", timeout=10)
    except requests.RequestException:
        return None
    return time.perf_counter() - began if answer.status_code == 200 else None


def resident(home: Path) -> dict[str, int]:
    """Resident bytes of the running services of one FUND_HOME by process, without those that only supervise."""
    return {name: size for name, (_, size) in largest(home).items()}


def largest(home: Path) -> dict[str, tuple[Path, int]]:
    """The same processes, as folders of /proc, and how large each is."""
    found: dict[str, tuple[Path, int]] = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and (name := _name(process, home)):
            seen = process, _resident(process)
            found[name] = max(found.get(name, seen), seen, key=lambda one: one[1])
    return found


def _name(process: Path, home: Path) -> str | None:
    try:
        environ = (process / "environ").read_bytes().split(b"\0")
        command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return None
    if f"FUND_HOME={home}".encode() not in environ:
        return None
    return next((name for word, name in PROCESSES.items() if word in command), None)


def _resident(process: Path) -> int:
    with contextlib.suppress(OSError):
        return int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0
