"""Every printed figure leads to exactly the events that make it."""

import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting_service.reports.annual import TABLES
from reporting_service.reports.behind.figure import EMPTY, changes, difference, formula, stated, total
from reporting_service.reports.behind.tables import BEHIND
from shared.log_format.canonical import canonical
from tests.histories.commands import YEARS, Pick, brought_in, command, opening
from tests.histories.scale import HISTORIES, ON_DEMAND, STEPS, scaled
from tests.histories.side_by_side import SideBySide
from tests.reporting import facts
from tests.reporting.explained import assert_explained, cells
from tests.reporting.history import History, follow, store_at


def test_every_table_of_the_report_can_be_drilled_into():
    assert list(BEHIND) == list(TABLES)


@pytest.mark.parametrize("year", range(2006, 2012))
def test_every_figure_of_the_sample_is_the_sum_of_its_events(store, year):
    with store.view() as view:
        assert assert_explained(view, year) > 400


@pytest.mark.parametrize("position", [0, 1, 2, 40, 111, 200, 267, 300])
def test_figures_known_earlier_are_explained_by_what_was_known(store, position):
    with store.view(position) as view:
        assert_explained(view, 2008)


@scaled(HISTORIES if ON_DEMAND else 10)
@given(st.data(), st.sampled_from(YEARS))
def test_every_figure_of_a_random_history_is_the_sum_of_its_events(data: st.DataObject, year: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = follow(store_at(Path(folder) / "reporting.db"), told(data))
        with store.view() as view:
            assert_explained(view, year)
        store.engine.dispose()


def told(data: st.DataObject) -> list[bytes]:
    """The entries of a random history."""
    both = SideBySide()
    pick = Pick(data.draw, both.oracle)
    first = (brought_in() if data.draw(st.booleans()) else []) + opening()
    for number in range(len(first) + 2 * STEPS):
        both.post(*(first[number] if number < len(first) else command(pick)))
    return [canonical(entry) for entry in both.ledger.log]


@pytest.fixture
def small(empty):
    """A history of one project, as told so far."""
    history = History()
    facts.member(history)
    facts.budget(history)
    facts.submitted(history)

    def behind(figure: str, year: int = 2008):
        table, row, column = figure.split("/")
        with follow(empty, history.bodies).view() as view:
            return BEHIND[table](view, year, row, column)

    return history, behind


def test_a_balance_names_each_movement_with_its_sign(small):
    history, behind = small
    approval = facts.approved(history)
    increase = facts.approved(history, amount="5000.00", kind="increased", on="2008-04-01")
    closing = behind("T2/closing/line-1").contributions()
    assert closing[approval] == Decimal("-100000.00")
    assert closing[increase] == Decimal("-5000.00")
    assert sum(closing.values()) == Decimal("1295000.00")


def test_a_reversal_stands_beside_what_it_takes_back(small):
    history, behind = small
    approval = facts.approved(history)
    reversal = facts.reversed_(history, approval)
    amounts = {approval: Decimal("100000.00"), reversal: Decimal("-100000.00")}
    assert behind("T3/approved/line-1").contributions() == amounts
    assert behind("T4/africa/usd-line-1").contributions() == amounts
    assert behind("T4/africa/number-line-1").contributions() == {approval: 1, reversal: -1}


def test_a_rate_names_the_figures_that_it_is_made_of(small):
    history, behind = small
    facts.approved(history)
    facts.disbursed(history)
    facts.spent(history)
    assert behind("T3/delivery-rate/line-1").parts == {
        "part": "T3/spent/line-1",
        "whole": "T3/disbursed/line-1",
        "whole, less": "T3/recovered/line-1",
    }


def test_the_formula_names_the_allocation_with_its_derivation(small):
    history, behind = small
    line_2 = behind("T1/line-2/budget")
    assert set(line_2.contributions()) == {history.position - 1}
    assert line_2.steps["line_2"] == "1250000.00"
    assert set(behind("T1/interest/budget").contributions()) == {history.position - 3}


def test_a_text_names_the_event_that_says_so(small):
    history, behind = small
    approval = facts.approved(history)
    assert behind("T8/NC.1/status").says == (approval,)
    assert behind("T8/NC.1/title").says == (approval - 1,)


def test_differences_of_the_reconciliation_agree_event_by_event(store):
    with store.view() as view:
        for row in ("difference-log-t2", "difference-t2-t8", "difference-undisbursed-log", "debits-less-credits"):
            found = BEHIND["T15"](view, 2009, row, "facility").contributions()
            assert len(found) > 20
            assert not any(found.values())


def test_an_empty_cell_has_nothing_behind_it(store):
    with store.view() as view:
        empty = [cell for cell, (value, unit) in cells_of(view).items() if not value and unit != "text"]
        assert empty
        for table, row, column in empty:
            assert not BEHIND[table](view, 2009, row, column).contributions()


def cells_of(view):
    from reporting_service.reports.annual import annual_report

    return cells(annual_report(view, 2009))


def amounts(**by_position: int) -> dict[int, Decimal]:
    return {int(at[1:]): Decimal(amount) for at, amount in by_position.items()}


def test_what_changed_adds_up_to_the_difference():
    before, after = total(amounts(p1=100, p2=20)), total(amounts(p1=100, p3=7))
    assert changes(before, after) == [(2, -20), (3, 7)]
    assert changes(EMPTY, after) == [(1, 100), (3, 7)]
    assert changes(after, EMPTY) == [(1, -100), (3, -7)]
    assert changes(after, after) == []


def test_a_formula_changes_event_by_event():
    def made(**paid):
        below = {"owed": amounts(p1=100), "paid": amounts(**paid)}
        return formula("never below zero", lambda sums: max(Decimal(0), sums["owed"] - sums["paid"]), below, {})

    assert changes(made(), made(p2=70, p3=50)) == [(2, -70), (3, -30)]
    assert made(p2=70, p3=50).contributions() == {1: 100, 2: -70, 3: -30}


def test_a_stated_figure_may_be_none():
    assert stated(3, "") == EMPTY
    assert difference(amounts(p1=5), amounts(p1=5)).contributions() == {1: 0}
