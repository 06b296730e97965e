"""How long from the start of the ledger's process to its readiness, after a SIGKILL?"""

import time
from collections.abc import Iterator

from bench.figures import Figure, beside
from bench.limits.rows import read_entries
from bench.pair import Pair
from bench.stage import Stage

AIMS = {100_000: "≤ 2", 1_000_000: "≤ 10"}


def starting(stage: Stage, pair: Pair) -> Iterator[Figure]:
    """Start-up, beside reading all entries plainly."""

    def start() -> float:
        pair.kill_ledger()
        began = time.perf_counter()
        pair.start_ledger()
        return time.perf_counter() - began

    def read() -> float:
        began = time.perf_counter()
        read_entries(stage.store)
        return time.perf_counter() - began

    took, plain = beside(stage.rounds, start, read)
    question = f"ledger, start to ready, at {stage.events:,} events"
    yield Figure(question, stage.store.name, took, "s", "plain read", plain, AIMS.get(stage.events))
