"""What the ledger records of its own accord has the form that the catalogue publishes."""

import pytest

from bench.workload.sample import sample_history
from shared.contract.events import EVENT_TYPES
from tests.contract.fixtures import faults
from tests.histories.in_process import InProcessLedger

LEDGERS_OWN = frozenset(
    ("position", "stream", "version", "recorded_at", "recorded_by", "recorded_role", "rule_set", "effective_on")
) | {"year", "sealed"}


@pytest.fixture(scope="module")
def entries():
    ledger = InProcessLedger()
    for step in sample_history():
        for event in step.events:
            ledger.post(event, step.subject, step.role)
    return ledger.log


def test_every_entry_of_the_sample_history_has_its_published_form(entries):
    posted = [{name: value for name, value in entry.items() if name not in LEDGERS_OWN} for entry in entries]
    assert not [(event["type"], found) for event in posted if (found := faults(event))]


def test_the_sample_history_holds_refusals_and_derived_facts(entries):
    recorded = {EVENT_TYPES[entry["type"]].short for entry in entries}
    assert recorded >= {"line.allocated", "line.allocation-revised", "command.refused"}
