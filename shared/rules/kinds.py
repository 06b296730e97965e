"""One row per event type: its stream, the rules it must pass, what it does and what it causes."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.rules import (
    contributions,
    corrections,
    dates,
    duties,
    grants,
    income,
    lines,
    membership,
    projects,
    reports,
    rulebook,
    years,
)
from shared.rules.case import Case, Caused, Entry
from shared.rules.model import Model
from shared.rules.refusals import Rule

Apply = Callable[[Model, Entry], None]


@dataclass(frozen=True)
class Kind:
    """How a type is judged and applied.

    `binds`: a closed year takes no more of it; `pends`: it takes effect when a second subject confirms.
    """

    stream: Callable[[Case], str]
    gates: tuple[Rule, ...] = ()
    rules: tuple[Rule, ...] = ()
    warns: tuple[Rule, ...] = ()
    apply: Apply | None = None
    take_back: Apply | None = None
    causes: Callable[[Case], list[Caused]] | None = None
    binds: bool = False
    pends: bool = False


def _named(name: str) -> Callable[[Case], str]:
    return lambda _: name


def _by(prefix: str, field: str) -> Callable[[Case], str]:
    return lambda case: f"{prefix}/{case.data[field]}"


def _own_line(case: Case) -> str:
    return str(case.data["line"])


def _project_line(case: Case) -> str:
    return case.known_project.line


def _referred(case: Case) -> str:
    assert case.referred is not None
    return str(case.referred["stream"])


_PROJECT = _by("project", "project")
_STATE = _by("member-state", "state")
_INCOME = _by("discretionary-income", "year")
_YEAR = _by("year", "year")
_KNOWN = (projects.project_known,)
_STEP = (projects.project_known, projects.step_admitted)

SUBMISSION = (
    membership.states_eligible,
    membership.states_of_scope,
    membership.endorsed,
    membership.not_subject_to_article_4,
    *grants.CEILINGS,
    projects.follows_funded_project,
    projects.follows_from_line_1_to_line_2,
)
"""Rules on States, endorsements, ceilings and follow-up: warnings at submission, refusals at approval and increase."""

DECISION = (duties.approver_did_not_submit, *SUBMISSION, grants.line_2_has_begun, lines.available)


def _step(stream: Callable[[Case], str] = _PROJECT, *rules: Rule) -> Kind:
    return Kind(stream, _STEP, rules, apply=projects.apply_step, take_back=projects.take_back_step)


def _decision() -> Kind:
    return Kind(
        _project_line, _STEP, DECISION, apply=grants.apply_decision, take_back=grants.take_back_decision, binds=True
    )


def _amount(*rules: Rule) -> Kind:
    return Kind(
        _project_line, _STEP, rules, apply=grants.apply_amount, take_back=_back(grants.apply_amount), binds=True
    )


def _back(apply: Callable[[Model, Entry, int], None]) -> Apply:
    return lambda model, entry: apply(model, entry, -1)


def _freeing(*rules: Rule) -> Kind:
    return Kind(_project_line, _STEP, rules, take_back=grants.take_back_freeing, binds=True)


def _contribution() -> Kind:
    apply = contributions.apply_contribution
    tested = (lines.one_line, contributions.one_donor, contributions.within_what_was_given)
    return Kind(_own_line, (), tested, apply=apply, take_back=_back(apply), binds=True)


def _of_state(apply: Apply | None = None, take_back: Apply | None = None) -> Kind:
    return Kind(_STATE, (membership.admitted,), apply=apply, take_back=take_back)


KINDS: dict[str, Kind] = {
    "rules.adopted": Kind(_named("rules"), rules=(rulebook.well_formed,), apply=rulebook.adopt, pends=True),
    "rules.reviewed": Kind(
        _named("rules"),
        rules=(rulebook.reviewed_set_known,),
        apply=rulebook.apply_reviewed,
        take_back=rulebook.take_back_reviewed,
    ),
    "action.confirmed": Kind(_referred, (duties.awaits_confirmation,), (duties.confirmer_did_not_post,)),
    "member-state.admitted": Kind(
        _STATE, (membership.admitted_once,), apply=membership.apply_admitted, take_back=membership.take_back_admitted
    ),
    "member-state.status-changed": _of_state(membership.apply_status_changed, membership.take_back_status),
    "assessment.issued": _of_state(membership.apply_dues, membership.take_back_dues),
    "assessment.paid": _of_state(membership.apply_dues, membership.take_back_dues),
    "vote.changed": _of_state(membership.apply_vote, _back(membership.apply_vote)),
    "line.opened": Kind(
        _own_line, (), (lines.opened_first, lines.opened_at_year_end), apply=lines.note_opened,
        take_back=lines.take_back_opened, pends=True,
    ),
    "project.migrated": Kind(
        _PROJECT, (projects.code_is_new,), (lines.opened_first, grants.migrated_balances_agree), apply=projects.migrate,
        take_back=projects.take_back_submitted, pends=True,
    ),
    "income.budgeted": Kind(
        _INCOME, (), (income.basis_in_order, years.no_basis_after_close), apply=income.apply_budgeted,
        take_back=income.take_back_budgeted, causes=income.allocate,
    ),
    "income.received": Kind(
        _INCOME, apply=income.apply_received, take_back=_back(income.apply_received), binds=True
    ),
    "overhead.applied": Kind(
        _INCOME, (), (income.overhead_within_year,), apply=income.apply_applied,
        take_back=_back(income.apply_applied), binds=True,
    ),
    "contribution.pledged": _contribution(),
    "contribution.pledge-reduced": _contribution(),
    "contribution.committed": _contribution(),
    "contribution.received": _contribution(),
    "contribution.refunded": _contribution(),
    "line.allocated": Kind(_own_line),
    "line.allocation-revised": Kind(_own_line),
    "project.submitted": Kind(
        _PROJECT, (projects.code_is_new,), warns=SUBMISSION, apply=projects.apply_submitted,
        take_back=projects.take_back_submitted,
    ),
    "project.endorsed": _step(),
    "project.withdrawn": _step(),
    "project.extended": _step(),
    "project.completed": _step(),
    "project.evaluated": _step(),
    "project.retained": _step(),
    "project.refused": _step(),
    "grant.approved": _decision(),
    "grant.increased": _decision(),
    "grant.decreased": _amount(grants.disbursed_within_grant),
    "grant.disbursed": _amount(grants.disbursed_within_grant, duties.payer_did_not_approve),
    "expenditure.reported": _amount(grants.spent_within_disbursed),
    "grant.balance-returned": _amount(grants.recovered_within_unspent),
    "grant.cancelled": _freeing(),
    "project.financially-closed": _freeing(grants.nothing_unaccounted),
    "entry.reversed": Kind(
        _referred, (corrections.reversible,), (duties.reverser_did_not_record, corrections.reversal_affordable),
        causes=corrections.reallocate,
    ),
    "override.recorded": Kind(
        _PROJECT, _STEP, (corrections.rule_can_be_overridden,), apply=corrections.apply_override,
        take_back=corrections.take_back_override,
    ),
    "control-total.reported": Kind(_by("control", "source")),
    "year.closed": Kind(
        _YEAR, (), (years.closes_in_order, income.overhead_within_actual), apply=years.close,
        causes=years.close_facts, pends=True,
    ),
    "report.issued": Kind(_YEAR, (), (reports.edition_in_order,), apply=reports.apply_issued),
    "report.noted": Kind(_YEAR, (), (reports.edition_in_order,)),
    "log.continued": Kind(_named("log")),
    "command.refused": Kind(_named("refusals")),
}  # fmt: skip

BY_TRUE_DATE = frozenset(
    {"grant.approved", "grant.increased", "grant.decreased", "project.retained", "project.refused"}
)
"""Project decisions: judged by the set in force on their own date, also when booked later."""

EVERY = (dates.not_in_the_future,)
BINDING = frozenset(short for short, kind in KINDS.items() if kind.binds)
YEARLY = BINDING | {"income.budgeted"}
"""Income and line facts: a year that has any must be closed in its turn."""
