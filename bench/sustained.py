"""What a ledger can go on doing: the largest rate by the clock at which it turns nobody away, found by trying.

It is less than what clients that wait for their answers get done together: they come in step with the writer, who then
has many at once; what comes at random moments comes alone, and goes on coming while a machine is slow for a moment.
"""

import time
from dataclasses import dataclass

from bench.everyday import Everyday
from bench.open_loop import Offer, OpenLoop, Window, together

CLIENTS = 64
PARTS = 16
"""What the clients that wait get done is tried in so many equal parts of it."""
TRIES = 2
"""A rate is too much when each time somebody was turned away: a machine is slow for a moment now and then."""
REST_SECONDS = 3.0
"""After a rate that was too much, until the door is calm again."""


@dataclass(frozen=True)
class Sustained:
    """The largest rate that was carried in events a second, how it was answered, and what 64 clients that wait get
    done."""

    rate: float
    found: Window
    waiting: float

    def __str__(self) -> str:
        return (
            f"{self.rate:,.0f} events/s by the clock, p99 {self.found.ms(0.99):.1f} ms; "
            f"{CLIENTS} clients that wait get {self.waiting:,.0f}/s done"
        )


def sustained(load: OpenLoop, everyday: Everyday, seconds: float) -> Sustained:
    """Try rates, each for so many seconds, until the largest that is carried is known to a part of PARTS."""
    waiting = _carried(load, everyday, Offer(seconds, clients=CLIENTS))
    assert waiting, f"of {CLIENTS} clients that wait some were turned away or failed, {TRIES} times"
    most = len(waiting.accepted) / seconds
    carried, too_much, found = 0, PARTS + 1, Window()
    while too_much - carried > 1:
        tried = (carried + too_much) // 2
        if window := _carried(load, everyday, Offer(seconds, most * tried / PARTS)):
            carried, found = tried, window
        else:
            too_much = tried
    assert carried, "nothing that comes by the clock is carried"
    return Sustained(most * carried / PARTS, found, most)


def _carried(load: OpenLoop, everyday: Everyday, offer: Offer) -> Window | None:
    """How a load was answered; None when somebody was turned away, or failed, each time."""
    for _ in range(TRIES):
        window = together(load.offer(everyday, offer).result())
        if not window.shed and not window.others:
            return window
        time.sleep(REST_SECONDS)
    return None
