"""Processes killed, told to end and held up while clients post; and the long histories of many kills."""

import random
from collections.abc import Iterator, Sequence
from threading import Event
from typing import NamedTuple

from bench.pair import wait_until
from tests.faults.ground import Case, Ground, Outcome
from tests.faults.judge import PlainSums
from tests.faults.load import Load
from tests.faults.strikes import (
    Strike,
    asks,
    at_point,
    command_killed,
    held_up,
    killed,
    restored,
    told_to_end,
)

SECONDS = 60
BETWEEN = range(450, 700)
"""How many events more are acknowledged before the next fault strikes."""
MOMENT_SECONDS = 0.05
SNAPSHOT_EVERY = 400

AT_RANDOM = {f"kill-{name}": killed(name) for name in ("ledger", "reporting", "writer", "checking")}
AT_POINTS = {
    "before-append": at_point("before-append", "ledger", 5),
    "before-commit": at_point("before-commit", "ledger", 5),
    "after-commit": at_point("after-commit", "ledger", 5),
    "before-reply": at_point("before-reply", "ledger", 5),
    "between-writer-and-reply": at_point("between-writer-and-reply", "ledger", 5),
    "while-checking": at_point("while-checking", "", 3),
    "mid-snapshot": at_point("mid-snapshot", "ledger", 1),
    "mid-backup": command_killed("mid-backup", 1, "ledger", "backup"),
    "backup-unnamed": command_killed("backup-unnamed", 1, "ledger", "backup"),
    "mid-projection": at_point("mid-projection", "reporting", 5),
    "after-projection": at_point("after-projection", "reporting", 5),
    "mid-rebuild": command_killed("mid-rebuild", 1, "reporting", "rebuild"),
    "mid-swap": command_killed("mid-swap", 1, "reporting", "rebuild"),
    "mid-report": at_point("mid-report", "reporting", 1, asks("/v1/reports/2008.json")),
    "mid-bundle": at_point("mid-bundle", "reporting", 1, asks("/v1/reports/2008/bundle")),
}
KILLS: dict[str, Strike] = AT_RANDOM | AT_POINTS
SHARES = {"kill-ledger": 8, "kill-reporting": 6, "kill-writer": 4}
"""Of how many kills it is one, where not one: most are at random moments."""
OTHERS = {
    "term-ledger": told_to_end("ledger"),
    "term-reporting": told_to_end("reporting"),
    "stop-ledger": held_up("ledger"),
    "stop-writer": held_up("writer", whole=False),
    "stop-reporting": held_up("reporting"),
}


class Hit(NamedTuple):
    """One fault of a history: of what kind, and what became of everything since the one before."""

    kind: str
    outcome: Outcome


def plan(chance: random.Random, kills: int) -> list[str]:
    """The kinds of so many kills, each point before any comes twice, at random else."""
    kinds = [kind for kind in KILLS for _ in range(SHARES.get(kind, 1))]
    found: list[str] = []
    while len(found) < kills:
        found += chance.sample(kinds, len(kinds))
    return found[:kills]


def history(ground: Ground, seed: int, kinds: Sequence[str]) -> Iterator[Hit]:
    """One history of faults on one ground; after each all is checked, at the end everything is verified whole."""
    ground.sums = PlainSums
    ground.plant("crash_points")
    ground.settings["FAULTS_SNAPSHOT_EVERY"] = str(SNAPSHOT_EVERY)
    chance = random.Random(seed)
    ground.start()
    load = Load(ground, seed)
    ground.struck = load.hold
    before = (0, 0, 0)
    for kind in kinds:
        seconds = _struck(ground, load, kind, chance)
        now = (len(ground.acknowledged), *ground.check())
        fresh = [after - earlier for after, earlier in zip(now, before, strict=True)]
        yield Hit(kind, Outcome(fresh[0], 1, fresh[1], fresh[2], seconds))
        before = now
    load.end()
    ground.check(bundle=True)
    ground.verify()
    restored(ground)


def _struck(ground: Ground, load: Load, kind: str, chance: random.Random) -> float:
    """One fault amid the clients' posts; when they are at rest again, the seconds it took to recover."""
    load.resume()
    goal = len(ground.acknowledged) + chance.choice(BETWEEN)
    wait_until(lambda: len(ground.acknowledged) >= goal or bool(load.wrong), SECONDS, f"{goal} acknowledged")
    Event().wait(chance.uniform(0, MOMENT_SECONDS))
    seconds = (KILLS | OTHERS)[kind](ground, chance)
    load.rest()
    return seconds


def _alone(kind: str) -> Case:
    """A history of one fault of a kind."""

    def case(ground: Ground, chance: random.Random) -> Outcome:
        (hit,) = history(ground, chance.randrange(1 << 32), [kind])
        return hit.outcome

    return case


CASES: dict[str, Case] = {kind: _alone(kind) for kind in KILLS | OTHERS}
