"""Some seeded kills of both services on both stores, and two programs with a fault that the driver must find.

`make faults` runs every class; `KILLS=20 KILL_SEED=7` asks for more kills here, or for others.
"""

import os
import random

import pytest

from bench.pair import Pair, PairFailed
from tests.faults import agreement, process, released
from tests.faults.ground import STORES, Ground
from tests.faults.lanes import Task, cases, chosen
from tests.pair.desk import gift

KILLS = int(os.environ.get("KILLS", "3"))
SEED = int(os.environ.get("KILL_SEED", "1035"))


@pytest.fixture
def ground(tmp_path, request):
    """Makes a ground on a store."""
    made = []

    def make(store):
        server = request.getfixturevalue("postgres") if store == "postgres" else None
        made.append(Ground(store, tmp_path, server))
        return made[0]

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize("store", STORES)
def test_kills_lose_and_double_nothing(ground, store):
    seed = SEED + STORES.index(store)
    print(Task("kills", store, seed, KILLS).replay)
    kinds = process.plan(random.Random(seed), KILLS)
    hits = list(process.history(ground(store), seed, kinds))
    assert [hit.kind for hit in hits] == kinds
    assert sum(hit.outcome.acknowledged for hit in hits) > 100 * KILLS
    assert [(hit.outcome.lost, hit.outcome.doubled) for hit in hits] == [(0, 0)] * KILLS


def test_a_ledger_that_answers_before_it_commits_is_found(ground):
    mutant = ground("sqlite")
    mutant.plant("mutant_early_receipt")
    mutant.start().post([gift("early-1", "1.00"), gift("early-2", "2.00")])
    mutant.kill("ledger")
    mutant.revive("ledger")
    with pytest.raises(AssertionError, match=r"went back|was shown, and there are") as found:
        mutant.check()
    print(found.value)


def test_a_reporting_whose_bookmark_moves_apart_from_its_rows_is_found(ground, monkeypatch):
    monkeypatch.setattr(agreement, "CATCH_UP_SECONDS", 10)
    mutant = ground("sqlite")
    mutant.plant("mutant_late_bookmark")
    with pytest.raises((AssertionError, PairFailed), match=r"reporting|independent sums"):
        list(process.history(mutant, SEED, ["mid-projection"] * 3))
    assert "UNIQUE constraint failed" in mutant.output


def test_a_released_log_gives_the_same_root_and_reports(tmp_path):
    bodies, golden = released.entries(), released.golden()
    assert released.recorded_again(tmp_path / "again.db") == bodies
    found = {"size": len(bodies), "root": released.root(bodies).hex(), "reports": released.reports(bodies)}
    assert found == golden


def test_a_released_log_has_every_released_type():
    recorded = b"".join(released.entries())
    assert [short for short in released.TYPES if f'"fund1035.{short}.v1"'.encode() not in recorded] == []


def test_every_kind_of_kill_is_in_a_history_of_forty():
    assert set(process.plan(random.Random(SEED), 40)) == process.KILLS.keys()


def test_all_cases_are_run_unless_some_are_chosen():
    assert {*chosen(())} == {"kills", *cases()} - {f"process/{kind}" for kind in process.KILLS}
    assert chosen(("process/mid-*", "evolution/*"))[-1] == "evolution/released-v1"


def test_a_service_that_never_starts_is_reported_in_words(tmp_path):
    pair = Pair(tmp_path / "fund", settings={"LEDGER_BIND": "nowhere"}, output=tmp_path / "services.log")
    with pytest.raises(PairFailed, match="ledger"), pair:
        pass
