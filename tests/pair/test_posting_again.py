"""The same event posted again, over HTTP: one fact, one receipt, and never another content under the same key."""

from tests.pair.desk import gift


def test_the_same_event_again_returns_its_old_receipt(shared_desk):
    first = shared_desk.post(gift("again-1", "10.00"))
    again = shared_desk.post(gift("again-1", "10.00"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_the_same_key_with_other_content_is_a_conflict(shared_desk):
    shared_desk.accepted(gift("again-2", "10.00"))
    conflict = shared_desk.post(gift("again-2", "11.00"))
    assert conflict.status_code == 409
    assert conflict.headers["Content-Type"].startswith("application/problem+json")


def test_a_repeat_that_differs_only_in_time_is_the_same(shared_desk):
    receipt = shared_desk.accepted(gift("again-3", "10.00"))
    later = {**gift("again-3", "10.00"), "time": "2026-01-05T09:30:00Z", "subject": "elsewhere"}
    assert shared_desk.accepted(later) == receipt


def test_a_batch_again_returns_its_old_receipts(shared_desk):
    batch = [gift(f"again-batch-{n}", "1.00") for n in range(5)]
    first = shared_desk.post(batch)
    again = shared_desk.post(batch)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["receipts"] == again.json()["receipts"]


def test_a_repeated_event_moves_no_balance(shared_desk):
    before = shared_desk.ledger("/v1/facility", year=2009).json()["lines"]["line-1"]["contributions"]
    for _ in range(3):
        shared_desk.post(gift("again-4", "7.25", line="line-1", on="2009-05-05"))
    after = shared_desk.ledger("/v1/facility", year=2009).json()["lines"]["line-1"]["contributions"]
    assert (before, after) == ("0.00", "7.25")
