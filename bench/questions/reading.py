"""How long does a report take on a history of this length, and a balance as known at any position?"""

from collections.abc import Iterator
from functools import partial
from random import Random

from bench.figures import Figure, beside
from bench.pair import Pair
from bench.stage import Reader, Stage


def reading(stage: Stage, pair: Pair) -> Iterator[Figure]:
    """The annual report live, and the Facility as known at random positions, beside the cheapest answer there is."""
    reader, rng, store = Reader(pair), Random(stage.events), stage.store.name
    year = stage.everyday.year
    least = "GET /livez"
    after = f"at {stage.events:,} events"
    alive = partial(reader.seconds, "/livez")
    reader.get(f"/v1/reports/{year}.json")

    def known() -> float:
        position = rng.randint(stage.position // 2, stage.position)
        return reader.seconds(f"/v1/facility?year={year}&known_at={position}")

    rounds = max(stage.rounds, 3)
    took, bare = beside(rounds, partial(reader.seconds, f"/v1/reports/{year}.json"), alive)
    yield Figure(f"annual report, live, {after}", store, 1000 * took, "ms", least, 1000 * bare, "≤ 100")
    took, bare = beside(rounds, known, alive)
    yield Figure(f"balances as known at any position, {after}", store, 1000 * took, "ms", least, 1000 * bare, "≤ 10")
