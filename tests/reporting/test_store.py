"""Projections and bookmark move together, once per page, whatever happens in between."""

import json
from base64 import b64decode
from contextlib import contextmanager

import pytest
from sqlalchemy import select, update

from reporting_service.follower import OutOfOrder
from reporting_service.projections import rebuild as rebuild_module
from reporting_service.projections import store as store_module
from reporting_service.projections.log_copy import entries
from reporting_service.projections.rebuild import rebuild
from reporting_service.projections.store import Damaged, NotYetKnown, Store, StoreUnavailable, writing
from reporting_service.projections.tables import DERIVED
from reporting_service.reports.facility import facility
from tests.reporting.history import bookmark_at, follow, store_at, tree_root


def everything(store: Store):
    """Every row of every read model."""
    with store.engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in DERIVED.sorted_tables
        }


class PulledPlug(BaseException):
    """The process ends here."""


@pytest.fixture
def pull_the_plug(monkeypatch):
    """While it lasts, the process ends between fold and commit."""

    @contextmanager
    def pulling(module):
        def pull(*_):
            raise PulledPlug

        with monkeypatch.context() as patch, pytest.raises(PulledPlug):
            patch.setattr(module, "save_bookmark", pull)
            yield

    return pulling


def test_a_page_applied_twice_changes_nothing(history, empty):
    follow(empty, history.bodies[:100])
    before, bookmark = everything(empty), empty.bookmark()
    with pytest.raises(OutOfOrder):
        empty.apply(history.bodies[:100], 1, bookmark)
    assert everything(empty) == before
    assert empty.bookmark() == bookmark


def test_a_page_that_overlaps_is_refused_whole(history, empty):
    follow(empty, history.bodies[:100])
    before = everything(empty)
    with pytest.raises(OutOfOrder):
        empty.apply(history.bodies[90:120], 91, bookmark_at(history.bodies, 120, empty.bookmark()))
    assert everything(empty) == before


def test_a_page_behind_a_gap_is_refused(history, empty):
    follow(empty, history.bodies[:100])
    with pytest.raises(OutOfOrder):
        empty.apply(history.bodies[110:120], 111, bookmark_at(history.bodies, 120, empty.bookmark()))


def test_a_crash_before_the_commit_leaves_all_as_it_was(history, empty, pull_the_plug):
    follow(empty, history.bodies[:200])
    before, bookmark = everything(empty), empty.bookmark()
    with pull_the_plug(store_module):
        empty.apply(history.bodies[200:250], 201, bookmark_at(history.bodies, 250, bookmark))
    assert everything(empty) == before
    assert empty.bookmark() == bookmark


def test_after_a_crash_it_goes_on_as_if_there_had_been_none(history, store, empty, pull_the_plug):
    follow(empty, history.bodies[:200])
    with pull_the_plug(store_module):
        follow(empty, history.bodies)
    follow(empty, history.bodies)
    assert everything(empty) == everything(store)


@pytest.mark.parametrize("page", [1, 7, 1000])
def test_pages_of_any_size_give_the_same_rows(history, store, tmp_path, page):
    other = follow(store_at(tmp_path / "other.db"), history.bodies, page)
    assert everything(other) == everything(store)


def test_a_store_opened_again_goes_on_where_it_was(history, store, tmp_path):
    for position in (40, 150, 233, history.position):
        follow(store_at(tmp_path / "again.db"), history.bodies[:position])
    assert everything(store_at(tmp_path / "again.db")) == everything(store)


def test_entries_under_another_tree_are_refused(history, empty):
    bookmark = bookmark_at(history.bodies, 10, empty.bookmark())
    changed = [*history.bodies[:9], history.bodies[9].replace(b"2001", b"2002")]
    with pytest.raises(Damaged, match="do not lead to the tree"):
        empty.apply(changed, 1, bookmark)
    assert empty.bookmark().position == 0


def test_entries_in_another_order_are_refused(history, empty):
    swapped = [history.bodies[1], history.bodies[0]]
    with pytest.raises(Damaged, match="does not hold the entries 1 to 2"):
        empty.apply(swapped, 1, bookmark_at(swapped, 2, empty.bookmark()))


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 350])
def test_any_prefix_has_the_root_of_its_entries(history, store, size):
    with store.view(size) as view:
        assert b64decode(view.checkpoint()["root"]) == tree_root(history.bodies[:size])


def test_a_position_beyond_the_bookmark_is_not_known(history, store):
    with pytest.raises(NotYetKnown), store.view(history.position + 1):
        pass


def test_an_instant_means_the_last_entry_recorded_by_then(history, store):
    at = json.loads(history.bodies[99])["recorded_at"]
    with store.view(at) as view:
        assert view.position == 100
    with store.view("2001-01-01T00:00:00.000000Z") as view:
        assert view.position == 0


def test_a_rebuild_gives_the_same_rows(history, store, empty):
    follow(empty, history.bodies)
    assert rebuild(empty.engine) == history.position
    assert everything(empty) == everything(store)


def test_after_a_rebuild_the_running_store_goes_on(history, store, empty):
    follow(empty, history.bodies[:200])
    rebuild(empty.engine)
    follow(empty, history.bodies)
    assert everything(empty) == everything(store)


def test_a_rebuild_refuses_a_changed_entry_and_changes_nothing(history, empty):
    follow(empty, history.bodies)
    before = everything(empty)
    with writing(empty.engine) as connection:
        changed = history.bodies[19].replace(b"2001", b"2002")
        connection.execute(update(entries).where(entries.c.position == 20).values(body=changed))
    with pytest.raises(Damaged, match="entries 1 to 256 are not those that were verified"):
        rebuild(empty.engine)
    assert everything(empty) == before


def test_a_rebuild_refuses_a_missing_entry(history, empty):
    follow(empty, history.bodies)
    with writing(empty.engine) as connection:
        connection.exec_driver_sql("DELETE FROM entries WHERE position = 300")
    with pytest.raises(Damaged, match="holds 349 of the entries"):
        rebuild(empty.engine)


def test_a_crash_within_a_rebuild_leaves_the_live_tables(history, empty, pull_the_plug):
    follow(empty, history.bodies)
    before = everything(empty)
    with pull_the_plug(rebuild_module):
        rebuild(empty.engine)
    assert everything(empty) == before
    assert rebuild(empty.engine) == history.position


def test_an_empty_store_has_an_empty_bookmark(empty):
    assert empty.bookmark().position == 0
    assert rebuild(empty.engine) == 0


def test_a_database_that_does_not_answer_is_said_to_be_unavailable(history, tmp_path):
    store = follow(store_at(tmp_path / "reporting.db"), history.bodies[:10])
    with writing(store.engine) as connection:
        connection.exec_driver_sql("DROP TABLE postings")
    with pytest.raises(StoreUnavailable, match="no such table"), store.view() as view:
        facility(view, 2008)
