"""Given facts of Member States, some of them taken back: who is shown as barred, eligible, and why to look twice."""

from functools import partial

import pytest

from reporting_service.reports.annual import annual_report
from reporting_service.reports.exceptions import remarks_of
from reporting_service.reports.member_states import member_states
from shared.rules.allocation import LINES
from shared.rules.membership import eligibility
from tests.reporting import facts

YEAR_END = "2008-12-31"


def assessed(history, year, state="KEN", amount="50000.00"):
    return history.post("assessment.issued", state=state, year=year, amount=amount, due_on=f"{year}-01-01")


def paid(history, amount="60000.00", on="2008-02-01"):
    return history.post("assessment.paid", state="KEN", amount=amount, currency="CHF", received_on=on)


def in_the_eu(history):
    change = {"effective_on": "2008-01-01", "reason": "decided"}
    return history.post("member-state.status-changed", "administrator", state="KEN", eu_member=True, **change)


def test_a_state_in_two_years_arrears_is_shown_as_barred(told):
    for year, amount in ((2006, "50000.00"), (2007, "52000.00")):
        told.history.post("assessment.issued", state="KEN", year=year, amount=amount, due_on=f"{year}-01-01")
    with told.view() as view:
        kenya = member_states(view, "2008-03-01")[0].as_dict()
    assert (kenya["arrears"], kenya["threshold"], kenya["article_4"]) == ("102000.00", "102000.00", True)
    assert kenya["eligible"] == {"line-1": True, "line-2": False}


def test_a_line_is_shown_open_to_a_state_where_the_rules_say_so(told):
    for state, status in (("ALB", "transition"), ("FRA", "other"), ("BGR", "transition"), ("ZMB", "developing")):
        facts.member(told.history, state, status)
    change = {"effective_on": "2008-01-01", "reason": "decided"}
    told.history.post("member-state.status-changed", "administrator", state="BGR", eu_member=True, **change)
    told.history.post("member-state.status-changed", "administrator", state="ZMB", withdrawn=True, **change)
    for year in (2006, 2007):
        told.history.post("assessment.issued", state="ALB", year=year, amount="50000.00", due_on=f"{year}-01-01")
    with told.view() as view:
        found = {(on, one.state): one for on in ("2007-12-31", "2008-03-01") for one in member_states(view, on)}
    for (on, state), shown in found.items():
        ruled = {line: eligibility(told.history.model, state, line, on)["eligible"] for line in LINES}
        assert shown.eligible == ruled, (on, state)
    assert [one.eligible["line-1"] for (on, _), one in found.items() if on > "2008"] == [
        True,
        False,
        False,
        True,
        False,
    ]
    assert found["2008-03-01", "ALB"].eligible == {"line-1": True, "line-2": False}


def test_a_state_is_shown_from_its_admission_on(told):
    facts.member(told.history, "ZMB", on="2009-06-01")
    with told.view() as view:
        assert [state.state for state in member_states(view, "2009-05-31")] == ["KEN"]
        assert [state.state for state in member_states(view, "2009-06-01")] == ["KEN", "ZMB"]


def shown(told, known_at=None):
    """What a report shows of Member States; that something was corrected is said in any case."""
    with told.view(known_at) as view:
        tables = annual_report(view, 2008)["tables"]
        rows = {(name, row["key"]): row["cells"] for name in ("T4", "T11", "T14") for row in tables[name]["rows"]}
        states = {one.state: one.as_dict() for one in member_states(view, YEAR_END)}
    return {key: cells for key, cells in rows.items() if not key[1].startswith("correction-")}, states


TAKEN_BACK = {
    "an assessment": ([2006], partial(assessed, year=2007), ("T11", "KEN", "line-2"), "open", "closed"),
    "a payment": ([2006, 2007], paid, ("T11", "KEN", "line-2"), "closed", "open"),
    "a status": ([], in_the_eu, ("T11", "KEN", "line-1"), "open", "closed"),
    "an admission": ([], partial(facts.member, state="UGA"), ("T4", "africa", "eligible-states"), "1", "2"),
}


@pytest.mark.parametrize(("years", "fact", "cell", "without", "with_it"), TAKEN_BACK.values(), ids=TAKEN_BACK)
def test_what_is_taken_back_of_a_state_shows_only_as_known_before(told, years, fact, cell, without, with_it):
    facts.submitted(told.history, line="line-2")
    decision = facts.approved(told.history)
    for year in years:
        assessed(told.history, year)
    *row, column = cell
    before = shown(told)
    posted = fact(told.history)
    between = shown(told)
    taken_back = facts.reversed_(told.history, posted)
    assert not told.refused(taken_back)
    assert (before[0][tuple(row)][column], between[0][tuple(row)][column]) == (without, with_it)
    late = ("T14", f"late-fact-{decision}")
    barred = [found[0]["T11", "KEN"]["article-4"] == "yes" for found in (before, between)]
    assert [late in found[0] for found in (before, between)] == barred
    assert shown(told) == before
    ruled = {line: eligibility(told.history.model, "KEN", line, YEAR_END)["eligible"] for line in LINES}
    assert shown(told)[1]["KEN"]["eligible"] == ruled
    facts.budget(told.history, 2009)
    assert shown(told)[1] == before[1]
    assert [shown(told, at) for at in (posted, taken_back)] == [between, before]


def flagged(told, decisions):
    """Which decisions are shown, by one reading for all years, as made for a State that was barred."""
    with told.view() as view:
        remarks = {**remarks_of(view, 2008), **remarks_of(view, 2009)}
    return [f"late-fact-{decision}" in remarks for decision in decisions]


def test_who_is_barred_is_looked_up_for_each_year(told):
    facts.member(told.history, "UGA")
    facts.budget(told.history, 2009)
    decisions = []
    for code, state, on in (("NC.1", "KEN", "2008-03-01"), ("NC.2", "UGA", "2009-03-01")):
        facts.submitted(told.history, code, "line-2", states=[state])
        decisions.append(facts.approved(told.history, code, on=on))
    for state, year in (("KEN", 2006), ("KEN", 2007), ("UGA", 2007), ("UGA", 2008)):
        assessed(told.history, year, state)
    paid(told.history, "100000.00", YEAR_END)
    assert flagged(told, decisions) == [True, True]


def adopted(history, comparison, effective_from):
    said = {"version": f"{comparison}-{effective_from}", "resolution": "9999", "adopted_on": "2008-01-15"}
    parameters = {"article_4_comparison": comparison}
    more = {"parameters": parameters, "citations": dict.fromkeys(parameters, "paragraph 1"), "review_by": None}
    posted = history.post("rules.adopted", "administrator", effective_from=effective_from, **said, **more)
    return facts.confirmed(history, posted)


def test_who_is_barred_is_looked_up_for_each_rule_set(told):
    adopted(told.history, "more-than", "2008-02-01")
    adopted(told.history, "at-least", "2008-06-01")
    decisions = []
    for code, on in (("NC.1", "2008-03-01"), ("NC.2", "2008-07-01")):
        facts.submitted(told.history, code, "line-2")
        decisions.append(facts.approved(told.history, code, on=on))
    for year in (2006, 2007):
        assessed(told.history, year)
    assert flagged(told, decisions) == [False, True]
