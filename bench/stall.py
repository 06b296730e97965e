"""`python -m bench.stall`: the writer stands still for two seconds under load; how soon it is as before.

Seven tenths of the sustainable rate come by the clock, from clients who come again with the same when they are told to.
In the middle the writer's process is stopped, as a disk would stop it that answers nothing.
"""

import os
import signal
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from bench.load import generator
from bench.open_loop import Offer, Window, open_loop, together
from bench.overload import HISTORY
from bench.pair import Pair
from bench.runs import Run, Verdict, measure_each
from bench.soak import SHARE
from bench.stage import Stage
from bench.sustained import sustained
from bench.watching import largest

FINDING_SECONDS, CALM_SECONDS, STALL_SECONDS = 20.0, 10.0, 2.0
AS_BEFORE_SHARE = 0.9
RECOVERY_MAX = 5.0


def stalled(stage: Stage, pair: Pair, seconds: float, finding: float, calm: float) -> Run:
    """Offer 70 per cent of the sustainable rate for so long after a calm time and the stall, and see."""
    with open_loop(pair.ledger_bind, pair.token("finance", "finance-1")) as load:
        sustainable = sustained(load, stage.everyday, finding)
        rate = SHARE * sustainable.rate
        with ThreadPoolExecutor(1) as beside:
            whole = load.offer(stage.everyday, Offer(calm + STALL_SECONDS + seconds, rate, again=True))
            beside.submit(stand_still, pair, calm, STALL_SECONDS).result()
            windows = whole.result()
    slowest = max(together(windows).accepted)
    assert slowest >= STALL_SECONDS / 2, f"the writer did not stand still: the slowest answer took {slowest:.2f} s"
    after = windows[int(calm + STALL_SECONDS) :]
    said = {
        "sustainable": str(sustainable),
        "offered": f"{rate:,.0f} events/s by the clock",
        "accepted of those sent in each second after it": ", ".join(f"{len(window.accepted):,}" for window in after),
        "turned away": ", ".join(f"{len(window.shed):,}" for window in after),
        "the median of those accepted, ms": ", ".join(f"{window.ms(0.5):.0f}" for window in after),
    }
    return Run("stall", stage.store.name, said, [], _verdicts(windows, after, rate))


def stand_still(pair: Pair, calm: float, seconds: float) -> None:
    """Stop the writer's process for a while, after a calm time."""
    time.sleep(calm)
    writer = int(largest(pair.home)["writer"][0].name)
    os.kill(writer, signal.SIGSTOP)
    try:
        time.sleep(seconds)
    finally:
        os.kill(writer, signal.SIGCONT)


def as_before(after: Sequence[Window], rate: float) -> float:
    """Seconds from the end of the stall to the first three in which nine tenths of the rate are accepted; all of them
    when there are none."""
    good = [len(window.accepted) >= AS_BEFORE_SHARE * rate for window in after]
    return next((float(at) for at in range(len(good) - 2) if all(good[at : at + 3])), float(len(good)))


def _verdicts(windows: list[Window], after: list[Window], rate: float) -> list[Verdict]:
    whole = together(windows)
    peace = next((at for at in range(len(after)) if not any(window.shed for window in after[at:])), len(after))
    return [
        Verdict("seconds until as many are accepted as come", as_before(after, rate), f"≤ {RECOVERY_MAX:g}"),
        Verdict("seconds until nobody is turned away", peace, ""),
        Verdict("how often posts came again", whole.again, ""),
        Verdict("answers that are neither accepted nor 503 with Retry-After", sum(whole.others.values()), "≤ 0"),
    ]


def measured(kind: str, seconds: float, history: int = HISTORY) -> Run:
    """One run on a store of its own."""
    from bench.__main__ import stage

    with generator() as load, stage(kind, history, load, 1, 1.0) as at, at.services() as pair:
        at.post_history(pair)
        return stalled(at, pair, seconds, FINDING_SECONDS, CALM_SECONDS)


def main() -> int:
    """Measure on each store, print the table, keep it; 1 when an aim was missed."""
    return measure_each("stall", __doc__, "seconds", 30.0, measured)


if __name__ == "__main__":
    sys.exit(main())
