"""Approvals and what follows: ceilings, Article 4, endorsements, follow-up, availability, duties."""

import pytest

from tests.rules.facts import (
    approved,
    assessed,
    closed,
    completed,
    contribution,
    decreased,
    di,
    disbursed,
    fact,
    increased,
    member,
    paid,
    returned,
    reversal,
    spent,
    status_changed,
    submitted,
)  # fmt: skip


@pytest.fixture
def funded(history):
    """Kenya and Uganda are Members, both lines have money, project P1 is submitted to Line 2."""
    history.given(member("KEN"), member("UGA"), di(2008, "46500000.00", "6000000.00", "4000000.00"), submitted("P1"))
    return history


@pytest.mark.parametrize(("scope", "ceiling"), [("national", "200000.00"), ("regional", "300000.00")])
def test_a_ceiling_is_inclusive_and_holds_over_increases(funded, scope, ceiling):
    code = "P1" if scope == "national" else "R1"
    if scope == "regional":
        funded.given(submitted("R1", states=("KEN", "UGA")))
    funded.given(approved(code, "150000.00"))
    rest = f"{float(ceiling) - 150000:.2f}"
    refusal = funded.refused(increased(code, f"{float(rest) + 0.01:.2f}"))[f"line-2/{scope}-ceiling"]
    assert refusal["figures"]["ceiling"] == ceiling
    assert refusal["would_pass"] == f"at most {rest}"
    funded.given(increased(code, rest))


@pytest.mark.parametrize(("scope", "over"), [("national", "200000.01"), ("regional", "300000.01")])
def test_one_cent_over_the_ceiling_is_refused(funded, scope, over):
    code = "P1" if scope == "national" else "R1"
    if scope == "regional":
        funded.given(submitted("R1", states=("KEN", "UGA")))
    refusal = funded.refused(approved(code, over))[f"line-2/{scope}-ceiling"]
    assert refusal["citation"]["paragraph"] == f"Annex, Part III, criterion {2 if scope == 'national' else 3}"


def test_line_1_has_no_ceiling_in_the_shipped_sets(funded):
    funded.given(submitted("L1", line="line-1"), approved("L1", "900000.00"))


def test_a_state_in_two_years_arrears_may_not_benefit_from_line_2(funded):
    funded.given(assessed("KEN", 2006, "50000.00"), assessed("KEN", 2007, "52000.00"))
    refusal = funded.refused(approved("P1"))["line-2/article-4"]
    assert (refusal["figures"]["arrears"], refusal["figures"]["threshold"]) == ("102000.00", "102000.00")
    assert refusal["citation"] == {"resolution": "1150 (XCIII)", "paragraph": "Annex, Part III, criterion 1"}


@pytest.mark.parametrize(
    ("payment", "on", "barred"),
    [
        ("0.01", "2008-02-29", False),
        ("0.01", "2008-03-01", False),
        ("0.01", "2008-03-02", True),
        ("102000.00", "2007-12-31", False),
    ],
)
def test_a_payment_counts_from_its_day(funded, payment, on, barred):
    funded.given(assessed("KEN", 2006, "50000.00"), assessed("KEN", 2007, "52000.00"), paid("KEN", payment, on))
    if barred:
        assert set(funded.refused(approved("P1"))) == {"line-2/article-4"}
    else:
        funded.given(approved("P1"))


def test_arrears_of_older_years_count_against_two_years_dues(funded):
    funded.given(
        assessed("KEN", 2005, "60000.00"), assessed("KEN", 2006, "50000.00"), assessed("KEN", 2007, "52000.00")
    )
    funded.given(paid("KEN", "60000.01", "2008-01-01"))
    funded.given(approved("P1"))


def test_one_assessed_year_is_not_subject(funded):
    funded.given(assessed("KEN", 2007, "52000.00"), approved("P1"))


def test_the_current_year_is_outstanding_and_not_arrears(funded):
    funded.given(assessed("KEN", 2006, "1.00"), assessed("KEN", 2007, "1.00"), assessed("KEN", 2008, "90000.00"))
    funded.given(paid("KEN", "0.01", "2008-01-01"), approved("P1"))


def test_line_1_is_open_to_a_state_in_arrears(funded):
    funded.given(assessed("KEN", 2006, "50000.00"), assessed("KEN", 2007, "52000.00"))
    funded.given(submitted("L1", line="line-1"), approved("L1"))


