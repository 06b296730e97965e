"""Which Member State may draw on which line on a date, and what does it owe?"""

from dataclasses import dataclass
from typing import Any

from reporting_service.projections.duties import rule_sets
from reporting_service.projections.member_states import member_state_facts
from reporting_service.projections.view import View
from shared.money import ZERO, amount, text
from shared.rules.allocation import LINES
from shared.rules.membership import (
    Arrears,
    Standing,
    apply_admitted,
    apply_status_changed,
    arrears_on,
    eligibility,
    standing,
    subject_to_article_4,
)
from shared.rules.model import Due, Dues, Member, Model
from shared.rules.rulebook import rule_set_on

STANDING_OF = {"member-state.admitted": apply_admitted, "member-state.status-changed": apply_status_changed}


@dataclass(frozen=True)
class MemberState:
    """A Member State on a date, dues in CHF."""

    state: str
    name: str
    region: str
    admitted_on: str
    standing: Standing
    assessed: dict[int, str]
    arrears: Arrears
    article_4: bool
    vote: str
    eligible: dict[str, bool]

    def as_dict(self) -> dict[str, Any]:
        """As answered."""
        return {
            "state": self.state,
            "name": self.name,
            "region": self.region,
            "admitted_on": self.admitted_on,
            "member": self.standing.member,
            "development_status": self.standing.development_status,
            "eu_member": self.standing.eu_member,
            "assessed": {str(year): due for year, due in self.assessed.items()},
            "arrears": text(self.arrears.arrears),
            "threshold": text(self.arrears.threshold),
            "outstanding": text(self.arrears.outstanding),
            "currency": "CHF",
            "article_4": self.article_4,
            "vote": self.vote,
            "eligible": self.eligible,
        }


def member_states(view: View, on: str) -> list[MemberState]:
    """Every State admitted on or before a date, by its code; none before the first rule set."""
    model = membership(view)
    if not model.rule_sets.rows():
        return []
    admitted = sorted(code for code, member in model.members.rows().items() if member.admitted_on <= on)
    votes = _votes(view, on)
    return [_state(model, model.members[code], on, votes.get(code, "")) for code in admitted]


def membership(view: View) -> Model:
    """A model of Member States and rule sets, and of nothing else."""
    if view.as_of:
        return view.once("membership", lambda: _membership(view))
    return view.read_on("membership", Model(), lambda _known, _after: _membership(view))


def _membership(view: View) -> Model:
    model = Model()
    for version, found in rule_sets(view).rule_sets.rows().items():
        model.rule_sets.put(version, found)
    assessed: dict[str, list[Due[int]]] = {}
    paid: dict[str, list[Due[str]]] = {}
    for fact in member_state_facts(view):
        if apply := STANDING_OF.get(fact.type):
            apply(model, {"type": f"fund1035.{fact.type}.v1", "position": fact.origin, "data": fact.data})
        elif fact.type == "assessment.issued":
            assessed.setdefault(fact.key, []).append(Due(fact.data["year"], amount(fact.data["amount"]), 1))
        elif fact.type == "assessment.paid":
            paid.setdefault(fact.key, []).append(Due(fact.data["received_on"], amount(fact.data["amount"]), 1))
    for state in {*assessed, *paid}:
        model.dues.put(state, Dues(tuple(assessed.get(state, ())), tuple(paid.get(state, ()))))
    return model


def _votes(view: View, on: str) -> dict[str, str]:
    changes = [fact for fact in member_state_facts(view, ("vote.changed",)) if fact.effective_on <= on]
    return {fact.key: fact.data["vote"] for fact in sorted(changes, key=lambda fact: fact.effective_on)}


def _state(model: Model, member: Member, on: str, vote: str) -> MemberState:
    said, this_year = rule_set_on(model, on).parameters, int(on[:4])
    years = said["article_4_years"]
    dues = model.dues.get(member.state)
    found = arrears_on(model, member.state, on, years)
    assessed = {
        year: text(sum((due.amount for due in dues.assessed if due.at == year), ZERO)) if dues else "0.00"
        for year in range(this_year, this_year - years - 1, -1)
    }
    return MemberState(
        member.state,
        member.name,
        member.region,
        member.admitted_on,
        standing(model, member.state, on),
        assessed,
        found,
        subject_to_article_4(found, years, said["article_4_comparison"]),
        vote,
        {line: bool(eligibility(model, member.state, line, on)["eligible"]) for line in LINES},
    )
