"""Given facts, then figures: the Facility, statements, projects, contributions, the trial balance."""

import pytest

from reporting_service.reports.annual import annual_report
from reporting_service.reports.contributions import contributions
from reporting_service.reports.facility import facility
from reporting_service.reports.member_states import member_states
from reporting_service.reports.projects import project_detail, project_list
from reporting_service.reports.statement import statement
from reporting_service.reports.trial_balance import trial_balance, trial_balance_document
from shared.rules.lines import facility as ledger_facility
from tests.reporting import facts
from tests.reporting.history import NOW, History


def test_a_budget_allocates_both_lines(told):
    assert told.line("line-1")["allocated"] == "1400000.00"
    assert told.line("line-2")["allocated"] == "1250000.00"


def test_a_revision_shows_as_revised_not_allocated(told):
    facts.budget(told.history, basis="revision", approved_on="2008-10-28", project_overhead="25300000.00")
    assert told.line("line-2")["allocated"] == "1250000.00"
    assert told.line("line-2")["revised"] == "100000.00"


def test_a_grant_takes_from_its_own_line_only(told):
    facts.submitted(told.history)
    facts.approved(told.history)
    assert told.line("line-1")["available"] == "1300000.00"
    assert told.line("line-2")["available"] == "1250000.00"


def test_increases_and_decreases_net_in_approved(told):
    facts.submitted(told.history)
    facts.approved(told.history)
    facts.approved(told.history, amount="20000.00", kind="increased", on="2008-04-01")
    facts.approved(told.history, amount="5000.00", kind="decreased", on="2008-05-01")
    assert told.line("line-1")["approved"] == "115000.00"
    assert told.cells("T2", "increases")["line-1"] == "-20000.00"
    assert told.cells("T2", "decreases")["line-1"] == "5000.00"


def test_a_cancellation_frees_what_was_not_paid(told):
    facts.submitted(told.history)
    facts.approved(told.history)
    facts.disbursed(told.history)
    facts.cancelled(told.history)
    assert told.line("line-1")["freed"] == "40000.00"
    assert told.line("line-1")["available"] == "1340000.00"


def test_a_reversed_cancellation_frees_nothing(told):
    facts.submitted(told.history)
    facts.approved(told.history)
    facts.disbursed(told.history)
    facts.reversed_(told.history, facts.cancelled(told.history))
    assert told.line("line-1")["freed"] == "0.00"
    with told.view() as view:
        found = project_detail(view, "NC.1")["project"]
    assert (found["status"], found["undisbursed"]) == ("approved", "40000.00")


def test_a_recovery_returns_to_its_line_apart_from_new_money(told):
    facts.submitted(told.history)
    facts.approved(told.history)
    facts.disbursed(told.history)
    facts.returned(told.history)
    assert told.line("line-1")["recovered"] == "5000.00"
    assert told.line("line-1")["available"] == "1305000.00"


def test_a_refund_nets_in_contributions(told):
    facts.received(told.history)
    told.history.post(
        "contribution.refunded",
        contribution="C.1",
        donor="donor-a",
        line="line-2",
        amount="100000.00",
        currency="USD",
        on="2008-06-01",
        reference="R",
    )
    assert told.line("line-2")["contributions"] == "400000.00"
    assert told.cells("T2", "refunds")["line-2"] == "-100000.00"


def test_a_receipt_in_francs_counts_in_dollars(told):
    facts.received(
        told.history,
        amount="1000.01",
        currency="CHF",
        rate={"value": "0.855", "on": "2008-05-01", "source": "UN operational rate"},
    )
    assert told.line("line-2")["contributions"] == "855.01"
    with told.view() as view:
        found = contributions(view)[0].as_dict()
    assert (found["received"], found["currency"], found["usd"]) == ("1000.01", "CHF", "855.01")


def test_a_reversal_takes_its_entry_back(told):
    facts.reversed_(told.history, facts.received(told.history))
    assert told.line("line-2")["contributions"] == "0.00"
    with told.view() as view:
        assert contributions(view) == []


def test_a_refusal_changes_no_balance(told):
    facts.submitted(told.history, line="line-2", requested="250000.00")
    assert told.refused(facts.approved(told.history, amount="250000.00"))
    assert told.line("line-2")["available"] == "1250000.00"


def test_the_closing_balance_opens_the_next_year(told):
    facts.submitted(told.history)
    facts.approved(told.history)
    assert told.line("line-1", 2009)["opening"] == "1300000.00"


def test_an_opening_balance_counts_once_confirmed(told, empty):
    told.history = History()
    opened = told.history.post(
        "line.opened", "administrator", line="line-1", amount="250000.00", as_of="2006-12-31", document="Cut-over"
    )
    assert told.line("line-1", 2007)["opening"] == "0.00"
    facts.confirmed(told.history, opened)
    assert told.line("line-1", 2007)["opening"] == "250000.00"
    assert told.line("line-1", 2006)["available"] == "250000.00"


def test_a_reversed_opening_balance_is_gone_everywhere(told):
    told.history = History()
    opened = told.history.post(
        "line.opened", "administrator", line="line-1", amount="250000.00", as_of="2006-12-31", document="Cut-over"
    )
    facts.confirmed(told.history, opened)
    facts.reversed_(told.history, opened)
    assert told.line("line-1", 2007)["opening"] == "0.00"
    assert told.cells("T15", "t8", 2007)["line-1"] == "0.00"


