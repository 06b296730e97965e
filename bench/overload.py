"""`python -m bench.overload`: twice what the ledger can do, for minutes; what becomes of it, and of what is accepted.

First the sustainable rate is found: the largest by the clock at which nobody is turned away, while reporting follows.
Then, at a tenth of it, the latency without load; then the double of it, from clients that do not care; then the tenth
again, to see how soon it is as before.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.load import generator
from bench.open_loop import Offer, Window, open_loop, together
from bench.pair import Pair
from bench.runs import Row, Run, Verdict, measure_each, rows_of
from bench.stage import Stage
from bench.sustained import sustained
from bench.watching import Watch, watching

CALM_SHARE = 0.1
TIMES = 2.0
HISTORY = 2_000
LOOKS = 30
"""In each minute."""
P99_TIMES, GROWTH_MAX, RECOVERY_MAX = 3.0, 0.05, 5.0
AS_BEFORE_TIMES = 2.0


@dataclass(frozen=True)
class Lengths:
    """How many seconds each part takes."""

    finding: float
    """Each rate that is tried."""
    calm: float
    load: float
    minute: float = 60.0
    """What a row of the table is about."""
    recovery: float = 15.0

    @property
    def look(self) -> float:
        """How long from one look at the services to the next."""
        return self.minute / LOOKS


def overloaded(stage: Stage, pair: Pair, lengths: Lengths) -> Run:
    """Offer twice the sustainable rate, and see."""
    with open_loop(pair.ledger_bind, pair.token("finance", "finance-1")) as load, watching(pair, lengths.look) as watch:
        sustainable = sustained(load, stage.everyday, lengths.finding)
        calm = together(load.offer(stage.everyday, Offer(lengths.calm, CALM_SHARE * sustainable.rate)).result())
        began = time.monotonic()
        windows = load.offer(stage.everyday, Offer(lengths.load, TIMES * sustainable.rate)).result()
        after = load.offer(stage.everyday, Offer(lengths.recovery, CALM_SHARE * sustainable.rate)).result()
        rows = rows_of(windows, watch, began, lengths.minute)
    said = {
        "sustainable": str(sustainable),
        "unloaded": f"{CALM_SHARE * sustainable.rate:,.0f} events/s by the clock: "
        f"p50 {calm.ms(0.5):.1f} ms, p99 {calm.ms(0.99):.1f} ms",
        "offered": f"{TIMES * sustainable.rate:,.0f} events/s by the clock for {lengths.load / 60:g} minutes",
    }
    return Run("overload", stage.store.name, said, rows, _verdicts(calm, windows, after, rows, watch, began))


def _verdicts(
    calm: Window, windows: list[Window], after: list[Window], rows: list[Row], watch: Watch, began: float
) -> list[Verdict]:
    whole = together(windows)
    p99, growth = whole.ms(0.99), _growth(rows)
    bound, recovered = P99_TIMES * calm.ms(0.99), recovery(calm, after)
    ends = ", ".join(f"{count} × {end}" for end, count in whole.others.items())
    lag = [seen.lag for seen in watch.between(began + len(windows) + RECOVERY_MAX, time.monotonic())]
    return [
        Verdict("p99 of what is accepted, ms", p99, f"≤ {bound:.1f}", f"{P99_TIMES:g} × {calm.ms(0.99):.1f} unloaded"),
        Verdict("p99 until somebody is turned away, ms", whole.shed_ms(0.99), ""),
        Verdict("how late the sender was, p99, ms", whole.late_ms(0.99), "", "latencies count from when it was due"),
        Verdict("answers that are neither accepted nor 503 with Retry-After", sum(whole.others.values()), "≤ 0", ends),
        Verdict("growth of memory after the first minute, %", 100 * growth, f"≤ {100 * GROWTH_MAX:g}"),
        Verdict("seconds until it is as before", recovered, f"≤ {RECOVERY_MAX:g}"),
        Verdict(f"entries reporting is behind {RECOVERY_MAX:g} s after", max(lag, default=0), ""),
    ]


def _growth(rows: list[Row]) -> float:
    """How much more memory all processes have together at the end than after the first row, as a share."""
    first, last = sum(rows[0].bytes.values()), sum(rows[-1].bytes.values())
    return last / first - 1 if first else 0.0


def recovery(calm: Window, after: Sequence[Window]) -> float:
    """Seconds from the end of the load to the first three seconds in which nobody is turned away, and half of all
    answers take no more than twice what they took before; all of the time when there are none."""
    good = [
        not window.shed and not window.others and window.ms(0.5) <= AS_BEFORE_TIMES * calm.ms(0.5) for window in after
    ]
    return next((float(at) for at in range(len(good)) if all(good[at : at + 3])), float(len(good)))


def measured(kind: str, lengths: Lengths, history: int = HISTORY) -> Run:
    """One run on a store of its own."""
    from bench.__main__ import stage

    with generator() as load, stage(kind, history, load, 1, 1.0) as at, at.services() as pair:
        at.post_history(pair)
        return overloaded(at, pair, lengths)


def main() -> int:
    """Measure on each store, print the table, keep it; 1 when an aim was missed."""
    return measure_each(
        "overload", __doc__, "minutes", 10.0, lambda kind, long: measured(kind, Lengths(30, 30, 60 * long))
    )


if __name__ == "__main__":
    sys.exit(main())
