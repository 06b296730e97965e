"""UmaDB, an event store with conditional appends, through its own wheel: no validation, no authorisation, no rules."""

import subprocess
import sys
import tempfile
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from bench.figures import ROUNDS, Figure
from bench.pair import free_bind, wait_until
from bench.peers.absent import Absent

BATCH = 1_000
BATCHES = 10
DATA = b'{"amount":"1250.00","currency":"USD","kind":"project-overhead","on":"2025-12-31"}' + b" " * 240


def umadb(_: int) -> list[Figure]:
    """Batches of 1,000 by one client; Absent when the wheel is not installed."""
    program = Path(sys.executable).parent / "umadb"
    if find_spec("umadb") is None or not program.exists():
        raise Absent("install the wheel umadb beside the project's packages")
    client_module: Any = import_module("umadb")
    bind = free_bind()
    with tempfile.TemporaryDirectory(prefix="fund-bench-") as folder:
        server = subprocess.Popen(
            [program, "--listen", bind, "--db-path", str(Path(folder) / "uma.db")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            client = client_module.Client(f"http://{bind}")
            wait_until(lambda: _answers(client), 20, "UmaDB to answer")
            rates = [_round(client_module, client) for _ in range(ROUNDS)]
        finally:
            server.terminate()
            server.wait(20)
    return [Figure("UmaDB, batches of 1,000, 1 client", "its own", median(rates), "events/s", peer=True)]


def _round(module: Any, client: Any) -> float:
    events = [module.Event("received", DATA, ["line-1"]) for _ in range(BATCH)]
    began = time.perf_counter()
    for _ in range(BATCHES):
        client.append(events)
    return BATCH * BATCHES / (time.perf_counter() - began)


def _answers(client: Any) -> bool:
    try:
        client.head()
    except Exception:  # noqa: BLE001 - its own errors, whatever they are called
        return False
    return True
