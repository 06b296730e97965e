"""Reversals, contributions and reports: what may be taken back, and what later facts rest on."""

from datetime import UTC, datetime

import pytest

from shared.rules.membership import eligibility
from shared.rules.rulebook import rule_sets
from tests.rules.facts import (
    approved,
    assessed,
    completed,
    confirmed,
    contribution,
    decreased,
    di,
    disbursed,
    fact,
    income,
    increased,
    member,
    paid,
    returned,
    reversal,
    revision,
    spent,
    status_changed,
    submitted,
)  # fmt: skip


@pytest.fixture
def running(history):
    """P1 of Line 2 approved, 60,000 disbursed, 50,000 spent."""
    history.given(member("KEN"), di(2008, "46500000.00", "6000000.00", "4000000.00"), submitted("P1"))
    history.given(approved("P1"), disbursed("P1", "60000.00"), spent("P1", "50000.00"))
    return history


def position_of(history, short):
    return next(entry["position"] for entry in history.entries if entry["type"] == f"fund1035.{short}.v1")


def test_a_reversal_is_booked_on_the_reversed_entrys_date(running):
    entry = running.post(reversal(position_of(running, "expenditure.reported"))).entries[0]
    assert (entry["effective_on"], entry["stream"]) == ("2008-09-30", "line-2")


def test_a_posted_id_of_any_form_can_be_reversed(running):
    running.entries[position_of(running, "expenditure.reported") - 1]["id"] = "voucher/0"
    running.given(reversal(position_of(running, "expenditure.reported")))


def test_an_entry_is_reversed_once(running):
    position = position_of(running, "expenditure.reported")
    first = running.given(reversal(position))
    assert "reversed_by" in running.refused(reversal(position))["entry/reversible"]["figures"]
    assert set(running.refused(reversal(first).by("other"))) == {"entry/reversible"}


def test_nobody_reverses_their_own_entry(running):
    position = position_of(running, "expenditure.reported")
    assert set(running.refused(reversal(position).by("finance"))) == {"duties/separate"}


@pytest.mark.parametrize("short", ["rules.adopted", "line.allocated"])
def test_what_the_ledger_derived_is_not_reversed(running, short):
    assert set(running.refused(reversal(position_of(running, short)))) == {"entry/reversible"}


@pytest.mark.parametrize("position", [0, 10_000])
def test_an_unknown_entry_is_not_reversed(running, position):
    assert set(running.refused(reversal(position))) == {"entry/reversible"}


@pytest.mark.parametrize("short", ["grant.approved", "grant.disbursed", "project.submitted", "member-state.admitted"])
def test_what_later_facts_rest_on_is_not_reversed(running, short):
    assert set(running.refused(reversal(position_of(running, short)))) == {"entry/reversible"}


def test_the_last_facts_are_reversed_one_after_the_other(running):
    for short in (
        "expenditure.reported",
        "grant.disbursed",
        "grant.approved",
        "project.submitted",
        "member-state.admitted",
    ):
        running.given(reversal(position_of(running, short)))
    assert running.line("line-2", 2008)["available"] == "2600000.00"
    running.given(member("KEN"), submitted("P1"), approved("P1"))


def test_a_budget_with_a_later_revision_stands(history):
    position = history.given(di(2015, "30900000.00", "5400000.00", "6000000.00"))
    last = history.given(revision(2015, "2015-03-01", "1.00", "0.00", "0.00"))
    assert set(history.refused(reversal(position))) == {"entry/reversible"}
    history.given(reversal(last), reversal(position))


def test_a_state_with_a_vote_recorded_stays_admitted(history):
    position = history.given(member("KEN"))
    vote = history.given(fact("vote.changed", state="KEN", effective_on="2008-01-01", vote="lost", decision="d"))
    assert set(history.refused(reversal(position))) == {"entry/reversible"}
    history.given(reversal(vote), reversal(position))


def test_a_project_with_an_override_stays_submitted(history):
    history.given(member("KEN"))
    position = history.given(submitted("P1"))
    override = fact("override.recorded", rule="project/endorsed", project="P1", decision="D1", reason="r")
    rested = history.given(override)
    assert set(history.refused(reversal(position))) == {"entry/reversible"}
    history.given(reversal(rested), reversal(position))


def test_one_of_two_overrides_is_taken_back(running):
    running.given(submitted("P2", endorsements=[]))
    override = fact("override.recorded", rule="project/endorsed", project="P2", decision="D1", reason="r")
    running.given(override.by("other"))
    running.given(reversal(running.given(override.by("approver"))), approved("P2"))


