"""How fast does reporting fold the whole log anew?"""

import json
import time
from collections.abc import Iterator

import orjson

from bench.figures import Figure, beside
from bench.limits.rows import read_entries
from bench.pair import Pair
from bench.stage import Stage


def rebuilding(stage: Stage, pair: Pair) -> Iterator[Figure]:
    """`reporting rebuild` beside the running service, beside reading and decoding the same entries plainly."""

    def rebuild() -> float:
        said = json.loads(pair.asked("reporting", "rebuild", "--json"))
        return float(said["position"] / max(said["seconds"], 0.01))

    def read() -> float:
        began = time.perf_counter()
        entries = [orjson.loads(body) for body in read_entries(stage.store)]
        return len(entries) / (time.perf_counter() - began)

    rate, plain = beside(stage.rounds, rebuild, read)
    aim = "≥ 100,000" if stage.events >= 10_000 else None
    yield Figure("rebuild of all projections", stage.store.name, rate, "events/s", "plain read, decoded", plain, aim)
