"""Financial years: overhead, closing with the cap retested, late facts, opening balances."""

import pytest

from tests.rules.facts import (
    approved,
    closed,
    confirmed,
    contribution,
    di,
    disbursed,
    fact,
    income,
    member,
    overhead,
    reversal,
    revision,
    spent,
    submitted,
)  # fmt: skip


@pytest.fixture
def year(history):
    """2008 with its budget at the cap (M 4,000,000; Line 2 has 2,600,000), one project, actual overhead."""
    history.given(member("KEN"), di(2008, "46500000.00", "6000000.00", "4000000.00"), submitted("P1"))
    history.given(income(2008, "project-overhead", "42500000.00", security_part="6000000.00"))
    return history


def actual_miscellaneous(amount):
    return income(2008, "unearmarked-contribution", amount)


def test_overhead_is_applied_within_the_budget_net_of_security(year):
    year.given(overhead(2008, "36499999.99"))
    refusal = year.refused(overhead(2008, "0.02"))["overhead/resolution-1110"]
    assert refusal["would_pass"] == "at most 0.01"
    year.given(overhead(2008, "0.01"))


def test_overhead_of_a_year_without_budget_is_refused(year):
    assert set(year.refused(overhead(2009, "0.01"))) == {"overhead/resolution-1110"}


def test_a_year_with_less_overhead_than_applied_does_not_close(history):
    history.given(di(2008, "46500000.00", "6000000.00", "4000000.00"), overhead(2008, "100.00"))
    history.given(income(2008, "project-overhead", "99.99"))
    assert set(history.refused(closed(2008))) == {"overhead/resolution-1110"}


def test_a_year_closes_after_its_actual_income_and_in_order(year):
    year.given(di(2009, "46500000.00", "6000000.00", "4000000.00"))
    assert set(year.refused(closed(2009))) == {"year/closed"}
    year.given(actual_miscellaneous("4000000.00"))
    year.close(2008)
    assert set(year.refused(closed(2008))) == {"year/closed"}
    assert year.refused(closed(2009))["year/closed"]["figures"]["income_receipts"] == "0"


def test_a_close_awaits_a_second_subject(year):
    position = year.given(actual_miscellaneous("4000000.00"), closed(2008))
    year.given(actual_miscellaneous("1.00"))
    assert set(year.refused(confirmed(position, "finance", by="finance"))) == {"duties/separate"}
    sealed = year.post(confirmed(position, "finance")).entries[0]["sealed"]
    assert sealed == {"closing": {"line-1": "1400000.00", "line-2": "2600000.00"}, "size": 11, "root": "root"}


def test_actual_income_within_the_cap_changes_nothing(year):
    year.given(actual_miscellaneous("4000000.00"))
    assert len(year.close(2008).entries) == 1


def test_uncommitted_excess_is_withdrawn_from_line_2_first(year):
    year.given(actual_miscellaneous("3000000.00"))
    entries = year.close(2008).entries
    assert [entry["data"]["change"] for entry in entries[1:]] == ["0.00", "-1000000.00"]
    assert {entry["effective_on"] for entry in entries[1:]} == {"2008-12-31"}
    assert entries[2]["data"]["exception"]["rule"] == "facility/cap-actual"
    assert entries[0]["sealed"]["closing"]["line-2"] == year.line("line-2", 2008)["available"] == "1600000.00"


def test_what_line_2_cannot_give_comes_from_line_1(year):
    year.given(actual_miscellaneous("1000000.00"))
    changes = [entry["data"]["change"] for entry in year.close(2008).entries[1:]]
    assert changes == ["-400000.00", "-2600000.00"]


def test_committed_excess_is_honoured(year):
    year.given(approved("P1", "200000.00"), submitted("L1", line="line-1"), approved("L1", "1400000.00"))
    year.given(actual_miscellaneous("0.01"))
    entries = year.close(2008).entries
    assert [entry["data"]["change"] for entry in entries[1:]] == ["0.00", "-2400000.00"]
    assert "1599999.99 of the Facility committed and honoured" in entries[1]["data"]["exception"]["detail"]
    assert year.line("line-2", 2008)["available"] == "0.00"


def test_more_actual_income_never_raises_a_line(year):
    year.given(actual_miscellaneous("9000000.00"))
    year.close(2008)
    assert year.line("line-2", 2008)["allocated"] == "2600000.00"
    assert year.line("line-2", 2008)["revised"] == "0.00"