def test_each_review_of_a_set_is_taken_back_alone(history):
    review = fact("rules.reviewed", version="1150", reviewed_on="2010-06-01", outcome="kept", document="d")
    first, second = history.given(review), history.given(review.but(reviewed_on="2011-06-01"))
    assert rule_sets(history.model)[1]["reviewed_on"] == "2011-06-01"
    history.given(reversal(second), reversal(first))
    assert rule_sets(history.model)[1]["reviewed_on"] is None


def test_what_closing_does_not_bind_adjusts_no_year(history):
    position = history.given(di(2015, "30900000.00", "5400000.00", "6000000.00"))
    assert set(history.refused(reversal(position, adjusts_year=2014))) == {"year/closed"}


def test_a_reversed_completion_opens_the_project_again(running):
    position = running.given(completed("P1"))
    assert set(running.refused(increased("P1", "1.00"))) == {"project/life-cycle"}
    running.given(reversal(position), increased("P1", "1.00"))


def test_a_reversed_decrease_needs_the_money_again(running):
    position = running.given(decreased("P1", "30000.00"))
    for code, amount in [(f"Q{n}", "200000.00") for n in range(12)] + [("Q12", "130000.00")]:
        running.given(submitted(code), approved(code, amount, on="2008-06-02"))
    assert set(running.refused(reversal(position))) == {"line/available"}


def test_a_reversed_decrease_stays_under_the_ceiling(running):
    running.given(increased("P1", "100000.00"))
    position = running.given(decreased("P1", "50000.00"))
    running.given(increased("P1", "50000.00", decision="D4"))
    assert set(running.refused(reversal(position))) == {"line-2/national-ceiling"}


def test_a_reversed_recovery_may_overcommit_the_line(running):
    position = running.given(returned("P1", "10000.00"))
    for code, amount in [(f"Q{n}", "200000.00") for n in range(12)] + [("Q12", "110000.00")]:
        running.given(submitted(code), approved(code, amount, on="2008-12-02"))
    running.given(reversal(position))
    assert running.line("line-2", 2008)["available"] == "-10000.00"
    running.given(submitted("Q13"))
    assert set(running.refused(approved("Q13", "0.01", on="2008-12-03"))) == {"line/available"}


def test_a_used_override_is_not_reversed(running):
    running.given(submitted("P2", endorsements=[]))
    override = fact("override.recorded", rule="project/endorsed", project="P2", decision="D1", reason="r").by("other")
    unused = running.given(override)
    running.given(reversal(unused))
    used = running.given(
        override,
    )
    running.given(approved("P2"))
    assert set(running.refused(reversal(used))) == {"entry/reversible"}


def test_a_reversed_assessment_lifts_the_bar(history):
    history.given(member("KEN"), assessed("KEN", 2006, "5.00"))
    position = history.given(assessed("KEN", 2007, "5.00"))
    assert not eligibility(history.model, "KEN", "line-2", "2008-03-01")["eligible"]
    history.given(reversal(position))
    assert eligibility(history.model, "KEN", "line-2", "2008-03-01")["eligible"]


def test_eligibility_explains_itself_rule_by_rule(history):
    history.given(member("KEN"), assessed("KEN", 2006, "50000.00"), assessed("KEN", 2007, "52000.00"))
    answer = history.show(eligibility(history.model, "KEN", "line-2", "2008-03-01"))
    assert [rule["rule"] for rule in answer["rules"]] == ["member-state/eligible", "line-2/article-4"]
    assert [rule["holds"] for rule in answer["rules"]] == [True, False]
    assert eligibility(history.model, "KEN", "line-1", "2008-03-01")["eligible"]
    assert not history.show(eligibility(history.model, "NOR", "line-1", "2008-03-01"))["eligible"]


def test_facts_need_an_admitted_state(history):
    for posted in (
        assessed("KEN", 2006, "1.00"),
        paid("KEN", "1.00", "2008-01-01"),
        status_changed("KEN", "2008-01-01"),
    ):
        assert set(history.refused(posted)) == {"member-state/eligible"}
    history.given(member("KEN"))
    assert set(history.refused(member("KEN"))) == {"member-state/eligible"}


def test_a_contribution_keeps_its_donor_and_its_line(history):
    history.given(contribution("pledged", "100.00"))
    assert set(history.refused(contribution("received", "1.00", donor="SWE"))) == {"facility/contributions"}
    assert set(history.refused(contribution("received", "1.00", line="line-1"))) == {"lines/segregation"}


