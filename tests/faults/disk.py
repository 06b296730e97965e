"""Faults of the disk: full, failing on write and on fsync, read-only; and what is stored changed or put back.

A service says that it takes nothing, and why, or does not start and says why; it goes on when the disk does.
"""

import json
import pwd
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import psycopg
import requests

from bench.pair import wait_until
from tests.clusters import Cluster, server_user
from tests.databases import own_binaries
from tests.faults import stored
from tests.faults.ground import SQLITE, Case, Ground, Outcome, listed
from tests.faults.small_disks import SmallDisk, UnmountedDisk, can_mount, small_disk
from tests.pair.desk import Desk, gift

SMALL = 6 << 20
CLUSTER = 128 << 20
CLUSTER_SETTINGS = {"max_wal_size": "32MB", "min_wal_size": "32MB", "wal_keep_size": "0", "shared_buffers": "16MB"}
FULL, FAILS = "its disk is full", "its disk fails, or it does not answer"
TAKES_NOTHING = "the reporting database takes nothing"
NO_MOUNT = "not run: nobody but root can mount a small disk for a whole server"
MANY = 400
TRIES = 200


class Asking:
    """A client that wants to know of each answer, 503 too."""

    def __init__(self, ground: Ground) -> None:
        self._ground, self._desk, self._made = ground, Desk(ground.pair, "asking"), 0
        self.refused: Any = None

    def post(self, count: int = 1) -> requests.Response:
        """Post new gifts once; the answer must be a receipt, or a problem document that says when to ask again."""
        self._made += 1
        made = [gift(f"disk-{self._made}-{part}", "1.00") for part in range(count)]
        return self.again(made if count > 1 else made[0])

    def again(self, posted: Any) -> requests.Response:
        """Post once, new or not."""
        self._ground.said.post(listed(posted))
        answer = self._desk.post(posted)
        assert answer.status_code in (200, 201, 503), answer.text
        if answer.status_code == 503:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert int(answer.headers["Retry-After"]) > 0
            self.refused = posted
        else:
            self._ground.said.hear(listed(posted), answer.status_code, answer.json(), batch=isinstance(posted, list))
        return answer

    def until_refused(self, count: int) -> str:
        """Post new gifts until the ledger takes no more; what it says."""
        for _ in range(TRIES):
            if (answer := self.post(count)).status_code == 503:
                return str(answer.json()["detail"])
        raise AssertionError(f"the ledger took {TRIES} times {count} gifts on a small disk")


def _ready(ground: Ground, service: str = "ledger") -> tuple[int, str]:
    """What /readyz answers: status, and the detail of a problem."""
    url = ground.ledger_url if service == "ledger" else ground.reporting_url
    answer = requests.get(f"{url}/readyz", timeout=30)
    return answer.status_code, str(answer.json().get("detail", ""))


def _goes_on(ground: Ground, asking: Asking) -> float:
    """What was refused is posted again until it is recorded, without a restart; the seconds until both are well."""
    began = time.monotonic()
    wait_until(lambda: asking.again(asking.refused).status_code in (200, 201), 60, "the ledger to take posts again")
    wait_until(lambda: _ready(ground)[0] == 200, 10, "the ledger to be ready again")
    return time.monotonic() - began


def _judged(ground: Ground, faults: int, seconds: float, said: str) -> Outcome:
    lost, doubled = ground.check()
    ground.verify()
    ground.stop()
    return Outcome(len(ground.acknowledged), faults, lost, doubled, seconds, said)


@contextmanager
def _failing(ground: Ground, what: str, file: str) -> Iterator[None]:
    """Calls to write ("write", "full") or to sync ("sync") a file fail."""
    said = ground.folder / "disk"
    said.write_text(f"{what} {file}")
    try:
        yield
    finally:
        said.unlink()


def full(ground: Ground, chance: random.Random) -> Outcome:
    """The disk of the ledger's database fills up while it is posted to; somebody makes room."""
    if ground.store != SQLITE:
        return _full_cluster(ground, chance)
    if not can_mount():
        return failing("full", FULL, ground, chance)
    with small_disk(ground.folder / "small", SMALL) as disk:
        ground.settings["LEDGER_DATABASE_URL"] = f"sqlite:///{disk.folder}/ledger.db"
        ground.start()
        asking = Asking(ground)
        said = _until_full(ground, asking, disk)
        assert "disk is full" in said, said
        if chance.random() < 0.5:
            ground.kill("ledger")
            disk.make_room()
            ground.revive("ledger")
        disk.make_room()
        seconds = _goes_on(ground, asking)
        return _judged(ground, 1, seconds, said)


