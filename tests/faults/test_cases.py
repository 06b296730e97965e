"""Faults of network, disk, clock and concurrency, one of each kind on real services; the driver runs all of them."""

import random

import pytest

from tests.faults import clock, concurrency, disk, network
from tests.faults.ground import SQLITE, Ground
from tests.faults.small_disks import can_mount

SEED = 1035
SHORT = {
    "network": (network.CASES, ("truncated",)),
    "disk": (disk.CASES, ("full" if can_mount() else "full-at-once",)),
    "clock": (clock.CASES, ("back-1-h",)),
    "concurrency": (concurrency.CASES, ("close-against-post",)),
}
CHOSEN = {f"{kind}/{name}": cases[name] for kind, (cases, names) in SHORT.items() for name in names}


@pytest.mark.parametrize("name", CHOSEN)
def test_a_fault_loses_nothing_and_doubles_nothing(tmp_path, name):
    ground = Ground(SQLITE, tmp_path)
    try:
        outcome = CHOSEN[name](ground, random.Random(SEED))
    finally:
        ground.close()
    assert (outcome.lost, outcome.doubled) == (0, 0)
    assert outcome.faults > 0
    assert outcome.acknowledged > 0


def test_every_case_on_one_store_only_is_a_case():
    assert disk.ONLY.keys() <= disk.CASES.keys()
