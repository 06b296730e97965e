"""How long does the annual report take from a cold start, without any service?"""

import resource
import subprocess
import sys
import time
from collections.abc import Iterator

from bench.figures import Figure, beside
from bench.pair import Pair
from bench.stage import Stage


def offline(stage: Stage, pair: Pair) -> Iterator[Figure]:
    """`reporting report YEAR` as a process of its own, beside a Python that imports nothing and ends."""

    def report() -> float:
        began = time.perf_counter()
        pair.asked("reporting", "report", str(stage.everyday.year))
        return time.perf_counter() - began

    def nothing() -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", ""], check=True)
        return time.perf_counter() - began

    took, bare = beside(stage.rounds, report, nothing)
    question = f"annual report, cold, at {stage.events:,} events"
    more = {"peak MB of any command so far": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000}
    yield Figure(question, stage.store.name, took, "s", "an empty Python", bare, "≤ 4", more)
