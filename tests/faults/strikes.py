"""Faults of processes: killed at random and at named points, told to end, held up. Each strikes while clients post."""

import json
import os
import random
import re
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection

import requests

from bench.pair import Pair, wait_until
from tests.faults.ground import Ground, family
from tests.pair.desk import gift

Strike = Callable[[Ground, random.Random], float]
"""Makes one fault happen and brings the services back; the seconds until they were ready again."""

POINT_SECONDS = 60
HELD_SECONDS = 5
DRAINED, DRAINED_BYTES = 2_000, 4_500_000
"""Events in the batch that is in work when the ledger is told to end, and its size with the blanks after it."""
TAKEN = re.compile(r'^ledger_places_taken\{kind="batches"\} ([0-9.]+)$', re.MULTILINE)
PLACES = 4
"""Batches of so many MiB are that one and no client's."""
DRAINS = 5


def killed(name: str) -> Strike:
    """SIGKILL a service or one of the ledger's processes, and start again what ended."""

    def strike(ground: Ground, chance: random.Random) -> float:
        if name == "checking":  # one that was lost is not replaced at once
            wait_until(lambda: ground.runs(name), POINT_SECONDS, "a checking process")
        began = time.monotonic()
        ground.kill(name)
        if name == "checking":
            _answered(ground)
        ground.struck()
        if name != "checking":
            ground.revive("reporting" if name == "reporting" else "ledger")
        return time.monotonic() - began

    return strike


def at_point(point: str, service: str, calls: int, provoke: Callable[[Ground], None] = lambda _: None) -> Strike:
    """Have a named point kill its process after up to `calls` calls; `provoke` makes it come there."""

    def strike(ground: Ground, chance: random.Random) -> float:
        with armed(ground, point, chance.randrange(calls)) as struck:
            deadline = time.monotonic() + POINT_SECONDS
            while not struck() and time.monotonic() < deadline:
                provoke(ground)
                with suppress(Exception):
                    wait_until(struck, 1, point)
            assert struck(), f"nobody came to the point {point} within {POINT_SECONDS} s"
            began = time.monotonic()
        if not service:
            _answered(ground)
        ground.struck()
        if service:
            ground.revive(service)
        return time.monotonic() - began

    return strike


@contextmanager
def armed(ground: Ground, point: str, calls: int = 0) -> Iterator[Callable[[], bool]]:
    """Arm a point; gives what says whether it has struck."""
    ready, struck = (ground.folder / f"{point}.{state}" for state in ("armed", "struck"))
    draft = ready.with_suffix(".draft")
    draft.write_text(str(calls))
    draft.rename(ready)
    try:
        yield struck.exists
    finally:
        ready.unlink(missing_ok=True)
        struck.unlink(missing_ok=True)


def _answered(ground: Ground) -> None:
    """Until something more was acknowledged."""
    before = len(ground.acknowledged)
    wait_until(lambda: len(ground.acknowledged) > before, POINT_SECONDS, "one more answer")


def command_killed(point: str, calls: int, *words: str) -> Strike:
    """Kill one of the project's commands at a point, beside the running services; run again it does its work."""

    def strike(ground: Ground, chance: random.Random) -> float:
        asked = [*words]
        if words[-1] == "backup":
            asked.append(str(ground.folder / f"backup-{len(list(ground.folder.glob('backup-*')))}.db"))
        with armed(ground, point, chance.randrange(calls)) as struck:
            done = ground.pair.command(*asked, seconds=120)
            assert struck(), f"`{' '.join(asked)}` did not come to the point {point}"
            assert done.returncode == -signal.SIGKILL, done.stderr
        ground.struck()
        if words[-1] == "backup":
            assert not os.path.exists(asked[-1]), "half a backup has the name of a whole one"
        began = time.monotonic()
        done = ground.pair.command(*asked, seconds=120)
        assert done.returncode == 0, f"`{' '.join(asked)}` after its kill: {done.stderr}"
        return time.monotonic() - began

    return strike


def asks(path: str) -> Callable[[Ground], None]:
    """Have the Council ask reporting for something, in vain."""

    def ask(ground: Ground) -> None:
        headers = {"Authorization": f"Bearer {ground.pair.token('auditor')}"}
        with suppress(requests.RequestException):
            requests.get(ground.reporting_url + path, headers=headers, timeout=30)

    return ask


def told_to_end(name: str) -> Strike:
    """SIGTERM a service: it answers what it was asked before, ends with 0, and is started again."""

    def strike(ground: Ground, chance: random.Random) -> float:
        waiting = asked(ground) if name == "ledger" else None
        began = time.monotonic()
        ground.pair.processes[name].terminate()
        ground.struck()
        if waiting is not None:
            waiting()
        code = ground.ended(name)
        assert code == 0, f"{name} ended with {code} after SIGTERM"
        ground.revive(name)
        return time.monotonic() - began

    return strike


def asked(ground: Ground) -> Callable[[], None]:
    """Send the ledger a large batch whole, until it has begun one and not answered; gives what hears its answer."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {ground.pair.token('auditor')}"
        for _ in range(DRAINS):
            connection, hear = _sent(ground)
            while not select.select([connection.sock], [], [], 0)[0]:
                taken = TAKEN.search(session.get(f"{ground.ledger_url}/metrics", timeout=POINT_SECONDS).text)
                if taken and float(taken[1]) >= PLACES:
                    return hear
            hear()
    raise AssertionError(f"{DRAINS} large batches were answered before anybody saw them in work")


def _sent(ground: Ground) -> tuple[HTTPConnection, Callable[[], None]]:
    """Send a large batch; its connection, and what hears its answer, which must say that it is recorded."""
    name = f"drained-{len(ground.said.posted)}"
    events = [gift(f"{name}-{number}", "1.00") for number in range(DRAINED)]
    ground.said.post(events)
    connection = HTTPConnection(ground.pair.ledger_bind, timeout=POINT_SECONDS)
    headers = {"Authorization": f"Bearer {ground.pair.token('finance', name)}"}
    headers["Content-Type"] = "application/cloudevents-batch+json"
    connection.request("POST", "/v1/events", json.dumps(events).ljust(DRAINED_BYTES), headers)

    def hear() -> None:
        answer = connection.getresponse()
        body = json.loads(answer.read())
        assert answer.status in (200, 201), f"a batch that was in work is answered {answer.status}: {body}"
        ground.said.hear(events, answer.status, body, batch=True)
        connection.close()

    return connection, hear


def held_up(name: str, whole: bool = True) -> Strike:
    """SIGSTOP a service, or one process of it, for five seconds; it goes on as if nothing had been."""

    def strike(ground: Ground, chance: random.Random) -> float:
        pids = family(ground.pid(name)) if whole else [ground.pid(name)]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        threading.Event().wait(HELD_SECONDS)
        for pid in reversed(pids):
            os.kill(pid, signal.SIGCONT)
        _answered(ground)
        for service in ("ledger", "reporting"):
            ground.pair.wait_ready(service)
        return 0.0

    return strike


def restored(ground: Ground) -> None:
    """The last backup, verified whole while it is restored into an empty place."""
    backups = sorted(ground.folder.glob("backup-*.db"))
    if not backups:
        return
    place = ground.folder / "restored.db"
    place.unlink(missing_ok=True)
    other = Pair(ground.pair.home, settings={"LEDGER_DATABASE_URL": f"sqlite:///{place}"}, reporting=False)
    done = other.command("ledger", "restore", str(backups[-1]), "--key", ground.pair.vkey, seconds=300)
    assert done.returncode == 0, done.stdout + done.stderr