def test_only_a_receipt_funds_a_line(history):
    history.given(contribution("pledged", "100.00"), contribution("committed", "100.00"))
    assert history.line("line-2", 2008)["available"] == "0.00"
    history.given(contribution("received", "60.00"), contribution("refunded", "10.00"))
    assert history.line("line-2", 2008)["contributions"] == "50.00"


@pytest.mark.parametrize(("kind", "of"), [("pledge-reduced", "pledged"), ("refunded", "received")])
def test_no_more_is_taken_back_than_was_given(history, kind, of):
    position = history.given(contribution(of, "100.00"))
    history.given(contribution(kind, "60.00"))
    assert history.refused(contribution(kind, "40.01"))["facility/contributions"]["would_pass"] == "at most 40.00 USD"
    assert set(history.refused(reversal(position))) == {"entry/reversible"}


def test_a_receipt_in_another_currency_is_valued_once_half_even(history):
    rate = {"value": "1.25", "on": "2008-02-01", "source": "UN"}
    history.given(contribution("received", "0.02", currency="EUR", rate=rate))
    history.given(contribution("received", "0.10", currency="EUR", rate={**rate, "value": "1.35"}))
    assert history.line("line-2", 2008)["contributions"] == "0.16"


def issued(edition, size=2):
    return fact(
        "report.issued", year=2008, kind="annual", edition=edition, body="scpf", document="d", digest="0" * 64,
        checkpoint={"size": size, "root": "r"},
    )  # fmt: skip


def test_editions_are_numbered_in_order_over_what_was_known(history):
    assert set(history.refused(issued(2))) == {"report/edition"}
    assert set(history.refused(issued(1, size=3))) == {"report/edition"}
    noted = fact("report.noted", year=2008, kind="annual", edition=1, body="council", on="2009-06-01")
    assert set(history.refused(noted)) == {"report/edition"}
    history.given(issued(1), noted)
    assert set(history.refused(issued(1))) == {"report/edition"}


def test_control_totals_are_recorded_in_their_sources_stream(history):
    total = fact(
        "control-total.reported", source="https://gl.example", type="fund1035.income.received.v1",
        period_start="2008-01-01", period_end="2008-12-31", count=1, amount="1.00",
    )  # fmt: skip
    assert history.post(total).entries[0]["stream"] == "control/https://gl.example"


def test_an_action_is_withdrawn_by_reversal_before_it_is_confirmed(history):
    opened = fact("line.opened", line="line-1", amount="5.00", as_of="2007-12-31", document="d")
    position = history.given(opened)
    history.given(reversal(position))
    assert set(history.refused(confirmed(position))) == {"action/confirmed"}
    assert history.line("line-1", 2008)["opening"] == "0.00"


def test_a_refused_event_leaves_no_trace_in_the_model(running):
    before = {name: dict(rows) for name, rows in running.model.tables().items()}
    running.refused(approved("P1", "9000000.00"))
    running.refused(income(2030, "interest", "1.00", on="2030-01-01"))
    assert {name: dict(rows) for name, rows in running.model.tables().items()} == before


def test_replaying_the_log_gives_the_same_model(running):
    from shared.rules.apply import apply
    from shared.rules.model import Model

    replayed = Model()
    for entry in running.entries:
        apply(replayed, entry, running.entry_at)
    assert replayed.tables() == running.model.tables()


def test_rolling_back_gives_the_model_of_before(running):
    before = {name: dict(rows) for name, rows in running.model.tables().items()}
    mark = running.model.mark()
    running.given(
        increased("P1", "5.00"), returned("P1", "1.00"), reversal(position_of(running, "expenditure.reported"))
    )
    running.model.rollback(mark)
    assert {name: dict(rows) for name, rows in running.model.tables().items()} == before