@pytest.fixture
def ended(year):
    """2008 closed with P1 approved and half paid."""
    year.given(actual_miscellaneous("4000000.00"), approved("P1"), disbursed("P1", "50000.00"))
    year.close(2008)
    return year


def test_a_late_fact_names_the_closed_year_and_is_booked_in_the_open_one(ended):
    late = contribution("received", "10.00", on="2008-12-30")
    assert ended.refused(late)["year/closed"]["would_pass"] == "adjusts_year 2008"
    entry = ended.post(late.but(adjusts_year=2008)).entries[0]
    assert (entry["effective_on"], entry["year"], entry["data"]["on"]) == ("2009-01-01", 2009, "2008-12-30")
    assert ended.line("line-2", 2009)["adjusted"] == "10.00"
    assert ended.line("line-2", 2009)["contributions"] == "0.00"


@pytest.mark.parametrize("named", [2007, 2009])
def test_an_adjustment_names_the_year_of_its_own_day(ended, named):
    assert set(ended.refused(contribution("received", "1.00", on="2008-12-30", adjusts_year=named))) == {"year/closed"}


def test_an_open_year_is_not_adjusted(ended):
    assert set(ended.refused(contribution("received", "1.00", on="2009-02-01", adjusts_year=2009))) == {"year/closed"}


@pytest.mark.parametrize(
    "late",
    [
        income(2008, "interest", "1.00"),
        income(2008, "interest", "1.00", on="2009-02-01"),
        overhead(2008, "1.00"),
        disbursed("P1", "1.00"),
        spent("P1", "1.00"),
        approved("P9"),
    ],
)
def test_a_closed_year_takes_no_more_money_facts(ended, late):
    ended.given(submitted("P9"))
    assert "year/closed" in ended.refused(late)


def test_a_late_application_is_within_the_actual_overhead(ended):
    assert "overhead/resolution-1110" in ended.refused(overhead(2008, "36500000.01").but(adjusts_year=2008))
    ended.given(overhead(2008, "36500000.00").but(adjusts_year=2008))


def test_a_closed_year_takes_no_budget_basis(ended):
    assert set(ended.refused(revision(2008, "2008-12-01", "1.00", "0.00", "0.00"))) == {"year/closed"}


def test_facts_without_an_amount_keep_their_date(ended):
    entry = ended.post(fact("project.completed", project="P1", completed_on="2008-12-01")).entries[0]
    assert (entry["effective_on"], entry["year"]) == ("2008-12-01", 2008)


def test_a_late_reversal_is_an_adjustment(ended):
    position = next(entry["position"] for entry in ended.entries if entry["type"] == "fund1035.grant.disbursed.v1")
    assert set(ended.refused(reversal(position))) == {"year/closed"}
    assert ended.post(reversal(position, adjusts_year=2008)).entries[0]["effective_on"] == "2009-01-01"


def test_a_late_approval_keeps_the_rules_of_its_day(ended):
    ended.given(submitted("P9"))
    entry = ended.post(approved("P9").but(adjusts_year=2008)).entries[0]
    assert (entry["effective_on"], entry["rule_set"]) == ("2009-01-01", "1150")
    assert ended.line("line-2", 2009)["adjusted"] == "-100000.00"


def opened(line, amount, as_of="2007-12-31"):
    return fact("line.opened", line=line, amount=amount, as_of=as_of, document="accounts")


def migrated(code, **changes):
    data = {
        **submitted(code, line="line-1").data, "approved": "500.00", "disbursed": "400.00", "spent": "300.00",
        "status": "approved", "as_of": "2007-12-31",
    }  # fmt: skip
    return fact("project.migrated", **{**data, **changes})


def test_balances_of_the_years_before_open_a_line_once_confirmed(history):
    position = history.given(opened("line-1", "123.45"))
    assert history.line("line-1", 2008)["opening"] == "0.00"
    history.given(confirmed(position))
    assert history.line("line-1", 2008)["opening"] == "123.45"
    assert set(history.refused(opened("line-1", "1.00"))) == {"action/confirmed"}


def test_nothing_is_booked_in_the_years_before_the_opening(history):
    history.given(confirmed(history.given(opened("line-1", "123.45"))))
    assert "year/closed" in history.refused(contribution("received", "1.00", line="line-1", on="2007-12-31"))
    history.given(contribution("received", "1.00", line="line-1", on="2008-01-01"))


