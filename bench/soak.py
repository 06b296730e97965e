"""`python -m bench.soak`: 70 per cent of what the ledger can go on doing, for long: does it stay as quick and as small?

Both services run: reporting follows all the while, and is asked for the Facility and the annual report now and then.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from bench.load import generator
from bench.open_loop import Offer, Window, open_loop, together
from bench.overload import HISTORY, Lengths
from bench.pair import Pair
from bench.runs import Run, Verdict, measure_each, rows_of
from bench.stage import Reader, Stage
from bench.sustained import sustained
from bench.watching import Watch, watching

SHARE = 0.7
WARM_UP = 0.1
"""Of the time; not compared."""
COMPARED = 0.2
"""Of the time, at its beginning after the warm-up and at its end."""
READ_EVERY_SECONDS = 1.0
REPORT_EVERY = 15
P99_TIMES, GROWTH_MAX = 1.3, 0.05


def soaked(stage: Stage, pair: Pair, lengths: Lengths) -> Run:
    """Offer 70 per cent of the sustainable rate, and see."""
    with open_loop(pair.ledger_bind, pair.token("finance", "finance-1")) as load, watching(pair, lengths.look) as watch:
        with read_a_little(pair, stage.everyday.year) as failed:
            sustainable = sustained(load, stage.everyday, lengths.finding)
            began = time.monotonic()
            windows = load.offer(stage.everyday, Offer(lengths.load, SHARE * sustainable.rate)).result()
        rows = rows_of(windows, watch, began, lengths.minute)
    said = {
        "sustainable": str(sustainable),
        "offered": f"{SHARE * sustainable.rate:,.0f} events/s by the clock for {lengths.load / 60:g} minutes",
        "compared": f"the last {COMPARED:.0%} of the time with the first {COMPARED:.0%} after {WARM_UP:.0%} to warm up",
    }
    return Run("soak", stage.store.name, said, rows, _verdicts(windows, watch, began, failed))


@contextmanager
def read_a_little(pair: Pair, year: int) -> Iterator[list[str]]:
    """Somebody who looks at the Facility every second, and at the annual report four times a minute; what failed."""
    ending, reader, failed = threading.Event(), Reader(pair), list[str]()

    def look(path: str) -> None:
        try:
            reader.get(path)
        except (AssertionError, requests.RequestException) as error:
            failed.append(str(error))

    def read() -> None:
        looks = 0
        while not ending.wait(READ_EVERY_SECONDS):
            look(f"/v1/facility?year={year}")
            looks += 1
            if looks % REPORT_EVERY == 0:
                look(f"/v1/reports/{year}.json")

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        yield failed
    finally:
        ending.set()
        thread.join()


def _verdicts(windows: list[Window], watch: Watch, began: float, failed: list[str]) -> list[Verdict]:
    seconds = len(windows)
    warm, width = int(WARM_UP * seconds), max(1, int(COMPARED * seconds))
    first, last = together(windows[warm : warm + width]), together(windows[-width:])
    whole = together(windows)
    before = watch.between(began + warm, began + warm + width)
    after = watch.between(began + seconds - width, began + seconds)
    bound, beside = P99_TIMES * first.ms(0.99), f"{P99_TIMES:g} × {first.ms(0.99):.1f} at first"
    assert before, "the services were not looked at"
    assert after, "the services were not looked at"
    mean = [sum(one.total for one in seen) / len(seen) for seen in (before, after)]
    entries = after[-1].position - before[0].position
    return [
        Verdict("p99 at the end, ms", last.ms(0.99), f"≤ {bound:.1f}", beside),
        Verdict("how late the sender was, p99, ms", whole.late_ms(0.99), "", "latencies count from when it was due"),
        Verdict("answers other than accepted, 503 among them", len(whole.shed) + sum(whole.others.values()), "≤ 0"),
        Verdict("reporting's answers that failed", len(failed), "≤ 0", "; ".join(failed[:1])),
        Verdict("reporting behind at most, entries", max((one.lag for one in (*before, *after)), default=0), ""),
        Verdict("growth of memory, %", 100 * (mean[1] / mean[0] - 1), f"≤ {100 * GROWTH_MAX:g}"),
        Verdict("the same, bytes for each entry recorded meanwhile", (mean[1] - mean[0]) / max(1, entries), ""),
    ]


def measured(kind: str, lengths: Lengths, history: int = HISTORY) -> Run:
    """One run on a store of its own."""
    from bench.__main__ import stage

    with generator() as load, stage(kind, history, load, 1, 1.0) as at, at.services() as pair:
        at.post_history(pair)
        return soaked(at, pair, lengths)


def main() -> int:
    """Measure on each store, print the table, keep it; 1 when an aim was missed."""
    return measure_each("soak", __doc__, "minutes", 30.0, lambda kind, long: measured(kind, Lengths(30, 0, 60 * long)))


if __name__ == "__main__":
    sys.exit(main())
