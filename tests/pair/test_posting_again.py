"""The same event posted again, over HTTP: one fact, one receipt, and never another content under the same key."""

import pytest

from bench.pair import Pair
from tests.pair.desk import Desk, gift


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("again")
    with Pair(folder / "fund", output=folder / "services.log", reporting=False) as pair:
        yield Desk(pair)


def test_the_same_event_again_returns_its_old_receipt(desk):
    first = desk.post(gift("again-1", "10.00"))
    again = desk.post(gift("again-1", "10.00"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_the_same_key_with_other_content_is_a_conflict(desk):
    desk.accepted(gift("again-2", "10.00"))
    conflict = desk.post(gift("again-2", "11.00"))
    assert conflict.status_code == 409
    assert conflict.headers["Content-Type"].startswith("application/problem+json")


def test_a_repeat_that_differs_only_in_time_is_the_same(desk):
    receipt = desk.accepted(gift("again-3", "10.00"))
    later = {**gift("again-3", "10.00"), "time": "2026-01-05T09:30:00Z", "subject": "elsewhere"}
    assert desk.accepted(later) == receipt


def test_a_batch_again_returns_its_old_receipts(desk):
    batch = [gift(f"again-batch-{n}", "1.00") for n in range(5)]
    first = desk.post(batch)
    again = desk.post(batch)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["receipts"] == again.json()["receipts"]


def test_a_repeated_event_moves_no_balance(desk):
    before = desk.ledger("/v1/facility", year=2009).json()["lines"]["line-1"]["contributions"]
    for _ in range(3):
        desk.post(gift("again-4", "7.25", line="line-1", on="2009-05-05"))
    after = desk.ledger("/v1/facility", year=2009).json()["lines"]["line-1"]["contributions"]
    assert (before, after) == ("0.00", "7.25")
