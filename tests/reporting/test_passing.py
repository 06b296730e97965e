"""A store for one reading: the same report as from the store that stays, however the entries came in pages."""

import orjson
import pytest

from reporting_service.projections.passing import passing_view
from reporting_service.reports.annual import annual_report
from tests.reporting.history import follow, sample, store_at, tree_root


@pytest.fixture(scope="module")
def history():
    return sample()


@pytest.fixture(scope="module")
def store(history, tmp_path_factory):
    return follow(store_at(tmp_path_factory.mktemp("stays") / "reporting.db"), history.bodies)


def _passing(bodies, page, year):
    entries = list(map(orjson.loads, bodies))
    pages = (entries[at : at + page] for at in range(0, len(entries), page))
    with passing_view(pages, lambda at: bodies[at - 1], len(bodies), tree_root(bodies)) as view:
        return annual_report(view, year)


@pytest.mark.parametrize("year", [2007, 2008, 2010])
@pytest.mark.parametrize("position", [1, 40, 200, 350])
@pytest.mark.parametrize("page", [1, 16, 1000])
def test_a_report_is_that_of_the_store_that_stays(history, store, position, year, page):
    with store.view(position) as view:
        expected = annual_report(view, year)
    assert _passing(history.bodies[:position], page, year) == expected


def test_a_log_without_entries_has_a_report_without_figures(store):
    with store.view(0) as view:
        assert _passing([], 1000, 2008) == annual_report(view, 2008)