def _until_full(ground: Ground, asking: Asking, disk: SmallDisk) -> str:
    """Fill the disk, then post; what the ledger says. It still answers what it knows, and says that it is not ready."""
    asking.post(MANY)
    disk.fill(left=disk.room // 8)
    said = asking.until_refused(MANY)
    disk.fill()
    asking.until_refused(1)
    assert (found := _ready(ground)) == (503, f"The ledger's database takes nothing: {FULL}."), found
    ground.read("/v1/facility", year=2008)
    return said


def _full_cluster(ground: Ground, chance: random.Random) -> Outcome:
    """The same for PostgreSQL: its whole data folder is on the small disk."""
    if not can_mount():
        return Outcome(0, 0, 0, 0, 0.0, NO_MOUNT)
    cluster = Cluster(own_binaries(), CLUSTER_SETTINGS)
    with ExitStack() as stack:
        stack.callback(cluster.remove)
        disk = stack.enter_context(small_disk(cluster.data, CLUSTER, str(pwd.getpwnam(server_user()).pw_uid)))
        stack.callback(cluster.stop)
        cluster.make().start()
        for name in ("ledger", "reporting"):
            with psycopg.connect(cluster.url(), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            ground.settings[f"{name.upper()}_DATABASE_URL"] = cluster.url(name)
        ground.start()
        stack.callback(ground.stop)
        asking = Asking(ground)
        asking.post(MANY)
        disk.fill()
        said = asking.until_refused(MANY)
        disk.make_room()
        _answers_again(cluster)
        seconds = _goes_on(ground, asking)
        return _judged(ground, 1, seconds, said)


def _answers_again(cluster: Cluster) -> None:
    """Start the server again where it ended because it could not write its log."""
    if cluster.ended:
        cluster.start()


def failing(what: str, why: str, ground: Ground, chance: random.Random) -> Outcome:
    """SQLite's calls fail while clients post; in half of all seeds the ledger is killed in that state, too."""
    ground.plant("failing_disk")
    ground.start()
    asking = Asking(ground)
    asking.post(20)
    with _failing(ground, what, "ledger.db"):
        said = asking.until_refused(chance.choice((1, 20)))
        assert (found := _ready(ground)) == (503, f"The ledger's database takes nothing: {why}."), found
        ground.read("/v1/facility", year=2008)
        killed = chance.random() < 0.5
        if killed:
            ground.kill("ledger")
    began = time.monotonic()
    if killed:
        ground.revive("ledger")
    _goes_on(ground, asking)
    return _judged(ground, 1, time.monotonic() - began, said)


def reporting_failing(ground: Ground, chance: random.Random) -> Outcome:
    """Reporting's disk takes nothing: it answers what it knows, says why it lags, and catches up by itself."""
    ground.plant("failing_disk")
    ground.start()
    asking = Asking(ground)
    asking.post(20)
    with _failing(ground, chance.choice(("full", "write", "sync")), "reporting.db"):
        position = asking.post(20).json()["receipts"][-1]["position"]
        wait_until(lambda: TAKES_NOTHING in ground.output, 20, "reporting to say why")
        assert _known(ground) < position
    began = time.monotonic()
    wait_until(lambda: _known(ground) >= position, 30, "reporting to catch up")
    said = next(json.loads(line)["trouble"] for line in ground.output.splitlines() if TAKES_NOTHING in line)
    return _judged(ground, 1, time.monotonic() - began, said)


def _known(ground: Ground) -> int:
    return int(ground.read("/v1/facility", "reporting", year=2008).json()["position"])


def read_only(ground: Ground, chance: random.Random) -> Outcome:
    """The ledger is started on a database that it may not write to: it says so and ends; writable again, it starts."""
    with ExitStack() as stack:
        if ground.store == SQLITE:
            folder = ground.folder / "small"
            disk = stack.enter_context(small_disk(folder, SMALL)) if can_mount() else UnmountedDisk(folder)
            ground.settings["LEDGER_DATABASE_URL"] = f"sqlite:///{disk.folder}/ledger.db"
            lock, unlock = partial(disk.remount, "ro"), partial(disk.remount, "rw")
        else:
            lock, unlock = partial(_default_read_only, ground, "on"), partial(_default_read_only, ground, "off")
        ground.start()
        asking = Asking(ground)
        asking.post(20)
        ground.stop()
        lock()
        code, said = stored.started(ground, "ledger")
        assert code == 3, (code, said)
        unlock()
        began = time.monotonic()
        ground.start()
        seconds = time.monotonic() - began
        asking.post(20)
        return _judged(ground, 1, seconds, said)


def _default_read_only(ground: Ground, how: str) -> None:
    url = ground.settings["LEDGER_DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {how}")


CASES: dict[str, Case] = {
    "full": full,
    "io-error-on-write": partial(failing, "write", FAILS),
    "io-error-on-fsync": partial(failing, "sync", FAILS),
    "full-at-once": partial(failing, "full", FULL),
    "reporting-takes-nothing": reporting_failing,
    "read-only": read_only,
    **stored.CASES,
}
SQLITES = ("io-error-on-write", "io-error-on-fsync", "full-at-once", "reporting-takes-nothing")
ONLY = dict.fromkeys(SQLITES, SQLITE) | stored.ONLY
"""Cases that strike SQLite's own files; PostgreSQL looks after its files itself."""