def test_a_line_with_money_facts_is_not_opened(history):
    history.given(contribution("received", "1.00", line="line-1"))
    assert set(history.refused(opened("line-1", "1.00"))) == {"action/confirmed"}
    assert set(history.refused(migrated("M1"))) == {"action/confirmed"}
    history.given(opened("line-2", "1.00"))


@pytest.mark.parametrize("year", [2006, 2007])
def test_no_budget_is_recorded_for_a_year_before_the_opening(history, year):
    history.given(confirmed(history.given(opened("line-1", "123.45"))))
    assert set(history.refused(di(year, "46500000.00", "6000000.00", "4000000.00"))) == {"year/closed"}
    history.given(di(2008, "46500000.00", "6000000.00", "4000000.00"))


def test_a_year_whose_facts_are_all_reversed_needs_no_closing(year):
    year.given(reversal(year.given(contribution("received", "1.00", on="2002-05-05"))))
    year.given(actual_miscellaneous("4000000.00"))
    year.close(2008)


def test_a_year_with_a_standing_fact_is_closed_first(year):
    year.given(contribution("received", "1.00", on="2002-05-05"), actual_miscellaneous("4000000.00"))
    assert year.refused(closed(2008))["year/closed"]["figures"]["still_open"] == ["2002"]


def test_a_late_reversal_keeps_its_year_to_be_closed(ended):
    position = next(entry["position"] for entry in ended.entries if entry["type"] == "fund1035.grant.disbursed.v1")
    ended.given(reversal(position, adjusts_year=2008), income(2010, "interest", "1.00"))
    assert ended.refused(closed(2010))["year/closed"]["figures"]["still_open"] == ["2009"]


def test_a_year_is_not_closed_before_its_end(year):
    year.given(actual_miscellaneous("4000000.00"))
    assert set(year.refused(closed(2008).but(closed_on="2008-12-30"))) == {"year/closed"}
    year.given(closed(2008).but(closed_on="2008-12-31"))


@pytest.mark.parametrize(
    "early", [income(2027, "interest", "1.00", on="2026-01-05"), overhead(2027, "1.00", on="2026-01-05")]
)
def test_income_and_overhead_are_of_a_year_that_has_begun(history, early):
    assert "fact/not-in-the-future" in history.refused(early)


@pytest.mark.parametrize("kind", ["pledged", "committed", "received"])
def test_a_late_fact_of_a_contribution_can_be_an_adjustment(ended, kind):
    late = contribution(kind, "1.00", on="2008-12-30")
    assert set(ended.refused(late)) == {"year/closed"}
    ended.given(late.but(adjusts_year=2008))


def test_an_opening_balance_is_of_a_years_end(history):
    assert set(history.refused(opened("line-1", "1.00", as_of="2007-12-30"))) == {"action/confirmed"}


def test_a_migrated_project_goes_on_where_it_stood(history):
    history.given(member("KEN"))
    history.given(confirmed(history.given(migrated("M1"))))
    assert history.line("line-1", 2008)["available"] == "0.00"
    assert set(history.refused(disbursed("M1", "100.01"))) == {"grant/disbursement"}
    history.given(disbursed("M1", "100.00"), spent("M1", "200.00"))


def test_a_migrated_project_that_went_on_is_not_reversed(history):
    history.given(member("KEN"))
    position = history.given(migrated("M1"))
    history.given(confirmed(position))
    later = history.given(disbursed("M1", "100.00"))
    assert set(history.refused(reversal(position))) == {"entry/reversible"}
    history.given(reversal(later), reversal(position))


@pytest.mark.parametrize(
    "changes",
    [
        {"spent": "400.01"},
        {"disbursed": "500.01"},
        {"status": "cancelled"},
        {"status": "financially-closed"},
        {"status": "submitted"},
        {"approved": "0.00", "disbursed": "0.00", "spent": "0.00"},
    ],
)
def test_migrated_balances_fit_together(history, changes):
    assert set(history.refused(migrated("M1", **changes))) == {"grant/closure"}


def test_a_confirmed_opening_is_reversed_while_nothing_rests_on_it(history):
    position = history.given(opened("line-1", "123.45"))
    history.given(confirmed(position), reversal(position))
    assert history.line("line-1", 2008)["opening"] == "0.00"
    history.given(confirmed(history.given(opened("line-1", "200.00"))))
    history.given(contribution("received", "1.00", line="line-1"))
    assert set(history.refused(reversal(position))) == {"entry/reversible"}