def test_a_submission_that_would_fail_is_registered_with_warnings(funded):
    funded.given(assessed("KEN", 2006, "50000.00"), assessed("KEN", 2007, "52000.00"))
    recorded = funded.post(submitted("P2", requested="200000.01", endorsements=[]))
    assert {warning["rule"] for warning in recorded.warnings} == {
        "line-2/article-4", "line-2/national-ceiling", "project/endorsed",
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [{"development_status": "other"}, {"eu_member": True}, {"withdrawn": True}],
)
def test_a_state_no_longer_eligible_is_refused(funded, change):
    funded.given(status_changed("KEN", "2008-03-01", **change))
    assert "member-state/eligible" in funded.refused(approved("P1"))
    funded.given(approved("P1", on="2008-02-29"))


def test_a_regional_project_needs_two_eligible_members_in_the_majority(funded):
    funded.given(submitted("R1", states=("KEN", "SDN")), submitted("R2", states=("KEN", "UGA", "SDN", "SSD")))
    funded.given(submitted("R3", states=("KEN", "UGA", "SDN")), approved("R3"))
    assert set(funded.refused(approved("R1"))) == {"project/regional-states"}
    assert set(funded.refused(approved("R2"))) == {"project/regional-states"}


@pytest.mark.parametrize(("endorsed_on", "passes"), [("2008-03-01", True), ("2008-03-02", False)])
def test_an_endorsement_is_dated_on_or_before_approval(funded, endorsed_on, passes):
    funded.given(submitted("P2", endorsements=[]))
    funded.given(fact("project.endorsed", project="P2", state="KEN", on=endorsed_on, document="note"))
    if passes:
        funded.given(approved("P2"))
    else:
        assert set(funded.refused(approved("P2"))) == {"project/endorsed"}


def test_a_line_2_project_follows_a_funded_line_1_project(funded):
    funded.given(submitted("L1", line="line-1"), submitted("F1", follow_up_of="L1"))
    assert set(funded.refused(approved("F1"))) == {"line-2/follow-up"}
    funded.given(approved("L1", on="2008-03-02"))
    assert set(funded.refused(approved("F1"))) == {"line-2/follow-up"}
    funded.given(approved("F1", on="2008-03-02"))


def override(code, rule, decision="D1"):
    return fact("override.recorded", rule=rule, project=code, decision=decision, reason="r")


def test_another_direction_of_follow_up_needs_an_override(funded):
    funded.given(approved("P1"), submitted("F1", line="line-1", follow_up_of="P1"))
    assert set(funded.refused(approved("F1"))) == {"project/follow-up-direction"}
    funded.given(override("F1", "project/follow-up-direction").by("approver"))
    assert set(funded.refused(approved("F1"))) == {"project/follow-up-direction"}
    funded.given(override("F1", "project/follow-up-direction").by("other"), approved("F1"))


@pytest.mark.parametrize("rule", ["line-2/article-4", "line-2/national-ceiling", "line/available", "line-2/follow-up"])
def test_part_iii_is_never_overridden(funded, rule):
    assert set(funded.refused(override("P1", rule))) == {rule}


def test_the_last_dollar_of_a_line_can_be_granted(funded):
    funded.given(*(submitted(f"L{n}", line="line-1") for n in range(3)))
    funded.given(approved("L0", "1399999.99"))
    assert funded.refused(approved("L1", "0.02"))["line/available"]["figures"]["available"] == "0.01"
    funded.given(approved("L1", "0.01"))
    assert funded.line("line-1", 2008)["available"] == "0.00"


def test_an_early_approval_leaves_later_commitments_covered(funded):
    funded.given(submitted("L1", line="line-1"), approved("L1", "1400000.00", on="2008-06-01"))
    funded.given(submitted("L2", line="line-1"))
    assert set(funded.refused(approved("L2", "0.01", on="2008-02-01"))) == {"line/available"}


def test_money_of_a_later_day_does_not_count(funded):
    funded.given(contribution("received", "5.00", line="line-1", on="2008-09-01"), submitted("L1", line="line-1"))
    assert set(funded.refused(approved("L1", "1400000.01", on="2008-08-31"))) == {"line/available"}
    funded.given(approved("L1", "1400000.01", on="2008-09-01"))


def test_a_short_line_names_retention_as_the_way(funded):
    funded.given(submitted("L1", line="line-1"))
    assert "project.retained" in funded.refused(approved("L1", "1400000.01"))["line/available"]["would_pass"]
    funded.given(fact("project.retained", project="L1", on="2008-03-01", reason="no money"))
    funded.given(contribution("received", "0.01", line="line-1", on="2008-03-02"))
    funded.given(approved("L1", "1400000.01", on="2008-03-02"))


