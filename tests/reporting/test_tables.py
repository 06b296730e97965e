"""Tables T4 to T17: given facts, then rows."""

from decimal import Decimal

import pytest

from reporting_service.reports import by_scope
from reporting_service.reports.annual import annual_report
from tests.reporting import facts
from tests.reporting.history import History, follow


@pytest.fixture
def told(empty):
    """A small history, and the cells that a report has for it."""

    class Told:
        history = History()
        store = empty

        def rows(self, table, year=2008):
            with follow(empty, self.history.bodies).view() as view:
                rows = annual_report(view, year)["tables"][table]["rows"]
            return {row["key"]: row["cells"] for row in rows}

    found = Told()
    facts.member(found.history)
    facts.budget(found.history)
    return found


def test_a_grant_counts_in_its_states_region(told):
    facts.submitted(told.history)
    facts.approved(told.history)
    africa = told.rows("T4")["africa"]
    assert (africa["number-line-1"], africa["usd-line-1"], africa["percent"]) == ("1", "100000.00", "100.0")
    assert (africa["eligible-states"], africa["eligible-share"]) == ("1", "100.0")


def test_an_increase_adds_money_but_no_project(told):
    facts.submitted(told.history)
    facts.approved(told.history, on="2008-03-01")
    facts.budget(told.history, 2009)
    facts.approved(told.history, amount="10000.00", kind="increased", on="2009-02-01")
    assert told.rows("T4", 2009)["total"]["number-facility"] == "0"
    assert told.rows("T4", 2009)["total"]["usd-facility"] == "10000.00"


def test_the_average_stands_beside_the_ceiling(told):
    facts.submitted(told.history, line="line-2")
    facts.approved(told.history)
    row = told.rows("T5")["national-line-2"]
    assert (row["average"], row["ceiling"], row["share"]) == ("100000.00", "200000.00", "50.0")


def test_the_average_counts_increases_and_decreases_as_the_ceiling_does(told):
    facts.submitted(told.history, line="line-2")
    facts.approved(told.history, on="2008-03-01")
    facts.approved(told.history, amount="40000.00", kind="increased", on="2008-04-01")
    facts.approved(told.history, amount="10000.00", kind="decreased", on="2008-05-01")
    row = told.rows("T5")["national-line-2"]
    assert (row["number"], row["usd"]) == ("1", "130000.00")
    assert (row["average"], row["share"]) == ("130000.00", "65.0")
    (title,) = (column.title for column in by_scope.COLUMNS if column.key == "average")
    assert title == "Average approval of projects new in the year, increases and decreases included"


def test_rows_that_are_part_of_what_stands_above_say_so(told):
    with follow(told.store, told.history.bodies).view() as view:
        tables = annual_report(view, 2008)["tables"]
    found = {f"{key}/{row['key']}" for key in tables for row in tables[key]["rows"] if row.get("level") == "part"}
    assert found == {"T1/security", "T2/over-committed", "T3/adjustments", "T17/security"}
    of_which = {f"{key}/{row['key']}" for key in tables for row in tables[key]["rows"] if "of which" in row["title"]}
    assert of_which == found


def test_every_area_and_activity_has_its_row(told):
    facts.submitted(told.history, activities=[3, 7])
    facts.approved(told.history)
    assert told.rows("T6")["migration-and-development"]["usd-facility"] == "100000.00"
    activities = told.rows("T6-activities")
    assert activities["3"]["usd-facility"] == activities["7"]["usd-facility"] == "100000.00"


def test_a_regional_project_is_participation_without_money(told):
    facts.member(told.history, "UGA")
    facts.submitted(told.history, states=["KEN", "UGA"])
    facts.approved(told.history)
    kenya = told.rows("T7")["KEN"]
    assert (kenya["national"], kenya["usd"], kenya["regional"], kenya["regional-cumulative"]) == ("0", "0.00", "1", "1")


def test_the_pipeline_counts_steps_and_failing_rules(told):
    facts.submitted(told.history, line="line-2", requested="250000.00")
    facts.approved(told.history, amount="250000.00")
    told.history.post("project.refused", "approver", project="NC.1", on="2008-03-02", reason="Too large")
    assert told.rows("T9")["submitted"]["requested-line-2"] == "250000.00"
    assert told.rows("T9")["refused"]["number-line-2"] == "1"
    assert told.rows("T9-rules")["line-2/national-ceiling"]["number"] == "1"