def test_refusals_are_recorded_whole_and_change_nothing(running):
    event = {"id": "x", "source": "s", "type": "t", "data": {"a": 1}}
    now = datetime(2026, 1, 5, tzinfo=UTC)
    lines = running.line("line-2", 2008)
    position = running.model.position + 1
    entry = running.recorder.refuse(event, [{"rule": "r"}], now=now, subject="who", role="finance")
    running.entries.append(entry)
    assert (entry["id"], entry["stream"], entry["data"]) == (
        f"{position}/0", "refusals", {"event": event, "refusals": [{"rule": "r"}]},
    )  # fmt: skip
    batch = running.recorder.refuse_batch("00", [{"index": 0}], now=now, subject="who", role="finance")
    running.entries.append(batch)
    assert (batch["position"], batch["version"], batch["recorded_by"]) == (position + 1, 2, "who")
    assert batch["recorded_at"] > entry["recorded_at"]
    assert running.line("line-2", 2008) == lines


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ({"administrator"}, "administrator"),
        ({"finance"}, None),
        ({"auditor"}, None),
        ({"finance", "administrator"}, "administrator"),
    ],
)
def test_an_adoption_is_posted_by_an_administrator(history, roles, role):
    assert history.recorder.role_for({"type": "fund1035.rules.adopted.v1"}, frozenset(roles)) == role


def test_a_confirmation_takes_the_role_of_its_action(running):
    confirmation = {"type": "fund1035.action.confirmed.v1", "data": {"position": 1}}
    assert running.recorder.role_for(confirmation, frozenset({"finance", "administrator"})) == "administrator"
    closing = fact("year.closed", year=2008, closed_on="2009-03-31", document="d")
    running.given(income(2008, "project-overhead", "42500000.00"))
    confirmation["data"] = {"position": running.given(closing)}
    assert running.recorder.role_for(confirmation, frozenset({"finance", "administrator"})) == "finance"
    assert running.recorder.role_for(confirmation, frozenset({"auditor"})) is None


def test_a_reversed_change_of_status_no_longer_counts(history):
    history.given(member("KEN"), status_changed("KEN", "2008-01-01", development_status="other"))
    position = history.given(status_changed("KEN", "2008-02-01", development_status="transition"))
    assert eligibility(history.model, "KEN", "line-1", "2008-03-01")["eligible"]
    history.given(reversal(position))
    assert not history.show(eligibility(history.model, "KEN", "line-1", "2008-03-01"))["eligible"]
    assert history.show(eligibility(history.model, "KEN", "line-1", "2007-12-31"))["eligible"]


def test_two_years_arrears_of_two_states_are_both_named(history):
    history.given(member("KEN"), member("UGA"), submitted("R1", states=("KEN", "UGA")))
    for state in ("KEN", "UGA"):
        history.given(assessed(state, 2006, "5.00"), assessed(state, 2007, "6.00"))
    history.given(contribution("received", "900000.00"))
    refusal = history.refused(approved("R1"))["line-2/article-4"]
    assert refusal["figures"]["states"] == {"KEN": "11.00", "UGA": "11.00"}


@pytest.mark.parametrize(
    "short", ["grant.increased", "grant.decreased", "expenditure.reported", "grant.balance-returned", "grant.disbursed"]
)
def test_money_of_a_closed_project_stays(running, short):
    running.given(increased("P1", "1.00"), decreased("P1", "1.00"), returned("P1", "10000.00"))
    position = position_of(running, short)
    running.given(completed("P1"), fact("project.financially-closed", project="P1", closed_on="2008-12-31"))
    assert set(running.refused(reversal(position))) == {"entry/reversible"}


def test_an_approval_that_a_follow_up_rests_on_stays(history):
    history.given(member("KEN"), di(2008, "46500000.00", "6000000.00", "4000000.00"))
    history.given(submitted("L1", line="line-1"), submitted("F1", follow_up_of="L1"))
    position = history.given(approved("L1"))
    history.given(approved("F1"))
    assert "followed_by" in history.refused(reversal(position))["entry/reversible"]["figures"]


def test_an_endorsement_that_an_approval_rests_on_stays(history):
    history.given(member("KEN"), di(2008, "46500000.00", "6000000.00", "4000000.00"), submitted("P1", endorsements=[]))
    endorsement = fact("project.endorsed", project="P1", state="KEN", on="2008-02-01", document="note")
    history.given(reversal(history.given(endorsement)))
    assert set(history.refused(approved("P1"))) == {"project/endorsed"}
    position = history.given(endorsement)
    history.given(approved("P1"))
    assert set(history.refused(reversal(position))) == {"entry/reversible"}


def test_extensions_and_evaluations_are_taken_back_freely(running):
    extended = running.given(
        fact("project.extended", project="P1", ends_on="2010-01-01", on="2008-10-01", decision="D")
    )
    evaluated = running.given(completed("P1"), fact("project.evaluated", project="P1", on="2009-10-01", document="d"))
    running.given(reversal(extended), reversal(evaluated))
    assert running.model.projects["P1"].status == "completed"
