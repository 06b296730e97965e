"""Bundles of the sample history and of a short one, each made once."""

from dataclasses import dataclass

import pytest

from bench.workload.sample import sample_history
from reporting_service.projections.store import Store
from tests.bundle.signed import POLICY, bundle_of, followed, signed_note
from tests.reporting.history import History, sample


@dataclass(frozen=True)
class Made:
    """A history, the store that followed it, and its bundle."""

    history: History
    store: Store
    bundle: bytes


def made(folder, history: History, year: int) -> Made:
    """The witnessed bundle of a history."""
    store = followed(folder, history, signed_note(history.bodies, witnessed=True))
    return Made(history, store, bundle_of(store, year, policy=POLICY))


def with_a_refused_batch(history: History) -> History:
    """The history, and a batch that rules refused: recorded by its digest and faults alone."""
    from tests.reporting.history import NOW

    finding = {"rule": "line/available", "holds": False, "detail": "nothing left"}
    fault = {"index": 0, "id": "b-1", "source": "https://tests.example/", "digest": "0" * 64, "refusals": [finding]}
    entry = history._recorder.refuse_batch("1" * 64, [fault], now=NOW, subject="finance-1", role="finance")
    history._keep([entry])
    return history


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The sample of 2007 to 2010, a refused batch behind it."""
    return made(tmp_path_factory.mktemp("whole"), with_a_refused_batch(sample()), 2008)


@pytest.fixture(scope="session")
def short(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The sample's first facts only: quick to verify, many times."""
    history = History()
    events = ((event, step.role, step.subject) for step in sample_history() for event in step.events)
    for event, role, subject in events:
        history.record(event, role, subject)
        if history.position >= 40:
            break
    return made(tmp_path_factory.mktemp("short"), history, 2007)