def test_a_cancelled_project_shows_what_was_freed(told):
    facts.submitted(told.history)
    facts.approved(told.history)
    facts.disbursed(told.history)
    facts.cancelled(told.history)
    assert told.rows("T10")["NC.1"]["freed"] == "40000.00"
    assert told.rows("T10")["_line-1"]["freed"] == "40000.00"
    assert told.rows("T10", 2009) == {}


def test_arrears_are_shown_against_their_threshold(told):
    for year, amount in ((2006, "50000.00"), (2007, "52000.00")):
        told.history.post("assessment.issued", state="KEN", year=year, amount=amount, due_on=f"{year}-01-01")
    kenya = told.rows("T11")["KEN"]
    assert (kenya["arrears"], kenya["article-4"], kenya["line-1"], kenya["line-2"]) == (
        "102000.00",
        "yes",
        "open",
        "closed",
    )


def test_contributions_keep_their_currency_beside_dollars(told):
    rate = {"value": "0.855", "on": "2008-05-01", "source": "UN operational rate"}
    facts.received(told.history, amount="1000.01", currency="CHF", rate=rate)
    row = told.rows("T12")["C.1/CHF"]
    assert (row["received"], row["rates"], row["usd"], row["usd-year"]) == ("1000.01", "0.855", "855.01", "855.01")


def test_contributions_that_rest_are_summed_in_one_row(told):
    facts.received(told.history)
    owed = {"donor": "donor-a", "line": "line-1", "currency": "USD", "on": "2008-06-01", "reference": "R"}
    told.history.post("contribution.pledged", contribution="C.2", amount="900.00", **owed)
    assert list(told.rows("T12", 2009)) == ["C.1", "C.2", "_facility"]
    later = told.rows("T12", 2010)
    assert list(later) == ["C.2", "_settled", "_facility"]
    assert (later["C.2"]["outstanding"], later["C.2"]["usd"]) == ("900.00", "0.00")
    assert later["_settled"]["usd"] == later["_facility"]["usd"] == "500000.00"


def test_the_series_begins_in_2007(told):
    rows = told.rows("T13", 2009)
    assert list(rows) == ["2007", "2008", "2009"]
    assert rows["2008"]["allocated-facility"] == "2650000.00"


def test_exceptions_corrections_and_duties_are_remarked(told):
    facts.reversed_(told.history, position := facts.received(told.history))
    remarks = told.rows("T14")
    assert any(f"Entry {position} reversed" in found["detail"] for found in remarks.values())
    assert "overdue-duty-2008-year-closed" in remarks


def test_a_late_fact_is_remarked_in_both_years_though_it_moves_no_line(told):
    history = told.history
    facts.submitted(history)
    facts.approved(history)
    facts.income(history, 2008, "project-overhead", "1600000.00")
    facts.closed(history, 2008)
    facts.budget(history, 2009)
    late = {"adjusts_year": 2008}
    support = {"purpose": "administrative-support", "description": "IT", "on": "2008-12-31", "reference": "R"}
    posted = {
        history.post("grant.disbursed", project="NC.1", amount="60000.00", paid_on="2008-04-01", **late): "60000.00",
        history.post("expenditure.reported", project="NC.1", amount="1.00", period_end="2008-06-30", **late): "1.00",
        history.post("overhead.applied", year=2008, amount="7.00", **support, **late): "7.00",
        facts.income(history, 2008, "interest", "5.00", **late): "5.00",
        facts.returned(history, amount="2.00", on="2008-09-01", **late): "2.00",
    }
    for kind, year in (("late-adjustment", 2008), ("adjustment", 2009)):
        remarks = told.rows("T14", year)
        found = {at: remarks[f"{kind}-{at}"]["usd"] for at in posted if f"{kind}-{at}" in remarks}
        assert found == posted, year
    assert "grant.disbursed NC.1, a late fact of 2008" in remarks[f"adjustment-{min(posted)}"]["detail"]
    assert not any(key.startswith("late-adjustment") for key in remarks)


def test_a_late_arrear_is_flagged_and_the_decision_stands(told):
    facts.submitted(told.history, line="line-2")
    decision = facts.approved(told.history)
    for year in (2006, 2007):
        told.history.post("assessment.issued", state="KEN", year=year, amount="50000.00", due_on=f"{year}-01-01")
    assert f"late-fact-{decision}" in told.rows("T14")
    assert told.rows("T2")["project-allocations"]["line-2"] == "-100000.00"


