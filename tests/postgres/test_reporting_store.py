"""Reporting's store on PostgreSQL: readers of one moment, beside a writer and a rebuild."""

import threading

import pytest

from bench.pair import wait_until
from reporting_service.follower import Bookmark
from reporting_service.projections.engine import open_engine
from reporting_service.projections.rebuild import rebuild
from reporting_service.projections.store import Store
from reporting_service.reports.facility import facility
from tests.ledger.stores import PostgresStore
from tests.reporting.history import bookmark_at, follow, sample

WAITS = "SELECT 1 FROM pg_locks WHERE relation = 'bookmark'::regclass AND NOT granted"


@pytest.fixture(scope="module")
def history():
    return sample()


@pytest.fixture
def store(database):
    made = Store(open_engine(database))
    yield made
    made.engine.dispose()


def test_a_rebuild_waits_for_readers_before_it_swaps(history, store, database):
    follow(store, history.bodies)
    with store.view() as view:
        swapping = threading.Thread(target=rebuild, args=(store.engine,))
        swapping.start()
        wait_until(lambda: PostgresStore(database).run(WAITS), 60, "the rebuild to be ready to swap")
        before = facility(view, 2008)
    swapping.join()
    with store.view() as view:
        assert facility(view, 2008) == before


def test_a_reader_sees_nothing_of_a_page_applied_meanwhile(history, store):
    follow(store, history.bodies[:100])
    with store.view() as view:
        before = facility(view, 2008)
    with store.view() as view:
        store.apply(history.bodies[100:], 101, bookmark_at(history.bodies, len(history.bodies), store.bookmark()))
        assert facility(view, 2008) == before
    with store.view() as view:
        assert facility(view, 2008) != before


def test_two_writers_never_apply_the_same_page(history, database, store):
    other = Store(store.engine)
    refused = []

    def apply(one):
        try:
            one.apply(history.bodies[:100], 1, bookmark_at(history.bodies, 100, Bookmark()))
        except Exception as error:
            refused.append(type(error).__name__)

    threads = [threading.Thread(target=apply, args=(one,)) for one in (store, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["OutOfOrder"]
    assert store.bookmark().position == 100
