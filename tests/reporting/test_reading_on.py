"""A later view reads on from where an earlier one stopped, and says the same as one that reads everything."""

import pickle

import pytest

from reporting_service.projections.rebuild import rebuild
from reporting_service.projections.store import Store
from reporting_service.reports.annual import annual_report
from reporting_service.reports.contributions import contributions
from tests.reporting.history import follow, sample
from tests.reporting.stores import Stores

YEARS = (2008, 2009, 2010)


@pytest.fixture(scope="session")
def stores(tmp_path_factory):
    """One kind of database is enough here."""
    return Stores(tmp_path_factory.mktemp("reading-on"), None)


def said(store, position=None):
    with store.view(position) as view:
        return [annual_report(view, year) for year in YEARS], contributions(view)


def test_reports_between_pages_are_those_of_a_fresh_store(history, empty):
    for last in range(20, history.position, 30):
        follow(empty, history.bodies[:last])
        assert said(empty) == said(Store(empty.engine)), last


def test_an_earlier_view_sees_nothing_of_what_was_read_later(history, empty):
    follow(empty, history.bodies)
    latest = said(empty)
    for position in (40, 150, 300):
        assert said(empty, position) == said(Store(empty.engine), position)
    assert said(empty) == latest


def test_what_was_read_is_forgotten_with_a_rebuild(history, empty):
    follow(empty, history.bodies)
    before = said(empty)
    rebuild(empty.engine)
    with empty.view() as view:
        assert view.memory["portfolio"].generation == view.generation - 1
    assert said(empty) == before
    with empty.view() as view:
        assert view.memory["portfolio"].generation == view.generation


def test_a_page_read_on_reads_only_what_is_new(history, empty):
    follow(empty, history.bodies[:300])
    said(empty)
    with empty.view() as view:
        kept = view.memory["allocations"].found
    follow(empty, history.bodies[:301])
    said(empty)
    with empty.view() as view:
        assert view.memory["allocations"].position == 301
        assert view.memory["allocations"].found is kept


def test_what_is_remembered_does_not_grow_with_payments(empty):
    """Given a year of receipts of one gift and one State's dues, what views remember grows by the year's first few."""
    history = sample()

    def remembered():
        follow(empty, history.bodies)
        said(empty)
        with empty.view() as view:
            return sum(len(pickle.dumps(known.found)) for known in view.memory.values())

    def a_month():
        for _ in range(30):
            usd = {"amount": "10.00", "currency": "USD", "received_on": "2010-12-30"}
            gift = {"contribution": "C.MONTHLY", "donor": "Illustrative donor", "line": "line-2"}
            assert is_recorded(history.post("contribution.received", **gift, **usd))
            paid = {"state": "KEN", "amount": "1.00", "currency": "CHF", "received_on": "2010-12-30"}
            assert is_recorded(history.post("assessment.paid", **paid))

    def is_recorded(position):
        return b"command.refused" not in history.bodies[position - 1]

    a_month()
    before = remembered()
    a_month()
    assert remembered() - before < 60, "less than a byte for each fact"
