"""Rule sets as data: adoption, confirmation, review and citation."""

import pytest

from shared.contract.rule_ids import RULE_IDS as CONTRACT_RULE_IDS
from shared.rules.refusals import RULE_IDS
from shared.rules.rulebook import rule_sets
from tests.rules.facts import approved, confirmed, contribution, fact, member, submitted
from tests.rules.test_allocation import adoption


def test_the_shipped_sets_open_the_log(history):
    assert [(entry["id"], entry["data"]["version"], entry["rule_set"]) for entry in history.entries] == [
        ("0/1", "1035", "1035"),
        ("0/2", "1150", "1035"),
    ]
    assert [found["effective_from"] for found in history.show(rule_sets(history.model))] == ["2001-01-01", "2008-01-01"]


@pytest.mark.parametrize(
    ("changes", "figure"),
    [
        ({"version": "1150"}, "version_taken"),
        ({"effective_from": "2008-01-01"}, "not_after"),
        ({"citations": {}}, "uncited_or_unnamed"),
        ({"parameters": {"share": "0.30"}, "citations": {"share": "p", "baseline": "p"}}, "uncited_or_unnamed"),
        ({"parameters": {"baseline": None}, "citations": {"baseline": "p"}}, "share_without_baseline"),
        ({"parameters": {"line_1_amount": None}, "citations": {"line_1_amount": "p"}}, "no_line_1_amount"),
        ({"parameters": {"share": "1.01"}, "citations": {"share": "p"}}, "share_above_one"),
    ],
)
def test_an_ill_formed_set_is_refused(history, changes, figure):
    refusals = history.refused(adoption(share="0.30").but(**changes))
    assert figure in refusals["rules/well-formed"]["figures"]


def test_nobody_confirms_their_own_adoption(history):
    position = history.given(adoption(share="0.30"))
    assert set(history.refused(confirmed(position, by="administrator"))) == {"duties/separate"}


def test_a_confirmation_needs_the_same_role(history):
    position = history.given(adoption(share="0.30"))
    assert set(history.refused(confirmed(position, role="finance"))) == {"action/confirmed"}


@pytest.mark.parametrize("position", [1, 2, 999])
def test_what_does_not_wait_cannot_be_confirmed(history, position):
    assert set(history.refused(confirmed(position))) == {"action/confirmed"}


def test_an_action_is_confirmed_once(history):
    position = history.given(adoption(share="0.30"))
    history.given(confirmed(position))
    assert set(history.refused(confirmed(position, by="third"))) == {"action/confirmed"}


def test_rules_are_tested_again_at_confirmation(history):
    first = history.given(adoption(share="0.30"))
    second = history.given(adoption(share="0.40").but(version="other"))
    history.given(confirmed(first))
    assert set(history.refused(confirmed(second))) == {"rules/well-formed"}


def test_a_refusal_cites_the_later_resolution(history):
    history.given(confirmed(history.given(adoption(national_ceiling="150000.00"))))
    history.given(member("KEN"), submitted("P1"), contribution("received", "900000.00", on="2016-01-05"))
    refusal = history.refused(approved("P1", "150000.01", on="2016-03-01"))["line-2/national-ceiling"]
    assert refusal["citation"] == {"resolution": "9999", "paragraph": "paragraph national_ceiling"}
    assert refusal["rule_set"] == "made-up"


def test_a_review_is_noted_on_its_set(history):
    review = fact("rules.reviewed", version="1150", reviewed_on="2010-06-01", outcome="kept", document="d")
    history.given(review)
    assert rule_sets(history.model)[1]["reviewed_on"] == "2010-06-01"
    assert set(history.refused(review.but(version="none"))) == {"rules/well-formed"}


def test_contract_and_rules_name_the_same_rules():
    assert set(CONTRACT_RULE_IDS) == set(RULE_IDS)
