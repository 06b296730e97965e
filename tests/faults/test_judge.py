"""The judge finds what is lost, doubled, halved, changed or taken back, in logs made by hand."""

import base64
import json

import pytest

from tests.faults.judge import FullSums, Judge, PlainSums
from tests.faults.said import Said
from tests.log_format.served_log import ServedLog
from tests.pair.desk import event, gift

GIFTS = [gift(f"g-{number}", f"{number}.25", f"line-{1 + number % 2}") for number in range(1, 6)]


def entry(posted, position, year=2008):
    who = {"recorded_at": "2026-01-05T09:30:00Z", "recorded_by": "finance-1", "recorded_role": "finance"}
    return json.dumps(posted | who | {"position": position, "year": year}).encode()


def shipped(position):
    return entry({"id": f"0/{position}", "source": "log", "type": "fund1035.rules.adopted.v1", "data": {}}, position)


def log_of(*posted):
    """A log as the ledger begins it, with these events."""
    return ServedLog([shipped(1), shipped(2), *(entry(one, place) for place, one in enumerate(posted, 3))])


def receipt(posted, position, log):
    shown = {"size": log.size, "root": base64.b64encode(log.root).decode()}
    return {"id": posted["id"], "position": position, "checkpoint": shown}


@pytest.fixture
def said():
    found = Said()
    found.post(GIFTS)
    return found


@pytest.fixture
def judged(said):
    """Reads a log, on from what was read before; lost and doubled."""
    judges = []

    def judge(log, sums=PlainSums):
        if not judges:
            judges.append(Judge(log.key.vkey, said, sums()))
        judges[0].read(lambda path: log.get(path[1:]))
        return judges[0].count()

    judge.of = judges
    return judge


def test_what_stands_where_it_was_acknowledged_is_whole(said, judged):
    log = log_of(*GIFTS)
    for position, one in enumerate(GIFTS, 3):
        said.hear([one], 201, receipt(one, position, log), batch=False)
    assert judged(log) == (0, 0)
    figures = judged.of[0].figures(2008)
    assert [figures[line]["available"] for line in ("line-1", "line-2")] == [225 + 425, 125 + 325 + 525]


def test_an_acknowledged_event_that_is_gone_is_lost(said, judged):
    said.hear([GIFTS[0]], 201, receipt(GIFTS[0], 3, log_of(GIFTS[0])), batch=False)
    said.checkpoints.clear()
    assert judged(log_of()) == (1, 0)


def test_an_event_at_another_place_is_lost(said, judged):
    log = log_of(GIFTS[1], GIFTS[0])
    said.hear([GIFTS[0]], 201, receipt(GIFTS[0], 3, log), batch=False)
    assert judged(log) == (1, 0)


def test_an_event_recorded_twice_is_doubled(judged):
    assert judged(log_of(GIFTS[0], GIFTS[1], GIFTS[0])) == (0, 1)


def test_an_event_acknowledged_at_two_places_is_doubled(said, judged):
    log = log_of(*GIFTS)
    for position in (3, 4):
        said.hear([GIFTS[0]], 201, receipt(GIFTS[0], position, log), batch=False)
    assert judged(log) == (0, 1)


def test_half_of_a_batch_that_was_given_up_is_found(said, judged):
    said.give_up(GIFTS)
    with pytest.raises(AssertionError, match="of 5 events posted as one batch from g-1, 2 stand"):
        judged(log_of(*GIFTS[:2]))


def test_what_was_turned_away_and_stands_is_found(said, judged):
    said.hear([GIFTS[0]], 400, {}, batch=False)
    with pytest.raises(AssertionError, match="g-1 was turned away"):
        judged(log_of(GIFTS[0]))


def test_an_event_of_another_content_is_found(said, judged):
    with pytest.raises(AssertionError, match="g-1 with another content"):
        judged(log_of(gift("g-1", "9.99")))


def test_an_event_that_nobody_posted_is_found(judged):
    with pytest.raises(AssertionError, match="which nobody posted"):
        judged(log_of(gift("stranger", "9.99")))


def test_a_log_that_went_back_is_found(judged):
    judged(log_of(*GIFTS))
    with pytest.raises(AssertionError, match="went back from 7 to 6"):
        judged(log_of(*GIFTS[:4]))


def test_an_entry_that_changed_after_it_was_read_is_found(judged):
    judged(log_of(*GIFTS[:3]))
    with pytest.raises(AssertionError, match="position 4 is not what it was"):
        judged(log_of(GIFTS[0], GIFTS[3], GIFTS[2], GIFTS[1]))


def test_a_checkpoint_of_another_log_in_a_receipt_is_found(said, judged):
    said.hear([GIFTS[0]], 201, receipt(GIFTS[0], 3, log_of(GIFTS[1])), batch=False)
    with pytest.raises(AssertionError, match="the checkpoint of 3 entries is of another log"):
        judged(log_of(*GIFTS))


def test_plain_sums_and_the_whole_oracle_agree():
    plain, full = PlainSums(), FullSums()
    back = event("back-1", "contribution.refunded", **GIFTS[2]["data"], designated_by="donor")
    for position, one in enumerate([*GIFTS, back], 3):
        for sums in (plain, full):
            sums.add(json.loads(entry(one, position)))
    assert plain.figures(2008) == full.figures(2008)
    assert plain.figures(2009) == full.figures(2009)
