"""What a ledger can go on doing: of clients that wait for their answers, and of posts that come by the clock.

Those of the clock come a few at a time and share less work, so that it is less; and nothing keeps them from coming.
"""

from typing import NamedTuple

from bench.everyday import Everyday
from bench.open_loop import Offer, OpenLoop, Window, together

CLIENTS = 64
SHARES = tuple(share / 20 for share in range(20, 7, -1))
"""Of what the clients that wait get done, tried one after the other."""


class Sustained(NamedTuple):
    """Events a second."""

    waiting: float
    by_the_clock: float
    said: str


def waiting(load: OpenLoop, everyday: Everyday, seconds: float) -> tuple[float, Window]:
    """What 64 clients that wait for their answers get done together, all of it accepted."""
    found = together(load.offer(everyday, Offer(seconds, clients=CLIENTS)).result())
    assert not found.shed, "clients that wait were turned away"
    assert not found.others, f"not everything was accepted: {found.others}"
    return len(found.accepted) / seconds, found


def sustained(load: OpenLoop, everyday: Everyday, seconds: float) -> Sustained:
    """The most by the clock, in steps of a twentieth of what waiting clients get done, of which nobody is turned away
    for so long."""
    most, found = waiting(load, everyday, seconds)
    for share in SHARES:
        tried = together(load.offer(everyday, Offer(seconds, share * most)).result())
        if not tried.shed and not tried.others:
            break
    said = (
        f"{share * most:,.0f} events/s by the clock, the most of which nobody was turned away for {seconds:g} s, p99 "
        f"{tried.ms(0.99):.1f} ms; {most:,.0f} by {CLIENTS} clients that wait, p99 {found.ms(0.99):.1f} ms"
    )
    return Sustained(most, share * most, said)
