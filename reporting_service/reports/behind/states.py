"""Behind T11: what each Member State owes, and whether the lines are open to it, at 31 December."""

from collections.abc import Callable
from decimal import Decimal

from reporting_service.projections.duties import rule_set
from reporting_service.projections.filed import Filed
from reporting_service.projections.member_states import member_state_moves
from reporting_service.projections.view import View
from reporting_service.reports.behind.figure import EMPTY, Behind, Events, Sums, formula, gathered, said, total
from shared.money import ZERO, amount
from shared.rules.model import RuleSet

DUES = ("assessment.issued", "assessment.paid")
STANDING = ("member-state.admitted", "member-state.status-changed")


def eligibility(view: View, year: int, row: str, column: str) -> Behind:
    """T11: assessments are sums; what is owed is what was assessed less what was paid, and never negative."""
    facts = member_state_moves(view, row)
    rules = rule_set(view, f"{year}-12-31")
    assert rules is not None
    if column.startswith("assessed-"):
        back = int(column.removeprefix("assessed-"))
        return total(_assessed(facts, lambda of: of == year - back))
    if column == "threshold":
        first = year - rules.parameters["article_4_years"]
        return total(_assessed(facts, lambda of: first <= of < year))
    if column in ("arrears", "outstanding"):
        return _owed(facts, year, column)
    return _words(facts, rules, f"{year}-12-31", row, column)


def _assessed(facts: list[Filed], keep: Callable[[int], bool]) -> Events:
    issued = (fact for fact in facts if fact.type == "assessment.issued" and keep(fact.data["year"]))
    return gathered((fact.position, fact.sign * amount(fact.data["amount"])) for fact in issued)


def _owed(facts: list[Filed], year: int, column: str) -> Behind:
    last = year if column == "outstanding" else year - 1
    received = (
        fact for fact in facts if fact.type == "assessment.paid" and fact.data["received_on"] <= f"{year}-12-31"
    )
    paid = gathered((fact.position, fact.sign * amount(fact.data["amount"])) for fact in received)
    leaves = {"assessed": _assessed(facts, lambda of: of <= last), "paid": paid}
    return formula(f"assessed up to {last} less paid, never below zero", _unpaid, leaves, {})


def _unpaid(sums: Sums) -> Decimal:
    return max(ZERO, sums["assessed"] - sums["paid"])


def _words(facts: list[Filed], rules: RuleSet, end: str, state: str, column: str) -> Behind:
    gone = {fact.origin for fact in facts if fact.sign < 0}
    kept = [fact for fact in facts if fact.origin not in gone]
    if column == "vote":
        votes = [fact for fact in kept if fact.type == "vote.changed" and fact.effective_on <= end]
        last = sorted(votes, key=lambda fact: fact.effective_on)[-1:]
        return said(*(fact.position for fact in last)) if last else EMPTY
    standing = [fact.position for fact in kept if fact.type in STANDING and fact.effective_on <= end]
    if column == "status":
        return said(*standing)
    parts = {"arrears": f"T11/{state}/arrears", "threshold": f"T11/{state}/threshold"}
    if column == "article-4":
        return said(*(fact.position for fact in kept if fact.type in DUES), **parts)
    barred = {"article 4": f"T11/{state}/article-4"} if column in rules.parameters["article_4_bars"] else {}
    return said(rules.position, *standing, **barred)
