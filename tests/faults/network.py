"""Faults of the network: reporting follows through a proxy that damages what passes, and so does a poster.

Afterwards the ledger holds each event once, reporting knows all of them, and nobody had to restart anything.
"""

import random
import time
from functools import partial
from typing import Any

from bench.pair import wait_until
from tests.faults.doors import Door
from tests.faults.ground import Case, Client, Ground, Outcome
from tests.faults.proxy import ANSWERS, Proxy, Struck
from tests.pair.desk import gift

STRIKES = 6
SHARES = {"delay": 1.0, "slow": 1.0, "10-mb-body": 0.3, "reordered": 0.3}
LARGE = 10_000_000
PADDED = {"subject": "x" * 256, "tracestate": "a=" + "x" * 500}
PADDED_BYTES = 1_120
"""At least, of one gift with these."""


def damaged(name: str, ground: Ground, chance: random.Random) -> Outcome:
    """Both ways through one kind of fault."""
    struck = ANSWERS[name]
    bind = ground.pair.ledger_bind
    with Proxy(bind, chance.randrange(1 << 30)) as follows, Proxy(bind, chance.randrange(1 << 30)) as posts:
        ground.settings["REPORTING_LEDGER_URL"] = follows.url
        ground.start()
        follows.share = posts.share = SHARES.get(name, 0.4)
        follows.answers = struck
        _struck(ground, Door.of(ground, posts.url).client("far"), name, struck, posts, follows)
        follows.heal()
        posts.heal()
        seconds = _followed(ground)
        lost, doubled = ground.check()
        ground.stop()
    return Outcome(len(ground.acknowledged), follows.struck + posts.struck, lost, doubled, seconds)


def _struck(ground: Ground, far: Client, name: str, struck: Struck, posts: Proxy, follows: Proxy) -> None:
    """Post through the fault, each event until it was recorded, until both proxies have struck often enough."""
    for number in range(STRIKES):
        before = follows.struck
        posts.answers, posts.requests = (struck, None) if number % 2 or name == "10-mb-body" else (None, struck)
        one, many = gift(f"far-{number}", "1.00"), [gift(f"far-{number}-{part}", "1.00") for part in range(20)]
        for posted in (one, many):
            wait_until(partial(_recorded, far, posted), 60, "a post to come through undamaged")
        last = ground.post(gift(f"near-{number}", "1.00")).json()["position"]
        wait_until(lambda: follows.struck > before or _known(ground) >= last, 30, "the fault to strike")  # noqa: B023


def _recorded(client: Client, posted: Any) -> bool:
    return client.post(posted).status_code in (200, 201)


def _followed(ground: Ground) -> float:
    """Post once more; the seconds until reporting knows it."""
    last, began = ground.post(gift("after", "1.00")).json()["position"], time.monotonic()
    wait_until(lambda: _known(ground) >= last, 60, "reporting to follow again")
    return time.monotonic() - began


def _known(ground: Ground) -> int:
    return int(ground.read("/v1/facility", "reporting", year=2008).json()["position"])


def away(ground: Ground, chance: random.Random) -> Outcome:
    """Every connection is reset, and for some seconds nobody gets through at all."""
    with Proxy(ground.pair.ledger_bind, chance.randrange(1 << 30)) as proxy:
        ground.settings["REPORTING_LEDGER_URL"] = proxy.url
        ground.start()
        proxy.answers, proxy.share = ANSWERS["cut"], 1.0
        proxy.sever()
        for number in range(STRIKES):
            ground.post([gift(f"away-{number}-{part}", "1.00") for part in range(50)])
        wait_until(lambda: proxy.struck >= STRIKES, 30, "reporting to ask in vain")
        proxy.heal()
        seconds = _followed(ground)
        lost, doubled = ground.check()
        ground.stop()
    return Outcome(len(ground.acknowledged), proxy.struck, lost, doubled, seconds)


def large(ground: Ground, chance: random.Random) -> Outcome:
    """A batch of ten million bytes, its answer cut off; then posted again under the same keys."""
    events = [gift(f"large-{number}", "1.00") | PADDED for number in range(LARGE // PADDED_BYTES)]
    with Proxy(ground.pair.ledger_bind, chance.randrange(1 << 30)) as proxy:
        ground.start()
        far = Door.of(ground, proxy.url).client("far")
        proxy.answers, proxy.share = ANSWERS["cut"], 1.0
        assert far.once(events) is None
        assert proxy.struck
        proxy.heal()
        answer = far.post(events)
        assert answer.status_code == 200, answer.text[:500]
        seconds = _followed(ground)
        lost, doubled = ground.check()
        ground.stop()
    return Outcome(len(ground.acknowledged), proxy.struck, lost, doubled, seconds)


CASES: dict[str, Case] = {name: partial(damaged, name) for name in ANSWERS}
CASES |= {"away": away, "10-mb-batch": large}
