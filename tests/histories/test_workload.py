"""The sample and the canonical workload are what they say: accepted where they say so, seeded, of the size asked."""

from itertools import pairwise

import pytest

from bench.workload.canonical import BATCH_MAX, canonical, canonical_events, grouped
from bench.workload.diary import Step, short
from bench.workload.sample import sample_history
from shared.contract.events import EVENT_TYPES
from shared.rules.lines import facility
from tests.histories.in_process import InProcessLedger
from tests.histories.side_by_side import SideBySide


def played(steps: list[Step], both: SideBySide) -> None:
    """Post the steps to engine and oracle; each is answered as it expects."""
    for step in steps:
        for event in step.events:
            refused_by = both.post_event(event, step.subject, step.role)
            assert bool(refused_by) == (step.expected_status == 422), (step.label, refused_by)
    both.assert_same_balances()


def test_the_sample_is_answered_as_it_expects() -> None:
    both = SideBySide("2026-01-05")
    played(sample_history(), both)
    figures = facility(both.ledger.model, 2010)
    assert figures["lines"]["line-2"]["allocated"] == "2600000.00"
    assert figures["facility"]["allocated"] == "4000000.00"


@pytest.mark.parametrize("events", [1_000, 2_500])
def test_the_canonical_workload_is_accepted_entirely(events: int) -> None:
    both = SideBySide("2026-01-05")
    played(list(canonical(events)), both)
    assert both.oracle.position > events


def test_ten_thousand_canonical_events_pass_the_rules() -> None:
    ledger = InProcessLedger()
    refused = [event["id"] for _, _, event, answer in _answers(ledger, 10_000) if answer]
    assert refused == []


def _answers(ledger: InProcessLedger, events: int) -> list[tuple[str, str, dict[str, object], frozenset[str]]]:
    posts = canonical_events(events)
    return [(role, subject, event, ledger.post(event, subject, role)) for role, subject, event in posts]


def test_the_canonical_workload_begins_with_the_sample() -> None:
    accepted = [event["id"] for step in sample_history() if step.expected_status == 201 for event in step.events]
    begun = [event["id"] for _, _, event in canonical_events(len(accepted))]
    assert begun == accepted


def test_the_same_seed_gives_the_same_events() -> None:
    assert list(canonical_events(3_000)) == list(canonical_events(3_000))
    assert list(canonical_events(3_000)) != list(canonical_events(3_000, seed=1))


def test_batches_hold_one_subject_and_ten_thousand_events() -> None:
    steps = list(canonical(60_000))
    assert sum(len(step.events) for step in steps) == 60_000
    assert max(len(step.events) for step in steps) <= BATCH_MAX


def test_neighbours_of_one_subject_can_be_joined() -> None:
    joined = list(grouped(sample_history()))
    assert [event["id"] for step in joined for event in step.events] == [
        event["id"] for step in sample_history() for event in step.events
    ]
    posters = [(step.role, step.subject, step.expected_status) for step in joined]
    assert all(here != following or 422 in here for here, following in pairwise(posters))


def test_the_steps_of_the_sample_post_only_what_their_role_may() -> None:
    for step in sample_history():
        for event in step.events:
            assert step.role in EVENT_TYPES[event["type"]].roles, short(event)


def test_finance_books_in_order_of_date_and_never_in_the_future() -> None:
    dates = [day for role, _, event in canonical_events(20_000) if role == "finance" and (day := _day(event)) > "2011"]
    assert dates == sorted(dates)
    assert dates[-1] <= "2025-12-31"


def _day(event: dict[str, dict[str, str]]) -> str:
    names = ("due_on", "received_on", "on", "paid_on", "period_end", "returned_on", "closed_on")
    return next((event["data"][name] for name in names if name in event["data"]), "")
