"""May it happen? Every rule of a case, and all that fail."""

from collections.abc import Callable
from typing import Any

from shared.rules.case import Case, Entry, failing
from shared.rules.corrections import ceilings_again, not_overridden
from shared.rules.dates import booked, own_date, year_of
from shared.rules.kinds import BINDING, BY_TRUE_DATE, EVERY, KINDS
from shared.rules.model import Model
from shared.rules.projects import submitted_project
from shared.rules.refusals import Finding
from shared.rules.rulebook import rule_set_on
from shared.rules.years import adjusts_nothing, line_of, year_open

EntryAt = Callable[[int], Entry | None]
_SUBMITTED = ("project.submitted", "project.migrated")


def case_of(
    model: Model,
    short: str,
    data: dict[str, Any],
    *,
    recorded_on: str,
    subject: str,
    role: str,
    position: int,
    entry_at: EntryAt,
) -> Case:
    """The case of a posted fact: its own day, the day it is booked on, and the rule set that judges it."""
    on = own_date(short, data, recorded_on)
    rules = rule_set_on(model, on)
    case = Case(model, short, data, recorded_on, subject, role, position, rules, on, on, int(on[:4]), entry_at)
    if short == "entry.reversed" and case.referred is not None:
        case.on = case.effective_on = case.referred["effective_on"]
    if short in _SUBMITTED:
        case.project = submitted_project(data, subject, position)
    if "adjusts_year" in data:
        case.effective_on = booked(model, data, case.on, line_of(case))
    case.year = year_of(data, case.effective_on)
    judged_on = case.on if short in BY_TRUE_DATE else case.effective_on
    if judged_on != on:
        case.rules = rule_set_on(model, judged_on)
    return case


def judge(case: Case) -> list[Finding]:
    """Every rule that the case fails; where a gate fails, what comes after it cannot be told."""
    kind = KINDS[case.short]
    for gate in kind.gates:
        finding = gate.test(case)
        if finding is not None and not finding.holds:
            return [finding]
    found = failing(case, kind.rules)
    if case.short in ("grant.approved", "grant.increased"):
        found = not_overridden(case, found)
    if case.short == "entry.reversed":
        found += ceilings_again(case)
    if case.short == "action.confirmed":
        found += judge(referred_case(case))
    if _binds(case):
        found += failing(case, (year_open,))
    elif "adjusts_year" in case.data:
        found.append(adjusts_nothing(case))
    return found + failing(case, EVERY)


def warnings(case: Case) -> list[Finding]:
    """What would be refused at approval, told at submission."""
    warns = KINDS[case.short].warns
    return failing(case, warns) if warns else []


def referred_case(case: Case) -> Case:
    """The action that a confirmation names, judged again on the model of today."""
    entry = case.referred
    assert entry is not None
    return case_of(
        case.model,
        entry["type"][9:-3],
        entry["data"],
        recorded_on=case.recorded_on,
        subject=entry["recorded_by"],
        role=entry["recorded_role"],
        position=entry["position"],
        entry_at=case.entry_at,
    )


def _binds(case: Case) -> bool:
    if case.short != "entry.reversed":
        return case.short in BINDING
    return case.referred is not None and case.referred["type"][9:-3] in BINDING
