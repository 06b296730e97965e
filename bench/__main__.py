"""`make bench`: the figures of both services on this machine, over HTTP, with durable commits."""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from statistics import median

import requests
from rich.console import Console
from rich.table import Table

from bench.demo import Council, Poster
from bench.load import Measured, Request, load
from bench.pair import Pair, wait_until
from bench.workload.canonical import canonical, grouped

Figures = dict[str, str]


class Bench:
    """One pair with a history of `events` entries, and what is measured on it."""

    def __init__(self, pair: Pair, requests_per_client: int) -> None:
        self.pair = pair
        self._each = requests_per_client
        self._numbers = count(1)
        self._token = pair.token("finance", "bench-1")
        self._council = Council(pair)

    def history(self, events: int) -> Iterator[tuple[str, str]]:
        """Post the canonical history in large batches, and wait until reporting has folded it."""
        poster, began = Poster(self.pair), time.monotonic()
        for step in grouped(canonical(events), 1000):
            poster.post(step)
        posted = time.monotonic() - began
        wait_until(lambda: self._position() >= poster.position, 600, "reporting to catch up")
        yield f"history of {events:,} events, one client", f"{events / posted:,.0f} events/s"
        yield "bytes on disk per event, ledger", f"{self._size('ledger.db') / poster.position:,.0f}"
        yield "bytes on disk per event, reporting", f"{self._size('reporting.db') / poster.position:,.0f}"

    def single(self, clients: int) -> Iterator[tuple[str, str]]:
        """One event per POST."""
        measured = self._load(clients, 1, self._each)
        yield f"single POST, {clients} clients", _rate(measured, 1)

    def batches(self, clients: int, size: int) -> Iterator[tuple[str, str]]:
        """Atomic batches."""
        measured = self._load(clients, size, max(2, self._each // 20))
        yield f"batch of {size}, {clients} clients", _rate(measured, size)

    def visible(self) -> Iterator[tuple[str, str]]:
        """From the ledger's answer to reporting's."""
        waits = sorted(self._one_visible() for _ in range(max(2, self._each // 20)))
        text = f"median {1000 * median(waits):.0f} ms, worst of {len(waits)}: {1000 * waits[-1]:.0f} ms"
        yield "acknowledged to visible in reporting", text

    def answers(self) -> Iterator[tuple[str, str]]:
        """Reading, on the whole history."""
        yield "annual report, live", _milliseconds(lambda: self._council.report(2010, "json"))
        yield "facility, live", _milliseconds(lambda: self._council.facility(2010))

    def start_up(self) -> Iterator[tuple[str, str]]:
        """From SIGKILL to ready."""
        self.pair.kill_ledger()
        began = time.monotonic()
        self.pair.start_ledger()
        yield "ledger, start to ready", f"{time.monotonic() - began:.2f} s"

    def _load(self, clients: int, size: int, each: int) -> Measured:
        kind = "application/cloudevents+json" if size == 1 else "application/cloudevents-batch+json"
        bodies = [[self._body(size) for _ in range(each)] for _ in range(clients)]
        return load(Request(self.pair.ledger_bind, self._token, kind), bodies)

    def _body(self, size: int) -> bytes:
        events = [self._gift() for _ in range(size)]
        return json.dumps(events[0] if size == 1 else events).encode()

    def _gift(self) -> dict[str, object]:
        number = next(self._numbers)
        data = {"contribution": f"B-{number}", "donor": "D-1", "line": "line-2", "amount": "10.00", "currency": "USD"}
        return {
            "specversion": "1.0",
            "id": f"bench-{number}",
            "source": "https://bench.example",
            "type": "fund1035.contribution.received.v1",
            "data": data | {"on": "2026-01-05", "reference": f"bench {number}"},
        }

    def _position(self) -> int:
        position: int = self._council.facility(2010)["position"]
        return position

    def _one_visible(self) -> float:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/cloudevents+json"}
        url = f"{self.pair.ledger_url}/v1/events"
        answer = requests.post(url, data=self._body(1), headers=headers, timeout=30)
        position, began = answer.json()["position"], time.monotonic()
        wait_until(lambda: self._position() >= position, 60, "one event to be visible")
        return time.monotonic() - began

    def _size(self, name: str) -> int:
        return sum(path.stat().st_size for path in self.pair.home.glob(f"{name}*"))


def _rate(measured: Measured, size: int) -> str:
    rate = size * len(measured.latencies) / measured.seconds
    refused = f", {measured.others} not 201" if measured.others else ""
    p50, p99 = measured.percentile(0.5), measured.percentile(0.99)
    return f"{rate:,.0f} events/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms{refused}"


def _milliseconds(ask: Callable[[], object]) -> str:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        ask()
        times.append(time.perf_counter() - began)
    return f"{1000 * median(times):.0f} ms"


def measure(pair: Pair, events: int, each: int) -> Figures:
    """Every figure, by its name."""
    bench = Bench(pair, each)
    figures: Figures = {}
    for part in (
        bench.history(events),
        bench.single(8),
        bench.single(64),
        bench.batches(4, 100),
        bench.batches(4, 1000),
        bench.visible(),
        bench.answers(),
        bench.start_up(),
    ):
        figures |= part
    return figures


def main() -> int:
    """Measure and print; `--json` for machines."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=20_000, help="entries of history (default 20,000)")
    options.add_argument("--each", type=int, default=200, help="single POSTs per client (default 200)")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    home = Path(tempfile.mkdtemp(prefix="fund-bench-"))
    try:
        with Pair(home, output=home / "services.log") as pair:
            figures = measure(pair, chosen.events, chosen.each)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    if chosen.json:
        print(json.dumps(figures, indent=1))
        return 0
    table = Table("Figure", "Measured here")
    for name, figure in figures.items():
        table.add_row(name, figure)
    Console().print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
