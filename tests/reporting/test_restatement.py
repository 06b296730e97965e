"""What moved since an edition, figure by figure and event by event."""

import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting_service.reports.annual import annual_report
from reporting_service.reports.editions import editions
from reporting_service.reports.restatement import cells, marks, moved_since, restatement
from tests.histories.commands import YEARS
from tests.histories.scale import HISTORIES, ON_DEMAND, scaled
from tests.reporting import facts
from tests.reporting.history import follow, store_at
from tests.reporting.issuing import YEAR, adjust, closed_year, issue, reported_again
from tests.reporting.test_behind import told


@pytest.fixture
def restated(empty):
    """The restatement of the closed year since its first edition, and the late facts' positions."""
    history, late = reported_again(empty)
    with empty.view() as view:
        first = editions(view, YEAR)[0]
        return restatement(view, YEAR, first, 0, 1000), late, history


def figure(found, name):
    return next(moved for moved in found["figures"] if moved["figure"] == name)


def assert_explained(found):
    """Old plus what the events moved is new, of every figure, to the cent."""
    for moved in found["figures"]:
        if moved["difference"] is None:
            assert moved["old"] != moved["new"]
            continue
        difference = Decimal(moved["new"] or 0) - Decimal(moved["old"] or 0)
        assert Decimal(moved["difference"]) == difference, moved
        assert sum(Decimal(event["contribution"]) for event in moved["events"]) == difference, moved


def test_a_restatement_explains_the_whole_difference(restated):
    found, _, _ = restated
    assert found["number"] == len(found["figures"]) > 20
    assert_explained(found)


def test_late_income_moves_the_closed_years_actual(restated):
    found, late, _ = restated
    interest = figure(found, "T1/interest/actual")
    assert (interest["old"], interest["new"], interest["difference"]) == ("0.00", "1600000.00", "1600000.00")
    (event,) = interest["events"]
    assert (event["position"], event["why"]["adjusts_year"], event["why"]["reason"]) == (late["income"], YEAR, "R")
    derived = figure(found, "T1/line-2/actual")
    assert [event["position"] for event in derived["events"]] == [late["income"]]


def test_a_late_reversal_names_what_it_reverses_and_why(restated):
    found, late, _ = restated
    number = figure(found, "T4/africa/number-line-1")
    assert (number["old"], number["new"], number["difference"]) == ("2", "1", "-1")
    (event,) = number["events"]
    assert event["position"] == late["reversal"]
    assert event["why"]["reason"] == "Never signed"
    assert event["why"]["reverses"] < late["reversal"]


def test_late_facts_are_told_where_they_are_booked_and_belong(restated):
    found, late, _ = restated
    assert [(fact["position"], fact["row"], fact["amount"], fact["booked_in"]) for fact in found["late_facts"]] == [
        (late["gift"], "contributions", "70000.00", 2009),
        (late["income"], None, "1600000.00", 2009),
        (late["reversal"], "project-allocations", "100000.00", 2009),
    ]


def test_the_closing_balance_of_a_closed_year_stands(restated):
    found, _, _ = restated
    assert not [moved for moved in found["figures"] if moved["figure"].startswith("T2/")]


def test_late_facts_are_remarked_in_the_closed_years_report(empty):
    reported_again(empty)
    with empty.view() as view:
        rows = {row["title"] for row in annual_report(view, YEAR)["tables"]["T14"]["rows"]}
    assert "Late adjustment" in rows


def test_the_open_year_shows_the_adjustments(empty):
    history = closed_year()
    issue(history, empty, year=2009)
    adjust(history)
    with follow(empty, history.bodies).view() as view:
        found = restatement(view, 2009, editions(view, 2009)[0], 0, 1000)
    assert figure(found, "T2/adjustments/facility")["new"] == "170000.00"
    assert len(figure(found, "T2/closing/facility")["events"]) == 2
    assert_explained(found)


def test_pages_of_figures_follow_each_other(empty):
    reported_again(empty)
    with empty.view() as view:
        first = editions(view, YEAR)[0]
        whole = restatement(view, YEAR, first, 0, 1000)
        pages, after = [], 0
        while after is not None:
            page = restatement(view, YEAR, first, after, 7)
            pages += page["figures"]
            after = page["next"]
    assert pages == whole["figures"]


def test_a_superseded_figure_names_both_events(empty):
    history = closed_year()
    issue(history, empty, year=2009)
    facts.budget(history, 2009, basis="revision", approved_on="2009-06-30", interest="1700000.00")
    issue(history, empty, 2, year=2009)
    facts.budget(history, 2009, basis="revision", approved_on="2009-09-30", interest="1800000.00")
    with follow(empty, history.bodies).view() as view:
        found = restatement(view, 2009, editions(view, 2009)[1], 0, 1000)
    interest = figure(found, "T1/interest/revised")
    told_of = [(event["contribution"], event["recorded_before"]) for event in interest["events"]]
    assert told_of == [("-1700000.00", True), ("1800000.00", False)]
    assert_explained(found)


def test_marks_say_what_was_printed_before(empty):
    reported_again(empty)
    with empty.view() as view:
        found = marks(view, YEAR, editions(view, YEAR)[0].size)
    assert found["T1/interest/actual"].old.value == "0.00"
    assert "T2/closing/line-1" not in found


@scaled(HISTORIES if ON_DEMAND else 6)
@given(st.data(), st.sampled_from(YEARS))
def test_any_two_moments_of_a_random_history_are_explained(data: st.DataObject, year: int) -> None:
    bodies = told(data)
    size = data.draw(st.integers(0, len(bodies)))
    with tempfile.TemporaryDirectory() as folder:
        store = follow(store_at(Path(folder) / "reporting.db"), bodies)
        with store.view() as view:
            assert_moments_explained(view, year, size)
        store.engine.dispose()


def assert_moments_explained(view, year, size):
    from reporting_service.reports.restatement import _explained

    moved = moved_since(view, year, size)
    assert_explained({"figures": [_explained(view, year, size, found) for found in moved]})
    same = cells(annual_report(view, year)).keys() - {found.figure for found in moved}
    assert same
