"""What the members of one event must agree on, and rule sets as data."""

import pytest

from tests.contract.fixtures import MISSING, changed, faults


def pointers(event) -> list[str]:
    return list(faults(event))


def rate(value="1.05", on="2015-04-01"):
    return {"value": value, "on": on, "source": "UN operational rate of exchange (illustrative)"}


def test_another_currency_needs_a_rate():
    assert pointers(changed("income.received", rate=MISSING)) == ["#/data/rate"]


def test_usd_has_no_rate():
    assert pointers(changed("income.received", currency="USD")) == ["#/data/rate"]
    assert not pointers(changed("income.received", currency="USD", rate=MISSING))


def test_a_rate_is_not_younger_than_its_fact():
    assert pointers(changed("income.received", rate=rate(on="2015-04-08"))) == ["#/data/rate/on"]
    assert not pointers(changed("income.received", rate=rate(on="2015-04-07")))


def test_a_currency_counts_only_while_it_is_in_use():
    assert pointers(changed("income.received", currency="DEM")) == ["#/data/currency"]
    assert not pointers(changed("income.received", currency="HRK"))
    assert not pointers(
        changed("contribution.received", currency="DEM", on="2001-05-02", rate=rate("0.4531", "2001-05-01"))
    )


def test_a_value_below_a_cent_of_usd_is_refused():
    assert pointers(changed("contribution.received", amount="0.01", rate=rate("0.5"))) == ["#/data/amount"]
    assert not pointers(changed("contribution.received", amount="0.01", rate=rate("0.51")))


def test_a_value_beyond_fifteen_digits_of_usd_is_refused():
    assert pointers(changed("contribution.received", amount="999999999999999.99")) == ["#/data/amount"]
    assert not pointers(changed("contribution.received", amount="999999999999999.99", rate=rate("1")))


def test_interest_alone_may_be_negative_or_zero():
    for amount in ("-5.00", "0.00"):
        assert not pointers(changed("income.received", kind="interest", amount=amount))
        assert pointers(changed("income.received", amount=amount)) == ["#/data/amount"]


def test_the_security_part_belongs_to_overhead_and_within_it():
    overhead = {"kind": "project-overhead", "amount": "100.00"}
    assert not pointers(changed("income.received", **overhead, security_part="100.00"))
    assert pointers(changed("income.received", **overhead, security_part="100.01")) == ["#/data/security_part"]
    assert pointers(changed("income.received", security_part="1.00")) == ["#/data/security_part"]


def test_budgeted_security_is_part_of_overhead():
    assert not pointers(changed("income.budgeted", security="42500000.00"))
    assert pointers(changed("income.budgeted", security="42500000.01")) == ["#/data/security"]


def test_budget_fields_may_be_zero_and_interest_negative():
    zero = dict.fromkeys(("project_overhead", "security", "unearmarked_contributions"), "0.00")
    assert not pointers(changed("income.budgeted", **zero, interest="-1.00"))


def test_periods_do_not_end_before_they_begin():
    assert pointers(changed("project.submitted", ends_on="2015-03-31")) == ["#/data/ends_on"]
    assert pointers(changed("control-total.reported", period_end="2014-12-31")) == ["#/data/period_end"]
    assert not pointers(changed("control-total.reported", period_end="2015-01-01"))


def test_a_national_project_names_one_state():
    assert pointers(changed("project.submitted", states=["KEN", "UGA"])) == ["#/data/states"]
    assert not pointers(changed("project.submitted", states=["KEN", "UGA"], scope="regional"))
    assert not pointers(changed("project.submitted", scope="regional"))


@pytest.mark.parametrize("states", [[], ["KEN", "KEN"], "KEN", {"KEN": 1}, ["KEN"] * 41])
def test_states_are_a_bounded_list_without_repetition(states):
    assert pointers(changed("project.submitted", scope="regional", states=states)) == ["#/data/states"]


def test_a_change_of_status_changes_something():
    assert pointers(changed("member-state.status-changed", eu_member=MISSING)) == ["#/data"]
    assert pointers(changed("member-state.status-changed", eu_member="yes")) == ["#/data/eu_member"]


def test_a_line_opens_with_the_balance_of_a_year_end():
    assert pointers(changed("line.opened", as_of="2014-11-30")) == ["#/data/as_of"]
    assert not pointers(changed("line.opened", amount="0.00"))


def test_control_totals_name_a_type_in_full():
    assert pointers(changed("control-total.reported", type="income.received")) == ["#/data/type"]
    assert not pointers(changed("control-total.reported", count=0, amount="0.00"))


def test_an_override_names_a_rule_of_the_book():
    assert pointers(changed("override.recorded", rule="line-3/share")) == ["#/data/rule"]


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({}, ["#/data/parameters"]),
        ([], ["#/data/parameters"]),
        ({"share": "0.30", "first_year": 2016, "protect_line_1": True, "article_4_bars": []}, []),
        ({"share": None, "baseline": None, "national_ceiling": None, "line_1_regional_ceiling": None}, []),
        ({"share": "1.1"}, ["#/data/parameters/share"]),
        ({"share": 0.3}, ["#/data/parameters/share"]),
        ({"share": "25%"}, ["#/data/parameters/share"]),
        ({"baseline": "20500000"}, ["#/data/parameters/baseline"]),
        ({"first_year": "2016"}, ["#/data/parameters/first_year"]),
        ({"first_year": None}, ["#/data/parameters/first_year"]),
        ({"exclude_eu": 1}, ["#/data/parameters/exclude_eu"]),
        ({"cap": "all"}, ["#/data/parameters/cap"]),
        ({"article_4_bars": ["line-3"]}, ["#/data/parameters/article_4_bars/0"]),
        ({"article_4_bars": "line-2"}, ["#/data/parameters/article_4_bars"]),
        ({"eligible_statuses": ["developing", "developing"]}, ["#/data/parameters/eligible_statuses"]),
        ({"cap": "none", "inflation": "0.02"}, ["#/data/parameters/inflation"]),
    ],
)
def test_a_rule_set_names_known_parameters_in_their_own_form(parameters, named):
    assert pointers(changed("rules.adopted", parameters=parameters)) == named


def test_citations_name_known_parameters_and_missing_ones_are_left_to_the_rules():
    assert not pointers(changed("rules.adopted", citations={}))
    assert pointers(changed("rules.adopted", citations={"inflation": "paragraph 9"})) == ["#/data/citations/inflation"]
    assert pointers(changed("rules.adopted", citations={"cap": ""})) == ["#/data/citations/cap"]


def test_digest_and_checkpoint_of_a_report_are_exact():
    assert pointers(changed("report.issued", digest="A" * 64)) == ["#/data/digest"]
    assert pointers(changed("report.issued", checkpoint={"size": 0, "root": "x"})) == [
        "#/data/checkpoint/size",
        "#/data/checkpoint/root",
    ]
    assert pointers(changed("report.issued", edition=True)) == ["#/data/edition"]
