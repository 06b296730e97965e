"""The formula of Part III: the case table of the domain (illustrative figures), and its edges."""

import pytest

from tests.rules.facts import budget, confirmed, contribution, di, fact, reversal, revision

CASES = {
    "normal": ("30900000.00", "5400000.00", "6000000.00", "1400000.00", "1250000.00"),
    "at baseline": ("25000000.00", "4500000.00", "6000000.00", "1400000.00", "0.00"),
    "security matters": ("24000000.00", "4200000.00", "6000000.00", "1400000.00", "0.00"),
    "cap binds": ("46500000.00", "6000000.00", "4000000.00", "1400000.00", "2600000.00"),
    "M below 1.4 million": ("46500000.00", "6000000.00", "1100000.00", "1100000.00", "0.00"),
}


@pytest.mark.parametrize("case", CASES)
def test_case_of_the_table_is_allocated_to_the_cent(history, case):
    total, security, miscellaneous, line_1, line_2 = CASES[case]
    recorded = history.post(di(2015, total, security, miscellaneous))
    assert [entry["data"]["amount"] for entry in recorded.entries[1:]] == [line_1, line_2]
    assert history.line("line-1", 2015)["available"] == line_1
    assert history.line("line-2", 2015)["available"] == line_2


def test_voluntary_money_stays_outside_the_cap(history):
    history.given(di(2015, "46500000.00", "6000000.00", "4000000.00"))
    history.given(contribution("received", "500000.00", on="2015-03-01"))
    assert history.line("line-2", 2015)["available"] == "3100000.00"
    assert history.line("line-1", 2015)["available"] == "1400000.00"


def test_line_1_below_its_amount_is_a_recorded_exception(history):
    recorded = history.post(di(2015, "46500000.00", "6000000.00", "1100000.00"))
    assert recorded.entries[1]["data"]["exception"]["rule"] == "line-1/amount"
    assert "exception" not in recorded.entries[2]["data"]


def test_negative_miscellaneous_income_gives_neither_line_anything(history):
    recorded = history.post(budget(2015, "40000000.00", "1000000.00", "100.00", "-500.00"))
    assert [entry["data"]["amount"] for entry in recorded.entries[1:]] == ["0.00", "0.00"]
    assert recorded.entries[1]["data"]["derivation"]["miscellaneous_income"] == "-400.00"


def test_one_cent_above_the_baseline_gives_no_cent(history):
    recorded = history.post(budget(2015, "14500000.01", "0.00", "6000000.00"))
    assert recorded.entries[2]["data"]["derivation"]["excess"] == "0.01"
    assert recorded.entries[2]["data"]["amount"] == "0.00"


def test_a_fraction_of_a_cent_is_rounded_down(history):
    recorded = history.post(budget(2015, "14500000.07", "0.00", "6000000.00"))
    assert recorded.entries[2]["data"]["amount"] == "0.01"


@pytest.mark.parametrize(("year", "line_2"), [(2007, "0.00"), (2008, "1250000.00")])
def test_line_2_begins_in_its_first_year(history, year, line_2):
    recorded = history.post(di(year, "30900000.00", "5400000.00", "6000000.00"))
    assert recorded.entries[2]["data"]["amount"] == line_2


def test_without_a_cap_line_1_is_whole(history):
    recorded = history.post(di(2007, "30900000.00", "5400000.00", "100.00"))
    assert recorded.entries[1]["data"]["amount"] == "1400000.00"


def test_a_revision_records_the_difference_for_both_lines(history):
    history.given(di(2015, "30900000.00", "5400000.00", "6000000.00"))
    recorded = history.post(revision(2015, "2015-07-01", "24100000.00", "5400000.00", "6000000.00"))
    assert [entry["data"]["change"] for entry in recorded.entries[1:]] == ["0.00", "-200000.00"]
    assert {entry["effective_on"] for entry in recorded.entries} == {"2015-07-01"}
    assert history.line("line-2", 2015)["revised"] == "-200000.00"


def test_a_programme_and_budget_is_booked_on_new_year(history):
    recorded = history.post(di(2015, "30900000.00", "5400000.00", "6000000.00"))
    assert {entry["effective_on"] for entry in recorded.entries} == {"2015-01-01"}
    assert [entry["id"] for entry in recorded.entries[1:]] == ["3/1", "3/2"]


@pytest.mark.parametrize(
    "wrong",
    [
        revision(2015, "2015-03-01", "1.00", "0.00", "0.00"),
        revision(2015, "2014-12-31", "1.00", "0.00", "0.00"),
    ],
)
def test_a_revision_without_a_budget_is_refused(history, wrong):
    assert set(history.refused(wrong)) == {"income/basis"}


def test_a_second_programme_and_budget_is_refused(history):
    history.given(di(2015, "30900000.00", "5400000.00", "6000000.00"))
    assert set(history.refused(di(2015, "30900000.00", "5400000.00", "6000000.00"))) == {"income/basis"}


def test_a_revision_approved_outside_the_year_is_refused(history):
    history.given(di(2015, "30900000.00", "5400000.00", "6000000.00"))
    assert set(history.refused(revision(2015, "2016-01-01", "1.00", "0.00", "0.00"))) == {"income/basis"}


def test_reversing_the_budget_takes_the_allocation_back(history):
    position = history.given(di(2015, "30900000.00", "5400000.00", "6000000.00"))
    recorded = history.post(reversal(position))
    assert [entry["data"]["change"] for entry in recorded.entries[1:]] == ["-1400000.00", "-1250000.00"]
    assert history.line("line-2", 2015)["available"] == "0.00"


def adoption(**parameters):
    return fact(
        "rules.adopted", version="made-up", resolution="9999", adopted_on="2015-11-01", effective_from="2016-01-01",
        review_by="2020-01-01", parameters=parameters, citations={name: f"paragraph {name}" for name in parameters},
    )  # fmt: skip


def test_a_later_resolution_changes_what_comes_and_nothing_before(history):
    before = history.post(di(2015, "30900000.00", "5400000.00", "6000000.00")).entries[2]["data"]["amount"]
    history.given(confirmed(history.given(adoption(share="0.30", baseline="18000000.00"))))
    after = history.post(di(2016, "30900000.00", "5400000.00", "6000000.00")).entries[2]
    assert before == history.line("line-2", 2015)["allocated"] == "1250000.00"
    assert (after["data"]["amount"], after["rule_set"]) == ("2250000.00", "made-up")


def test_protect_line_1_keeps_it_whole_under_the_cap(history):
    history.given(confirmed(history.given(adoption(protect_line_1=True))))
    recorded = history.post(di(2016, "46500000.00", "6000000.00", "1100000.00"))
    assert [entry["data"]["amount"] for entry in recorded.entries[1:]] == ["1400000.00", "0.00"]


def test_a_literal_cap_counts_the_money_carried_forward(history):
    history.given(di(2015, "30900000.00", "5400000.00", "6000000.00"))
    history.given(confirmed(history.given(adoption(cap_counts="all"))))
    recorded = history.post(di(2016, "46500000.00", "6000000.00", "4200000.00"))
    assert [entry["data"]["amount"] for entry in recorded.entries[1:]] == ["1400000.00", "150000.00"]


def test_an_unconfirmed_rule_set_is_not_in_force(history):
    history.given(adoption(share="0.30"))
    recorded = history.post(di(2016, "30900000.00", "5400000.00", "6000000.00"))
    assert (recorded.entries[2]["data"]["amount"], recorded.entries[2]["rule_set"]) == ("1250000.00", "1150")