def test_a_migrated_project_moves_no_line_balance(told):
    told.history = History()
    facts.member(told.history)
    migrated = told.history.post(
        "project.migrated",
        "administrator",
        project="OLD.1",
        title="Old",
        scope="national",
        states=["KEN"],
        line="line-1",
        requested="90000.00",
        area="cross-cutting",
        activities=[1],
        endorsements=[],
        starts_on="2005-01-01",
        ends_on="2007-12-31",
        approved="90000.00",
        disbursed="50000.00",
        spent="30000.00",
        status="approved",
        as_of="2006-12-31",
    )
    assert not told.refused(migrated)
    facts.confirmed(told.history, migrated)
    assert told.line("line-1", 2006)["available"] == "0.00"
    assert told.cells("T3", "undisbursed", 2006)["line-1"] == "40000.00"
    assert told.cells("T15", "difference-t2-t8", 2006)["line-1"] == "0.00"


def test_a_late_fact_is_an_adjustment_of_the_open_year(told):
    facts.submitted(told.history)
    facts.approved(told.history)
    facts.disbursed(told.history)
    facts.income(told.history, 2008, "interest", "6000000.00")
    assert not told.refused(facts.closed(told.history, 2008))
    facts.returned(told.history, on="2008-12-20", adjusts_year=2008)
    assert told.line("line-1", 2008)["recovered"] == "0.00"
    assert told.line("line-1", 2009)["adjusted"] == "5000.00"
    assert told.cells("T15", "difference-t2-t8", 2009)["line-1"] == "0.00"


def test_as_of_leaves_out_what_is_booked_later(told):
    facts.submitted(told.history)
    facts.approved(told.history)
    facts.disbursed(told.history)
    facts.returned(told.history)
    assert told.line("line-1", as_of="2008-02-29")["approved"] == "0.00"
    assert told.line("line-1", as_of="2008-08-31")["recovered"] == "0.00"
    assert told.line("line-1", as_of="2008-09-01")["recovered"] == "5000.00"


def test_known_at_leaves_out_what_was_recorded_later(told):
    before = told.history.position
    facts.submitted(told.history)
    facts.approved(told.history, on="2008-03-01")
    assert told.line("line-1", known_at=before)["approved"] == "0.00"


def test_reporting_and_ledger_give_the_same_facility(history, store):
    for year in range(2006, 2013):
        ours = ledger_facility(history.model, year)
        with store.view() as view:
            assert facility(view, year).as_dict() | {"position": view.position} == ours


def test_the_facility_is_the_sum_of_its_lines_at_every_position(history, store):
    for position in range(history.position + 1):
        with store.view(position) as view:
            found = facility(view, 2008)
            lines = found.lines
            assert found.total.available == lines["line-1"].available + lines["line-2"].available
            assert all(amount.endswith("0.00") or amount[-3] == "." for amount in found.total.as_dict().values())


def test_debits_equal_credits_at_every_position(history, store):
    for position in range(history.position + 1):
        with store.view(position) as view:
            totals = trial_balance_document(trial_balance(view))["totals"]
            assert all(total["balance"] == "0.00" for total in totals.values())


@pytest.mark.parametrize("line", ["line-1", "line-2"])
def test_a_statement_ends_at_the_lines_balance(store, line):
    with store.view() as view:
        whole = statement(view, line, limit=1000)
        assert whole.closing == facility(view, 2010).lines[line].available
        of_year = statement(view, line, 2008, limit=1000)
        figures = facility(view, 2008).lines[line]
        assert (of_year.opening, of_year.closing) == (figures.opening, figures.available)


@pytest.mark.parametrize(("year", "as_of"), [(None, None), (2009, None), (None, "2009-06-30"), (2009, "2009-06-30")])
def test_pages_of_a_statement_join_without_a_gap(store, year, as_of):
    with store.view(as_of=as_of) as view:
        whole = statement(view, "line-1", year, limit=1000)
        pages, after = [], 0
        while after is not None:
            page = statement(view, "line-1", year, after, 3)
            assert not pages or page.opening == pages[-1].balance
            pages += page.movements
            after = page.next
    assert tuple(pages) == whole.movements


def test_each_movement_names_the_event_behind_it(store):
    with store.view() as view:
        first = statement(view, "line-1", limit=1).as_dict(view)["movements"][0]
    assert first["type"] == "fund1035.line.allocated.v1"
    assert first["balance"] == "1400000.00"


def test_pages_of_projects_join_without_a_gap(store):
    with store.view() as view:
        whole = project_list(view, None, "", 1000)["projects"]
        pages, after = [], ""
        while after is not None:
            page = project_list(view, None, after, 4)
            pages += page["projects"]
            after = page["next"]
    assert pages == whole


def test_an_empty_log_has_empty_figures(empty):
    with empty.view() as view:
        assert facility(view, 2008).as_dict()["facility"]["available"] == "0.00"
        assert member_states(view, "2008-01-01") == []
        assert trial_balance(view) == []
        assert annual_report(view, 2008)["rule_set"] is None


def test_the_clock_of_the_tests_is_after_the_facts():
    assert NOW.year > 2010
