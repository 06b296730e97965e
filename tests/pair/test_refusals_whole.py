"""Every rule that refuses, over HTTP: the whole refusal in the answer, in the history, and again for the same key."""

from itertools import count

import pytest

from bench.pair import Pair
from shared.contract.events import EVENT_TYPES
from shared.rules.refusals import SOURCES
from tests.pair.desk import Desk, event
from tests.rules.facts import (
    approved,
    assessed,
    closed,
    completed,
    confirmed,
    contribution,
    di,
    disbursed,
    fact,
    income,
    member,
    overhead,
    returned,
    reversal,
    spent,
    status_changed,
    submitted,
)
from tests.rules.test_allocation import adoption
from tests.rules.without_each_rule import DERIVED

REFUSED = "command.refused"
NUMBERS = count(1)
WORLD = (
    member("KEN"), member("UGA"), member("TZA"), member("HRV"), status_changed("HRV", "2008-01-01", eu_member=True),
    assessed("KEN", 2006, "50000.00"), assessed("KEN", 2007, "52000.00"),
    di(2006, "30000000.00", "0.00", "4000000.00"), income(2006, "interest", "5.00"), closed(2006), confirmed(0),
    adoption(line_1_national_ceiling="50.00", line_1_regional_ceiling="60.00"), confirmed(0),
    di(2008, "46500000.00", "6000000.00", "4000000.00"), contribution("received", "10.00"),
    submitted("BARRED"), submitted("P1", states=("UGA",)), submitted("R1", states=("UGA", "TZA")),
    submitted("EU", states=("HRV",)), submitted("ALONE", states=("UGA", "SDN")),
    submitted("SILENT", states=("UGA",), endorsements=[]), submitted("L1", line="line-1", states=("UGA",)),
    submitted("LR", line="line-1", states=("UGA", "TZA")), submitted("F1", states=("UGA",), follow_up_of="L1"),
    submitted("G1", states=("UGA",)), approved("G1"), disbursed("G1", "60000.00"), spent("G1", "50000.00"),
    completed("G1"), submitted("F2", line="line-1", states=("UGA",), follow_up_of="G1"),
)  # fmt: skip
"""What stands before each scenario; a confirmation confirms the fact before it."""
ISSUED = fact(
    "report.issued", year=2008, kind="annual", edition=2, body="scpf", document="d", digest="0" * 64,
    checkpoint={"size": 1, "root": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
)  # fmt: skip
SCENARIOS = {
    "line-2/first-year": approved("P1", on="2007-12-31"),
    "overhead/resolution-1110": overhead(2009, "0.01"),
    "facility/contributions": contribution("received", "1.00", donor="CHE"),
    "line-2/article-4": approved("BARRED"),
    "line-2/national-ceiling": approved("P1", "200000.01"),
    "line-2/regional-ceiling": approved("R1", "300000.01"),
    "line-2/follow-up": approved("F1"),
    "lines/segregation": contribution("received", "1.00", line="line-1"),
    "line/available": approved("L1", "9000000.00"),
    "member-state/eligible": approved("EU"),
    "project/regional-states": approved("ALONE"),
    "project/endorsed": approved("SILENT"),
    "project/follow-up-direction": approved("F2"),
    "line-1/national-ceiling": approved("L1", "50.01", on="2016-03-01"),
    "line-1/regional-ceiling": approved("LR", "60.01", on="2016-03-01"),
    "project/unknown": approved("NOWHERE"),
    "project/life-cycle": submitted("G1"),
    "grant/disbursement": disbursed("G1", "40000.01"),
    "grant/expenditure": spent("G1", "10000.01"),
    "grant/recovery": returned("G1", "10000.01"),
    "grant/closure": fact("project.financially-closed", project="G1", closed_on="2008-12-31"),
    "income/basis": di(2008, "46500000.00", "6000000.00", "4000000.00"),
    "year/closed": contribution("received", "1.00", on="2006-12-31"),
    "entry/reversible": reversal(1),
    "fact/not-in-the-future": contribution("received", "1.00", on="2098-01-01"),
    "duties/separate": disbursed("G1", "1.00").by("approver"),
    "action/confirmed": confirmed(1),
    "rules/well-formed": adoption(share="0.30").but(citations={}),
    "report/edition": ISSUED,
}
ALONE = set(SCENARIOS) - {"line-2/first-year"}
"""Refused by this one rule; before its first year, Line 2 has no money either."""
LATER = {"line-1/national-ceiling": "line_1_national_ceiling", "line-1/regional-ceiling": "line_1_regional_ceiling"}
"""Rules whose parameter the world's later resolution says."""


class Clerks:
    """Post facts over HTTP, each with the token of its subject in a role that may."""

    def __init__(self, pair):
        self.desk = Desk(pair)

    def post(self, posted, event_id=None):
        roles = EVENT_TYPES[f"fund1035.{posted.short}.v1"].roles
        role = posted.role if posted.role in roles else min(roles)
        body = event(event_id or f"fact-{next(NUMBERS)}", posted.short) | {"data": posted.data}
        headers = {
            "Authorization": f"Bearer {self.desk.pair.token(role, posted.subject)}",
            "Content-Type": "application/cloudevents+json",
        }
        return self.desk.session.post(f"{self.desk.pair.ledger_url}/v1/events", json=body, headers=headers)

    def given(self, world):
        position = None
        for posted in world:
            if posted.short == "action.confirmed":
                posted = confirmed(position)
            answer = self.post(posted)
            assert answer.status_code == 201, f"{posted}: {answer.text}"
            position = answer.json()["position"]

    def entries(self, path, **parameters):
        return self.desk.ledger(path, limit=1000, **parameters).json()["events"]


@pytest.fixture(scope="module")
def clerks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("refusals")
    with Pair(folder / "fund", output=folder / "services.log", reporting=False) as pair:
        clerks = Clerks(pair)
        clerks.given(WORLD)
        yield clerks


def citation(rule):
    if rule in LATER:
        return {"resolution": "9999", "paragraph": f"paragraph {LATER[rule]}"}
    return {"resolution": SOURCES[rule].resolution, "paragraph": SOURCES[rule].paragraph}


def test_there_is_a_scenario_for_every_rule_that_refuses():
    assert SCENARIOS.keys() == SOURCES.keys() - DERIVED


@pytest.mark.parametrize("rule", SCENARIOS)
def test_a_refusal_is_whole_and_found_again_and_replayed(clerks, rule):
    answer = clerks.post(SCENARIOS[rule], f"refused-{rule}")
    problem = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json"), answer.text
    by_rule = {refusal["rule"]: refusal for refusal in problem["refusals"]}
    if rule in ALONE:
        assert by_rule.keys() == {rule}
    refusal = by_rule[rule]
    assert refusal["holds"] is False
    assert refusal["citation"] == citation(rule)
    assert refusal["rule_set"] in ("1035", "1150", "made-up")
    assert refusal["figures"]
    assert refusal["detail"]
    assert refusal["would_pass"]

    position = problem["position"]
    for found in (clerks.entries("/v1/streams/refusals/events"), clerks.entries("/v1/events", type=REFUSED)):
        (entry,) = [entry for entry in found if entry["position"] == position]
        assert entry["data"]["refusals"] == problem["refusals"]
        assert entry["data"]["event"]["id"] == f"refused-{rule}"
        assert entry["data"]["event"]["data"] == SCENARIOS[rule].data

    again = clerks.post(SCENARIOS[rule], f"refused-{rule}")
    assert (again.status_code, again.json()) == (422, problem)
    assert len(clerks.entries("/v1/events", after=position)) == 0
