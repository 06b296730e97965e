"""The benches under load run with tiny inputs on SQLite: what they ask, not how fast the answer is."""

import json
import time

import pytest

from bench import overload, soak, stall, unwanted
from bench.__main__ import stage
from bench.load import EVENT, Request, generator
from bench.open_loop import Offer, Window, _Sender, together
from bench.overload import Lengths, recovery
from bench.runs import PAGE, Run, Verdict, as_markdown, as_table, keep, runs_in, with_runs

HISTORY = 300


def check(run):
    """Every figure is there, on the screen and on the page."""
    assert as_table(run)
    said = as_markdown(run)
    for verdict in run.verdicts:
        assert verdict.name in said
    for row in run.rows:
        assert row.offered == row.accepted + row.shed + row.others
        assert {"doors", "writer", "reporting"} <= set(row.bytes)
        assert row.position > HISTORY


@pytest.fixture(scope="module")
def running():
    """Both services with a tiny history, and the stage they are on."""
    with generator() as load, stage("sqlite", HISTORY, load, 1, 1.0) as at, at.services() as pair:
        at.post_history(pair)
        yield at, pair


def test_overload_is_measured(running):
    run = overload.overloaded(*running, Lengths(finding=1, calm=1, load=3, minute=2, recovery=1))
    check(run)
    assert [row.minute for row in run.rows] == [1, 2]
    assert sum(row.accepted for row in run.rows)
    assert next(one for one in run.verdicts if "neither" in one.name).holds


def test_long_load_is_measured(running):
    run = soak.soaked(*running, Lengths(finding=1, calm=0, load=5, minute=2))
    check(run)
    assert "p99 at the end, ms" in {verdict.name for verdict in run.verdicts}


def test_unwanted_clients_are_measured(running):
    run = unwanted.beside(*running, seconds=0.5, share=0.05)
    check(run)
    assert len(run.verdicts) == 13


def test_a_writer_that_stands_still_is_measured(running):
    run = stall.stalled(*running, seconds=3, finding=1, calm=1)
    check(run)
    assert next(one for one in run.verdicts if "neither" in one.name).holds


def test_it_is_as_before_when_three_seconds_take_what_comes():
    seconds = [window(), window(), Window(10), window(), window(), window()]
    assert stall.as_before(seconds, 11.0) == 3
    assert stall.as_before([Window(10)] * 3, 11.0) == 3
    assert stall.as_before(seconds, 12.0) == 6
    assert stall.as_before([Window(10), Window(10), window()], 11.0) == 3


def window(shed=0, seconds=0.001):
    made = Window(10)
    made.accepted.extend([seconds] * 10)
    made.shed.extend([0.001] * shed)
    return made


def test_it_is_as_before_when_nobody_is_turned_away_and_answers_are_quick():
    calm = window()
    assert recovery(calm, [window()] * 3) == 0
    assert recovery(calm, [window(shed=1), window(seconds=0.01), window(), window(), window()]) == 2
    assert recovery(calm, [window(shed=1)] * 3) == 3


def test_windows_add_up():
    whole = together([window(shed=1), window(shed=2)])
    assert (whole.offered, len(whole.accepted), len(whole.shed)) == (20, 20, 3)


def test_a_latency_by_the_clock_counts_from_when_the_request_was_due(running):
    at, pair = running
    bodies = at.everyday.endless()

    def held_up():
        """The sender is busy before its first request."""
        until = time.perf_counter() + 0.3
        while time.perf_counter() < until:
            continue
        yield from bodies

    request = Request(pair.ledger_bind, pair.token("finance", "finance-1"), EVENT)
    whole = together(_Sender(request, held_up(), Offer(seconds=1, rate=20)).run())
    assert whole.ms(1.0) > 300


RUN = Run("soak", "SQLite", {"offered": "much"}, [], [Verdict("p99", 3.0, "≤ 2"), Verdict("more", 1.0, "")])


def test_a_run_is_read_back_as_written(tmp_path):
    keep(RUN, tmp_path)
    assert runs_in(tmp_path, "soak") == [RUN]
    assert not RUN.holds
    assert json.loads((tmp_path / "soak-sqlite.json").read_text())["verdicts"][0]["value"] == 3.0


@pytest.mark.parametrize("name", ["overload", "soak", "unwanted"])
def test_the_page_has_a_block_for_each(name):
    assert with_runs(PAGE.read_text(), name, [RUN])
    with pytest.raises(ValueError, match="no block"):
        with_runs("a page", name, [RUN])
