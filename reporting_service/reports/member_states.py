"""Which Member State may draw on which line on a date, and what does it owe?"""

from dataclasses import dataclass
from typing import Any

from reporting_service.projections.duties import rule_sets
from reporting_service.projections.member_states import member_state_moves_behind, vote_changes
from reporting_service.projections.view import View
from shared.money import ZERO, text
from shared.rules.allocation import LINES
from shared.rules.membership import (
    Arrears,
    Standing,
    apply_admitted,
    apply_dues,
    apply_status_changed,
    arrears_on,
    of_eligible_standing,
    standing,
    subject_to_article_4,
    take_back_admitted,
    take_back_dues,
    take_back_status,
)
from shared.rules.model import Member, Model
from shared.rules.rulebook import rule_set_on

APPLIED = {
    "member-state.admitted": (apply_admitted, take_back_admitted),
    "member-state.status-changed": (apply_status_changed, take_back_status),
    "assessment.issued": (apply_dues, take_back_dues),
    "assessment.paid": (apply_dues, take_back_dues),
}
"""What a fact and its taking back do; a vote bars nobody."""


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
    return view.read_on("membership", Model(), lambda known, after: _moved(view, known, after))


def _moved(view: View, known: Model, after: int) -> Model:
    """Another model, with what was filed behind a position."""
    model = Model()
    model.rule_sets.rows().update(rule_sets(view).rule_sets.rows())
    model.members.rows().update(known.members.rows())
    model.dues.rows().update(known.dues.rows())
    for fact in member_state_moves_behind(view, after):
        if fact.type in APPLIED:
            apply, take_back = APPLIED[fact.type]
            entry = {"type": f"fund1035.{fact.type}.v1", "position": fact.origin, "data": fact.data}
            (apply if fact.sign > 0 else take_back)(model, entry)
    model.publish()
    return model


def _votes(view: View, on: str) -> dict[str, str]:
    changes = [fact for fact in vote_changes(view) if fact.effective_on <= on]
    return {fact.key: fact.data["vote"] for fact in sorted(changes, key=lambda fact: fact.effective_on)}


def _state(model: Model, member: Member, on: str, vote: str) -> MemberState:
    said, this_year = rule_set_on(model, on).parameters, int(on[:4])
    years = said["article_4_years"]
    dues = model.dues.get(member.state)
    now, found = standing(model, member.state, on), arrears_on(model, member.state, on, years)
    barred = subject_to_article_4(found, years, said["article_4_comparison"])
    closed = said["article_4_bars"] if barred else ()
    assessed = {
        year: text(sum((due.amount for due in dues.assessed if due.at == year), ZERO)) if dues else "0.00"
        for year in range(this_year, this_year - years - 1, -1)
    }
    return MemberState(
        member.state,
        member.name,
        member.region,
        member.admitted_on,
        now,
        assessed,
        found,
        barred,
        vote,
        {line: of_eligible_standing(now, said) and line not in closed for line in LINES},
    )
