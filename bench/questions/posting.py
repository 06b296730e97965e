"""How many facts does the ledger acknowledge a second, one by one and in batches, over HTTP with everything on?"""

from collections.abc import Iterator
from statistics import median

from bench.figures import Figure, per_second
from bench.limits.bare_flask import bare_flask
from bench.limits.rows import raw_insert
from bench.load import Measured
from bench.pair import Pair
from bench.stage import Stage

SINGLES = {1: 400, 8: 400, 64: 80}
"""Clients, and how many events each of them posts."""
BATCHES = {100: 50, 1_000: 10, 10_000: 2}
"""Events per batch, and how many batches each of four clients posts."""
BATCH_CLIENTS = 4
AIMS = {1: None, 8: "≥ 2,000", 64: "≥ 3,000"}
P99_AIM_CLIENTS = 8
BATCH_AIM = 25_000
BATCH_AIM_SHARE = {"raw executemany": 0.15, "raw unnest": 0.5}
"""Events a second, or this share of the limit where that is lower."""


def singles(stage: Stage, pair: Pair) -> Iterator[Figure]:
    """Single events at 1, 8 and 64 clients, beside bare Flask."""
    token = pair.token("finance", "finance-1")
    with bare_flask() as bare:
        for clients, each in SINGLES.items():
            ours, theirs = [], []
            for _ in range(stage.rounds):
                bodies = stage.everyday.bodies(clients, stage.times(each), 1)
                ours.append(_accepted(stage.post(pair.ledger_bind, token, bodies, batch=False)))
                theirs.append(stage.post(bare, token, bodies, batch=False))
            yield from _single_figures(stage, clients, clients * stage.times(each), ours, theirs)


def _single_figures(
    stage: Stage, clients: int, count: int, ours: list[Measured], theirs: list[Measured]
) -> Iterator[Figure]:
    question = f"single posts, {clients} client{'s' if clients > 1 else ''}"
    limit = "bare Flask"
    rate, bare = (per_second(count, [run.seconds for run in runs]) for runs in (ours, theirs))
    middle = median(run.ms(0.5) for run in ours)
    yield Figure(question, stage.store.name, rate, "events/s", limit, bare, AIMS[clients], {"p50 ms": middle})
    tail, bare_tail = (median(run.ms(0.99) for run in runs) for runs in (ours, theirs))
    aim = "≤ 25" if clients == P99_AIM_CLIENTS else None
    yield Figure(f"{question}, p99", stage.store.name, tail, "ms", limit, bare_tail, aim)


def batches(stage: Stage, pair: Pair) -> Iterator[Figure]:
    """Batches of 100, 1,000 and 10,000 by four clients, beside raw inserts of the same bytes in the same groups."""
    token = pair.token("finance", "finance-1")
    limit = "raw unnest" if stage.store.is_postgres else "raw executemany"
    for size, each in BATCHES.items():
        size = max(2, stage.times(size))
        requests = stage.times(each)
        count, rates, limits, tails = BATCH_CLIENTS * requests * size, [], [], []
        for _ in range(stage.rounds):
            bodies = stage.everyday.bodies(BATCH_CLIENTS, requests, size)
            measured = _accepted(stage.post(pair.ledger_bind, token, bodies, batch=True))
            rates.append(count / measured.seconds)
            tails.append(measured.ms(0.99))
            with raw_insert(stage.store) as write:
                limits.append(count / write(stage.rows(count), size))
        more = {"p99 ms": median(tails)}
        question = f"batches of {size:,}, {BATCH_CLIENTS} clients"
        aim = f"≥ {min(BATCH_AIM, BATCH_AIM_SHARE[limit] * median(limits)):,.0f}" if size >= 100 else None
        yield Figure(question, stage.store.name, median(rates), "events/s", limit, median(limits), aim, more)


def _accepted(measured: Measured) -> Measured:
    assert not measured.others, f"not everything was accepted: {measured.statuses}"
    return measured