def test_a_downward_revision_stops_approvals_and_not_payments(funded):
    funded.given(approved("P1", "200000.00"))
    down = di(2008, "20000000.00", "0.00", "4000000.00", basis="revision", approved_on="2008-05-01")
    funded.given(down)
    assert funded.line("line-2", 2008)["available"] == "-200000.00"
    assert "line/available" in funded.refused(increased("P1", "0.01"))
    funded.given(disbursed("P1", "200000.00", on="2008-07-01"))


def test_lines_do_not_lend_to_each_other(funded):
    funded.given(*(submitted(f"Q{n}") for n in range(14)))
    for n in range(13):
        funded.given(approved(f"Q{n}", "200000.00"))
    assert set(funded.refused(approved("Q13", "0.01"))) == {"line/available"}
    assert funded.line("line-1", 2008)["available"] == "1400000.00"


def test_nobody_approves_their_own_submission(funded):
    assert set(funded.refused(approved("P1").by("programme"))) == {"duties/separate"}


def test_nobody_pays_what_they_approved(funded):
    funded.given(approved("P1"))
    assert set(funded.refused(disbursed("P1", "1.00").by("approver"))) == {"duties/separate"}


def test_before_line_2_there_is_nothing_to_approve(funded):
    refusals = funded.refused(approved("P1", on="2007-12-31"))
    assert "line-2/first-year" in refusals
    assert refusals["line-2/first-year"]["rule_set"] == "1035"


def test_an_unknown_project_is_named_alone(funded):
    assert set(funded.refused(approved("NONE"))) == {"project/unknown"}


def test_every_failing_rule_is_named(funded):
    funded.given(assessed("KEN", 2006, "50000.00"), assessed("KEN", 2007, "52000.00"))
    funded.given(submitted("P2", endorsements=[]))
    assert set(funded.refused(approved("P2", "9000000.00").by("programme"))) == {
        "duties/separate", "project/endorsed", "line-2/article-4", "line-2/national-ceiling", "line/available",
    }  # fmt: skip


def test_money_of_a_project_stays_within_its_bounds(funded):
    funded.given(approved("P1"))
    assert set(funded.refused(disbursed("P1", "100000.01"))) == {"grant/disbursement"}
    funded.given(disbursed("P1", "60000.00"))
    assert set(funded.refused(decreased("P1", "40000.01"))) == {"grant/disbursement"}
    assert set(funded.refused(spent("P1", "60000.01"))) == {"grant/expenditure"}
    funded.given(spent("P1", "50000.00"))
    assert set(funded.refused(returned("P1", "10000.01"))) == {"grant/recovery"}
    funded.given(completed("P1"), decreased("P1", "10000.00", on="2008-12-01"))
    assert funded.line("line-2", 2008)["approved"] == "90000.00"


def closing(code):
    return fact("project.financially-closed", project=code, closed_on="2008-12-31")


def test_closure_frees_what_was_not_disbursed(funded):
    funded.given(approved("P1"), disbursed("P1", "60000.00"), spent("P1", "50000.00"), completed("P1"))
    assert set(funded.refused(closing("P1"))) == {"grant/closure"}
    funded.given(returned("P1", "10000.00"), closing("P1"))
    line = funded.line("line-2", 2008)
    assert (line["recovered"], line["freed"], line["available"]) == ("10000.00", "40000.00", "2550000.00")


def cancelled(code):
    return fact("grant.cancelled", project=code, cancelled_on="2008-07-01", reason="r")


def test_a_cancellation_frees_and_its_reversal_commits_again(funded):
    funded.given(approved("P1"), disbursed("P1", "60000.00"))
    position = funded.given(cancelled("P1"))
    assert funded.line("line-2", 2008)["freed"] == "40000.00"
    funded.given(reversal(position))
    assert funded.line("line-2", 2008)["freed"] == "0.00"
    funded.given(disbursed("P1", "40000.00", on="2008-08-01"))


@pytest.mark.parametrize(
    ("posted", "status"),
    [
        (fact("project.withdrawn", project="P1", on="2008-02-01", reason="r"), "withdrawn"),
        (fact("project.refused", project="P1", on="2008-02-01", reason="r"), "refused"),
    ],
)
def test_a_project_that_left_the_pipeline_is_not_approved(funded, posted, status):
    funded.given(posted)
    assert funded.refused(approved("P1"))["project/life-cycle"]["figures"]["status"] == status


def test_a_code_is_submitted_once(funded):
    assert set(funded.refused(submitted("P1"))) == {"project/life-cycle"}


def test_no_decision_is_dated_tomorrow(funded):
    assert "fact/not-in-the-future" in funded.refused(approved("P1", on="2026-01-06"))
    funded.given(approved("P1", on="2026-01-06").on_day("2026-01-06"))
    assert "fact/not-in-the-future" in funded.refused(closed(2026).on_day("2026-12-30"))
