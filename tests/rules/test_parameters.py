"""Each parameter of a rule set, changed by one event and no code."""

import pytest

from shared.rules.refusals import SOURCES
from tests.rules.facts import (
    approved,
    assessed,
    closed,
    confirmed,
    contribution,
    fact,
    income,
    member,
    paid,
    status_changed,
    submitted,
)
from tests.rules.test_allocation import adoption
from tests.rules.test_allocation import di as budgeted

ON = "2016-03-01"


@pytest.fixture
def later(history):
    """A set of 2016 can be adopted; Kenya and Uganda are Members; both lines have money."""

    def adopted(**parameters):
        history.given(confirmed(history.given(adoption(**parameters))))
        return history

    history.given(member("KEN"), member("UGA"))
    for line in ("line-1", "line-2"):
        history.given(contribution("received", "9000000.00", line=line, on="2016-01-05", code=line))
    return adopted


def approve_all(history, *codes, amount="100.00"):
    """Which of some projects are refused, and by which rules."""
    return {code: set(history.refused(approved(code, amount, on=ON))) for code in codes}


@pytest.mark.parametrize(("scope", "states"), [("national", ("KEN",)), ("regional", ("KEN", "UGA"))])
def test_a_ceiling_for_line_1_can_be_set(later, scope, states):
    history = later(**{f"line_1_{scope}_ceiling": "50.00"})
    history.given(submitted("L1", line="line-1", states=states), submitted("P1", states=states))
    assert set(history.refused(approved("L1", "50.01", on=ON))) == {f"line-1/{scope}-ceiling"}
    history.given(approved("L1", "50.00", on=ON), approved("P1", "50.01", on=ON))


def test_a_ceiling_can_be_lifted(later):
    history = later(national_ceiling=None)
    history.given(submitted("P1"), approved("P1", "5000000.00", on=ON))


def test_the_bar_can_be_opened_to_line_1(later):
    history = later(article_4_bars=["line-1"])
    history.given(assessed("KEN", 2014, "5.00"), assessed("KEN", 2015, "5.00"))
    history.given(submitted("L1", line="line-1"), submitted("P1"))
    assert set(history.refused(approved("L1", on=ON))) == {"line-2/article-4"}
    history.given(approved("P1", on=ON))


def test_arrears_equal_to_the_threshold_can_be_let_pass(later):
    history = later(article_4_comparison="more-than")
    history.given(assessed("KEN", 2013, "0.01"), assessed("KEN", 2014, "5.00"), assessed("KEN", 2015, "5.00"))
    history.given(submitted("P1"))
    assert set(history.refused(approved("P1", on=ON))) == {"line-2/article-4"}
    history.given(paid("KEN", "0.01", ON), approved("P1", on=ON))


@pytest.mark.parametrize(("years", "barred"), [(1, True), (2, True), (3, True), (4, False)])
def test_the_years_of_the_threshold_can_be_changed(later, years, barred):
    history = later(article_4_years=years)
    history.given(*(assessed("KEN", year, "5.00") for year in (2013, 2014, 2015)), submitted("P1"))
    if barred:
        threshold = history.refused(approved("P1", on=ON))["line-2/article-4"]["figures"]["threshold"]
        assert threshold == f"{5 * years}.00"
    else:
        history.given(approved("P1", on=ON))


def test_the_european_union_can_be_let_in(later):
    history = later(exclude_eu=False)
    history.given(status_changed("KEN", "2010-01-01", eu_member=True), submitted("P1"), approved("P1", on=ON))


def test_another_status_can_be_made_eligible(later):
    history = later(eligible_statuses=["other"])
    history.given(status_changed("UGA", "2010-01-01", development_status="other"))
    history.given(submitted("P1"), submitted("P2", states=("UGA",)), approved("P2", on=ON))
    assert set(history.refused(approved("P1", on=ON))) == {"member-state/eligible"}


def test_endorsements_can_be_dropped(later):
    history = later(endorsement_required=False)
    history.given(submitted("P1", endorsements=[]), approved("P1", on=ON))


