"""The follower reaches the head, goes on from its bookmark, and hands over each entry once."""

import threading
import time

import pytest

from reporting_service.follower import Follower, Pace, SinkUnavailable
from reporting_service.follower.verification import stretches
from tests.follower.conftest import QUICK
from tests.log_format.served_log import numbered_entries


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 513, 5000])
def test_a_follower_reaches_the_head_of_a_log_of_any_size(server, sink, following, size):
    server.append(numbered_entries(1, size))
    follower = following()
    assert sink.reaches(size)
    assert sink.entries == server.log.entries
    assert sink.kept.tree().root() == server.log.root
    assert max(sink.pages) <= 4096
    follower.stop()
    status = follower.status()
    assert (status.verified_position, status.head_size, status.lag, status.stopped) == (size, size, 0, None)
    assert status.checkpoint.root == server.log.root


def test_seventy_thousand_entries_use_full_partial_and_higher_tiles(server, sink, following):
    server.append(numbered_entries(1, 70_000))
    following()
    assert sink.reaches(70_000)
    assert sink.entries == server.log.entries
    wanted = {"tile/1/000", "tile/1/001.p/17", "tile/0/273.p/112", "tile/entries/272", "tile/entries/273.p/112"}
    assert wanted <= set(server.paths)


def test_an_acknowledged_entry_is_handed_over_at_once(server, sink, following):
    server.append(numbered_entries(1, 300))
    following(pace=Pace())
    assert sink.reaches(300)
    assert server.is_asked("after=300&")
    began = time.monotonic()
    server.append(numbered_entries(301, 1))
    assert sink.reaches(301)
    assert time.monotonic() - began < 0.5


def test_many_small_steps_give_the_same_as_one_large(server, sink, following):
    following()
    for first in range(1, 600, 37):
        server.append(numbered_entries(first, 37))
        assert sink.reaches(first + 36)
    assert sink.entries == server.log.entries


def test_an_empty_log_is_followed_until_something_happens(server, sink, following):
    follower = following()
    assert follower.wait_until(lambda status: status.connected, 20)
    server.append(numbered_entries(1, 1))
    assert sink.reaches(1)


def test_a_follower_goes_on_from_the_bookmark(server, sink, following):
    server.append(numbered_entries(1, 700))
    following().stop()
    following()
    assert sink.reaches(700)
    server.asked.clear()
    server.append(numbered_entries(701, 400))
    following()
    assert sink.reaches(1100)
    assert sink.entries == server.log.entries
    assert "tile/entries/000" not in server.paths
    assert "tile/entries/001" not in server.paths


def test_a_follower_ended_within_a_checkpoint_first_completes_it(server, sink, following):
    server.append(numbered_entries(1, 9000))
    stop = threading.Event()
    whole_apply = sink.apply

    def apply_one_page(entries, first_position, bookmark):
        if stop.is_set():
            raise OSError("the disk is full")
        whole_apply(entries, first_position, bookmark)
        stop.set()

    sink.apply = apply_one_page
    follower = following()
    assert follower.wait_until(lambda status: "disk is full" in (status.trouble or ""), 20)
    follower.stop()
    assert sink.kept.position == 4096
    server.append(numbered_entries(9001, 10))
    sink.apply = whole_apply
    following()
    assert sink.reaches(9010)
    assert sink.entries == server.log.entries


def test_each_request_carries_the_newest_token(server, sink):
    tokens = iter(f"token-{n}" for n in range(10_000))
    server.append(numbered_entries(1, 3))
    follower = Follower(server.url, lambda: next(tokens), server.log.key.verifier, sink, pace=QUICK)
    follower.start()
    assert sink.reaches(3)
    follower.stop()
    sent = [headers["Authorization"] for _, headers in server.asked]
    assert len(set(sent)) == len(sent)
    assert all(value.startswith("Bearer token-") for value in sent)
    assert all(headers["User-Agent"].startswith("1035-fund-reporting/") for _, headers in server.asked)


def test_a_page_applied_though_it_failed_is_not_applied_twice(server, sink, following):
    sink.failures_after = [OSError("connection lost after the commit")]
    server.append(numbered_entries(1, 10))
    following()
    assert sink.reaches(10)
    server.append(numbered_entries(11, 10))
    assert sink.reaches(20)
    assert sink.entries == server.log.entries


def test_a_page_the_sink_has_already_seen_changes_nothing(server, sink, following):
    server.append(numbered_entries(1, 10))
    first = following()
    assert sink.reaches(10)
    first.stop()
    server.append(numbered_entries(11, 10))
    following()
    following()
    assert sink.reaches(20)
    server.append(numbered_entries(21, 10))
    assert sink.reaches(30)
    assert sink.entries == server.log.entries


def test_a_failing_sink_is_tried_again_and_its_trouble_shown(server, sink, following):
    sink.failures = [OSError("database is locked") for _ in range(5)]
    server.append(numbered_entries(1, 10))
    follower = following()
    assert sink.reaches(10)
    assert follower.wait_until(lambda status: status.trouble is None, 20)
    assert follower.status().stopped is None


def test_stopping_does_not_wait_for_the_poll(server, sink, following):
    follower = following()
    assert server.is_asked("after=0&")
    began = time.monotonic()
    follower.stop()
    assert time.monotonic() - began < 2


def test_stretches_cover_exactly_the_new_entries():
    for position, size in [(0, 1), (0, 256), (255, 257), (256, 512), (300, 1000), (511, 512), (5, 5)]:
        covered = [n for s in stretches(position, size) for n in range(s.first, s.first + s.fresh)]
        assert covered == list(range(position + 1, size + 1))


def test_a_busy_ledger_is_not_asked_once_per_event(server, sink, following):
    following(pace=Pace(round_s=0.05))
    for first in range(1, 201):
        server.append(numbered_entries(first, 1))
    assert sink.reaches(200)
    assert len(sink.pages) < 100


def test_a_sink_that_takes_nothing_is_said_and_followed_on(server, sink, following):
    server.append(numbered_entries(1, 5))
    sink.failures = [SinkUnavailable("database or disk is full")] * 30
    follower = following()
    said = "the reporting database takes nothing: database or disk is full"
    assert follower.wait_until(lambda status: status.trouble == said, 20)
    sink.failures.clear()
    assert sink.reaches(5)
