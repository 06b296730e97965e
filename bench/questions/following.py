"""How long after its acknowledgement does reporting show a fact?"""

import time
from collections.abc import Iterator
from statistics import median

import requests

from bench.figures import Figure, percentile
from bench.load import EVENT
from bench.pair import Pair, PairFailed
from bench.stage import Reader, Stage

POSTS = 100
VISIBLE_SECONDS = 60


def following(stage: Stage, pair: Pair) -> Iterator[Figure]:
    """From the ledger's answer to the first answer of reporting that holds the fact, beside one such answer."""
    reader = Reader(pair)
    session = requests.Session()
    headers = {"Authorization": f"Bearer {pair.token('finance', 'finance-1')}", "Content-Type": EVENT}
    waits, asked = [], []
    for body in stage.everyday.bodies(1, max(5, stage.times(POSTS)), 1)[0]:
        answer = session.post(f"{pair.ledger_url}/v1/events", data=body, headers=headers, timeout=60)
        assert answer.status_code == 201, answer.text
        waits.append(_until_visible(reader, answer.json()["position"]))
        asked.append(reader.seconds("/v1/facility?year=2010"))
    tail, one = 1000 * percentile(waits, 0.99), 1000 * median(asked)
    more = {"p50 ms": 1000 * median(waits)}
    question = "acknowledged to visible in reports, p99"
    yield Figure(question, stage.store.name, tail, "ms", "one GET of it", one, "≤ 1,000", more)


def _until_visible(reader: Reader, position: int) -> float:
    began = time.perf_counter()
    while reader.position() < position:
        if time.perf_counter() - began > VISIBLE_SECONDS:
            raise PairFailed(f"position {position} was not visible within {VISIBLE_SECONDS} s")
    return time.perf_counter() - began
