"""What a ledger can go on doing: what clients that wait for their answers get done together."""

from bench.everyday import Everyday
from bench.open_loop import Offer, OpenLoop, Window, together

CLIENTS = 64


def sustained(load: OpenLoop, everyday: Everyday, seconds: float) -> tuple[float, Window]:
    """Events a second of 64 clients that wait, and how they were answered."""
    found = together(load.offer(everyday, Offer(seconds, clients=CLIENTS)).result())
    assert not found.others, f"not everything was accepted: {found.others}"
    return len(found.accepted) / seconds, found


def in_words(rate: float, found: Window) -> str:
    """For the table."""
    return f"{rate:,.0f} events/s by {CLIENTS} clients that wait, p99 {found.ms(0.99):.1f} ms"