def test_more_states_can_be_asked_of_a_regional_project(later):
    history = later(regional_minimum_states=3)
    history.given(submitted("R1", states=("KEN", "UGA")))
    assert set(history.refused(approved("R1", on=ON))) == {"project/regional-states"}


def test_the_majority_of_members_can_be_dropped(later):
    history = later(regional_majority=False)
    history.given(submitted("R1", states=("KEN", "UGA", "SDN", "SSD")), approved("R1", on=ON))


def test_line_2_can_begin_later(later):
    history = later(first_year=2017)
    recorded = history.post(budgeted(2016, "30900000.00", "5400000.00", "6000000.00"))
    assert recorded.entries[2]["data"]["amount"] == "0.00"
    history.given(submitted("P1"))
    assert set(history.refused(approved("P1", on=ON))) == {"line-2/first-year"}


def test_the_cap_can_be_dropped(later):
    recorded = later(cap="none").post(budgeted(2016, "46500000.00", "6000000.00", "0.01"))
    assert [entry["data"]["amount"] for entry in recorded.entries[1:]] == ["1400000.00", "5000000.00"]


def test_the_share_can_be_dropped(later):
    recorded = later(share=None).post(budgeted(2016, "46500000.00", "6000000.00", "4000000.00"))
    assert [entry["data"]["amount"] for entry in recorded.entries[1:]] == ["1400000.00", "0.00"]


def test_line_1_can_be_given_another_amount(later):
    recorded = later(line_1_amount="1500000.00").post(budgeted(2016, "46500000.00", "6000000.00", "4000000.00"))
    assert [entry["data"]["amount"] for entry in recorded.entries[1:]] == ["1500000.00", "2500000.00"]


@pytest.mark.parametrize(("retest", "entries"), [(True, 3), (False, 1)])
def test_the_retest_at_close_can_be_dropped(later, retest, entries):
    history = later(cap_retest_at_close=retest)
    history.given(budgeted(2016, "46500000.00", "6000000.00", "4000000.00"))
    history.given(income(2016, "interest", "1.00"))
    assert len(history.close(2016).entries) == entries


def test_a_protected_line_1_gives_nothing_back_at_close(later):
    history = later(protect_line_1=True)
    history.given(budgeted(2016, "46500000.00", "6000000.00", "4000000.00"), income(2016, "interest", "1.00"))
    changes = [entry["data"]["change"] for entry in history.close(2016).entries[1:]]
    assert changes == ["0.00", "-2600000.00"]


def test_a_decision_before_the_set_keeps_the_old_rules(later):
    history = later(national_ceiling="50.00")
    history.given(
        contribution("received", "9000000.00", on="2015-01-05", code="early"), submitted("P1"), submitted("P2")
    )
    history.given(approved("P1", "200000.00", on="2015-12-31"))
    assert set(history.refused(approved("P2", "50.01", on="2016-01-01"))) == {"line-2/national-ceiling"}


def test_only_project_practice_can_be_overridden():
    assert {rule for rule, source in SOURCES.items() if source.overridable} == {
        "member-state/eligible",
        "project/regional-states",
        "project/endorsed",
        "project/follow-up-direction",
        "line-1/national-ceiling",
        "line-1/regional-ceiling",
    }


def test_practice_is_never_cited_as_part_iii():
    for rule, source in SOURCES.items():
        assert ("Part III" in source.paragraph) == (source.resolution == "1150 (XCIII)"), rule


def test_a_closed_set_of_years_takes_reports_and_control_totals(later):
    history = later(cap="none")
    history.given(budgeted(2016, "46500000.00", "6000000.00", "4000000.00"), income(2016, "interest", "1.00"))
    history.close(2016)
    assert set(history.refused(closed(2016))) == {"year/closed"}
    issued = fact(
        "report.issued", year=2016, kind="annual", edition=1, body="scpf", document="d", digest="0" * 64,
        checkpoint={"size": 1, "root": "r"},
    )  # fmt: skip
    history.given(issued)
