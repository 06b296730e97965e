"""`python -m bench.unwanted`: how an ordinary poster fares beside clients that nobody wants, kind by kind."""

import sys

from bench.load import generator
from bench.nuisances import NUISANCES
from bench.open_loop import Offer, OpenLoop, Window, open_loop, together
from bench.pair import Pair
from bench.runs import MEGABYTE, Run, Verdict, measure_each
from bench.stage import Stage
from bench.watching import resident

RATE = 100.0
SECONDS = 15.0
HISTORY = 2_000
P99_TIMES, AT_LEAST_MS = 3.0, 25.0


def beside(stage: Stage, pair: Pair, seconds: float, share: float = 1.0) -> Run:
    """The poster alone, and beside each kind of client, `share` of as many as in a full run."""
    with open_loop(pair.ledger_bind, pair.token("finance", "finance-1")) as load:
        alone = _posting(load, stage, seconds)
        bound = max(AT_LEAST_MS, P99_TIMES * alone.ms(0.99))
        verdicts = [Verdict("alone: p99, ms", alone.ms(0.99), "", f"p50 {alone.ms(0.5):.1f}")]
        for name, (nuisance, clients) in NUISANCES.items():
            number = max(1, round(share * clients))
            before = sum(resident(pair.home).values())
            with nuisance(pair, number):
                window = _posting(load, stage, seconds)
            grown = (sum(resident(pair.home).values()) - before) / MEGABYTE
            more = f"p50 {window.ms(0.5):.1f}; memory {grown:+.0f} MB"
            refused = len(window.shed) + sum(window.others.values())
            verdicts.append(Verdict(f"{number:,} × {name}: p99, ms", window.ms(0.99), f"≤ {bound:.1f}", more))
            verdicts.append(Verdict(f"{number:,} × {name}: posts not accepted", refused, "≤ 0"))
    said = {"poster": f"{RATE:g} events/s by the clock, {seconds:g} s beside each"}
    return Run("unwanted", stage.store.name, said, [], verdicts)


def _posting(load: OpenLoop, stage: Stage, seconds: float) -> Window:
    return together(load.offer(stage.everyday, Offer(seconds, RATE)).result())


def measured(kind: str, seconds: float, history: int = HISTORY, share: float = 1.0) -> Run:
    """One run on a store of its own."""
    from bench.__main__ import stage

    with generator() as load, stage(kind, history, load, 1, 1.0) as at, at.services() as pair:
        at.post_history(pair)
        return beside(at, pair, seconds, share)


def main() -> int:
    """Measure on each store, print the table, keep it; 1 when an aim was missed."""
    return measure_each("unwanted", __doc__, "seconds", SECONDS, measured)


if __name__ == "__main__":
    sys.exit(main())
