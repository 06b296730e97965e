"""The log as served, read by a checker that shares no code with the services, at the sizes where tiles turn over."""

import pytest

from bench.pair import Pair
from tests.pair.desk import Desk, gift
from tests.tlog_checker import check

TURNS = (255, 256, 257)
LARGE = 70_000
BATCH = 10_000


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    with Pair(folder / "fund", output=folder / "services.log", reporting=False) as pair:
        yield Desk(pair)


def _checked(desk):
    token = desk.pair.token("reporting")
    _, entries, _ = check(desk.pair.ledger_url, desk.pair.vkey, token)
    return entries


def _grow(desk, size):
    have = desk.ledger("/v1/events", limit=1).json()["position"]
    for start in range(have, size, BATCH):
        desk.accepted([gift(f"grow-{n}", "1.00") for n in range(start, min(start + BATCH, size))])


def test_an_outside_checker_accepts_the_first_checkpoint(desk):
    assert len(_checked(desk)) == 2


@pytest.mark.parametrize("size", [*TURNS, LARGE])
def test_an_outside_checker_accepts_the_log_at(desk, size):
    _grow(desk, size)
    assert len(_checked(desk)) == size


def test_a_log_of_70000_has_the_tiles_of_the_test_vector(desk):
    _grow(desk, LARGE)
    widths = {"/tile/0/272": 256, "/tile/0/273.p/112": 112, "/tile/1/000": 256, "/tile/1/001.p/17": 17}
    widths["/tile/2/000.p/1"] = 1
    for path, width in widths.items():
        assert len(desk.ledger(path, role="reporting").content) == 32 * width
