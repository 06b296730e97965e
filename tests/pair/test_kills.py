"""Kill either service at any instant while events are posted: nothing acknowledged is lost or counted twice."""

import os
import random
import threading
from decimal import Decimal

import pytest
import requests

from bench.pair import Pair, PairFailed, wait_until
from tests.pair.desk import Desk, gift

SEED = int(os.environ.get("KILL_SEED", "1035"))
KILLS = int(os.environ.get("KILLS", "20"))
LINES = ("line-1", "line-2")
YEAR = 2008


class Poster(threading.Thread):
    """Posts gifts until told to stop, each again and again with the same key until an answer comes."""

    def __init__(self, pair, name, seed, batch):
        super().__init__(name=name, daemon=True)
        self.posted = []
        self.acknowledged = {}
        self.wrong = []
        self._desk = Desk(pair, name)
        self._random = random.Random(seed)
        self._batch = batch
        self._ended = threading.Event()

    def run(self):
        while not self._ended.is_set() and not self.wrong:
            self._until_answered([self._gift() for _ in range(self._batch)])

    def stop(self):
        self._ended.set()
        self.join(60)
        assert not self.is_alive(), f"{self.name} never got its last answer"

    def _gift(self):
        amount = f"{self._random.randrange(1, 10**7) / 100:.2f}"
        made = gift(f"{self.name}-{len(self.posted)}", amount, self._random.choice(LINES), f"{YEAR}-03-03")
        self.posted.append(made)
        return made

    def _until_answered(self, gifts):
        answer = None
        while answer is None or answer.status_code == 503:
            try:
                answer = self._desk.post(gifts[0] if self._batch == 1 else gifts, timeout=10)
            except requests.RequestException:
                answer = None
        if answer.status_code not in (200, 201):
            self.wrong.append(f"{answer.status_code}: {answer.text}")
            return
        body = answer.json()
        for receipt in body.get("receipts", [body]):
            self.acknowledged[receipt["id"]] = receipt["position"]


@pytest.fixture
def stormed(tmp_path):
    """A pair that was killed many times under load and is at rest again, with the posters that loaded it."""
    chance = random.Random(SEED)
    print(f"seed {SEED}: KILL_SEED={SEED} repeats this")
    with Pair(tmp_path / "fund", output=tmp_path / "services.log") as pair:
        posters = [Poster(pair, "single", SEED, 1), Poster(pair, "batch", SEED + 1, 7)]
        for poster in posters:
            poster.start()
        for number in range(KILLS):
            _kill_both(pair, posters, chance, settle=number % 3 == 0)
        for poster in posters:
            poster.stop()
        pair.wait_ready("ledger")
        pair.wait_ready("reporting")
        yield pair, posters


def _kill_both(pair, posters, chance, settle):
    """Kill each service once, after a few more answers each; start them again on the same ports."""
    _await_answers(posters, chance.randrange(1, 40))
    pair.kill_ledger()
    pair.start_ledger(wait=False)
    if settle:
        pair.wait_ready("reporting")
    _await_answers(posters, chance.randrange(1, 40))
    pair.kill_reporting()
    pair.start_reporting(wait=False)


def _await_answers(posters, more):
    def answered():
        return sum(len(poster.acknowledged) for poster in posters)

    goal = answered() + more
    wait_until(lambda: answered() >= goal or any(p.wrong for p in posters), 60, f"{more} more answers")


def test_nothing_acknowledged_is_lost_or_doubled(stormed):
    pair, posters = stormed
    desk = Desk(pair)
    entries = desk.history()
    gifts = [event for poster in posters for event in poster.posted]
    acknowledged = {key: position for poster in posters for key, position in poster.acknowledged.items()}

    assert [poster.wrong for poster in posters] == [[], []]
    assert [entry["position"] for entry in entries] == list(range(1, len(entries) + 1))
    recorded = {
        entry["id"]: entry["position"] for entry in entries if entry["type"].endswith("contribution.received.v1")
    }
    assert recorded == acknowledged
    assert len(entries) == 2 + len(acknowledged)
    _sums_agree(desk, gifts, len(entries))
    pair.stop()
    verified = pair.command("ledger", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def _sums_agree(desk, gifts, size):
    sums = {line: Decimal(0) for line in LINES}
    for event in gifts:
        sums[event["data"]["line"]] += Decimal(event["data"]["amount"])
    wait_until(lambda: _facility(desk.reporting)["position"] >= size, 30, "reporting to catch up")
    for read in (desk.ledger, desk.reporting):
        lines = _facility(read)["lines"]
        assert {line: Decimal(lines[line]["contributions"]) for line in LINES} == sums
        assert {line: Decimal(lines[line]["available"]) for line in LINES} == sums


def _facility(read):
    return read("/v1/facility", year=YEAR).json()


def test_a_service_that_never_starts_is_reported_in_words(tmp_path):
    pair = Pair(tmp_path / "fund", settings={"LEDGER_BIND": "nowhere"}, output=tmp_path / "services.log")
    with pytest.raises(PairFailed, match="ledger"), pair:
        pass