def test_only_decisions_before_the_payment_are_flagged(told):
    decisions = []
    for code, on in (("NC.1", "2008-03-01"), ("NC.2", "2008-05-01")):
        facts.submitted(told.history, code, line="line-2")
        decisions.append(facts.approved(told.history, code, on=on))
    for year in (2006, 2007):
        told.history.post("assessment.issued", state="KEN", year=year, amount="50000.00", due_on=f"{year}-01-01")
    told.history.post("assessment.paid", state="KEN", amount="60000.00", currency="CHF", received_on="2008-04-01")
    flagged = [f"late-fact-{decision}" in told.rows("T14") for decision in decisions]
    assert flagged == [True, False]


def test_the_rest_of_the_income_is_what_no_one_used(told):
    facts.income(told.history, 2008, "project-overhead", "24900000.00", security_part="5400000.00")
    facts.income(told.history, 2008, "interest", "6000000.00")
    rows = told.rows("T16")
    assert rows["rest"]["actual"] == str(Decimal("30900000.00") - Decimal("5400000.00") - Decimal("2650000.00"))
    assert rows["basis"]["actual"].startswith("income and applications recorded")


def test_before_any_income_is_recorded_no_rest_is_told(told):
    rows = told.rows("T16")
    assert (rows["facility"]["actual"], rows["rest"]["actual"]) == ("2650000.00", "")
    assert rows["basis"]["actual"].startswith("no income recorded")


def test_the_money_of_the_lines_stands_beside_the_income_it_was_derived_from(told):
    approved = {key: cells["budget"] for key, cells in told.rows("T16").items()}
    assert (approved["discretionary-income"], approved["security"]) == ("30900000.00", "5400000.00")
    assert (approved["facility"], approved["rest"], approved["staff"]) == ("2650000.00", "22850000.00", "")
    assert approved["basis"] == "P&B 2008, approved 2007-11-30 by Council"
    facts.budget(told.history, unearmarked="4200000.00", basis="revision", approved_on="2008-06-30")
    assert told.rows("T16")["discretionary-income"]["budget"] == "30700000.00"


def test_commitments_and_uses_agree_but_for_the_adjustments_named(told):
    history = told.history
    for code in ("NC.1", "NC.2"):
        facts.submitted(history, code)
        facts.approved(history, code, "80000.00")
    facts.disbursed(history, "NC.1")
    facts.income(history, 2008, "interest", "1600000.00")
    facts.closed(history, 2008)
    facts.budget(history, 2009)
    facts.approved(history, "NC.1", "7000.00", "2008-11-30", kind="increased", adjusts_year=2008)
    facts.returned(history, "NC.1", "5000.00", "2008-12-01", adjusts_year=2008)
    facts.approved(history, "NC.2", "3000.00", "2009-03-01", kind="increased")
    t2, t3 = ({key: Decimal(row["line-1"] or 0) for key, row in told.rows(name, 2009).items()} for name in ("T2", "T3"))
    assert t3["adjustments"] == t2["adjustments"] == Decimal("-2000.00")
    of_projects = sum(t2[key] for key in ("project-allocations", "increases", "decreases", "freed", "recovered"))
    assert t3["freed"] + t3["recovered"] - t3["approved"] - t3["adjustments"] == of_projects == Decimal("-3000.00")
    differences = {key: row for key, row in told.rows("T15", 2009).items() if key.startswith("difference")}
    assert {cell for row in differences.values() for cell in row.values()} == {"0.00"}


def test_actual_income_varies_against_what_was_last_approved(told):
    facts.income(told.history, 2008, "interest", "1700000.00")
    row = told.rows("T17")["interest"]
    assert (row["budget"], row["actual"], row["variance"], row["variance-percent"]) == (
        "1600000.00", "1700000.00", "100000.00", "6.2"
    )  # fmt: skip


@pytest.mark.parametrize("year", [2007, 2008, 2009, 2010, 2011])
def test_regions_scopes_and_areas_add_up_to_the_approvals(store, year):
    with store.view() as view:
        tables = annual_report(view, year)["tables"]
    cells = {key: {row["key"]: row["cells"] for row in table["rows"]} for key, table in tables.items()}
    whole = Decimal(cells["T3"]["approved"]["facility"])
    assert Decimal(cells["T4"]["total"]["usd-facility"]) == whole
    assert sum(Decimal(row["usd-facility"]) for key, row in cells["T4"].items() if key != "total") == whole
    assert sum(Decimal(row["usd-facility"]) for key, row in cells["T6"].items() if key != "total") == whole
    assert Decimal(cells["T5"]["national"]["usd"]) + Decimal(cells["T5"]["regional"]["usd"]) == whole
