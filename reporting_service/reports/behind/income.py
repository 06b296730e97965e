"""Behind Discretionary Income: T1 the derivation of the lines, T16 its uses, T17 its variance."""

from collections.abc import Mapping
from decimal import Decimal

from reporting_service.projections.allocations import allocations_of
from reporting_service.projections.duties import rule_set
from reporting_service.projections.filed import Filed
from reporting_service.projections.income import bases_of, income_steps
from reporting_service.projections.view import View
from reporting_service.reports.behind.figure import (
    EMPTY,
    Behind,
    Events,
    Sums,
    added,
    difference,
    formula,
    gathered,
    said,
    stated,
    total,
)
from reporting_service.reports.behind.lines import movement_events, row_events
from reporting_service.reports.behind.rule_sets import parameter
from reporting_service.reports.derivation import derivations
from reporting_service.reports.discretionary_income import last_approved
from shared.money import ZERO
from shared.rules.allocation import LINES, Income, derive

INPUTS = {
    "project_overhead": "project_overhead",
    "security": "security",
    "unearmarked_contributions": "unearmarked",
    "interest": "interest",
}
"""A step that income gives, to the figure of actual income."""
LINEAR = {
    "miscellaneous_income": ("unearmarked_contributions", "interest"),
    "discretionary_income": ("project_overhead", "unearmarked_contributions", "interest"),
}
OF_LINE_2 = frozenset({"excess", "share", "line_2_share", "line_2", "baseline"})
PARAMETERS = {"baseline": "baseline", "share": "share", "line_1_amount": "line_1_amount"}
WORDS = frozenset({"binding", "basis", "rule_set"})


def derivation(view: View, year: int, row: str, column: str) -> Behind:
    """T1: what a basis or the ledger's allocation states; of actual income what the formula makes of its receipts."""
    basis, of = _basis_and_year(column, year)
    step = row.replace("-", "_")
    steps = derivations(view, of)[basis]
    if not steps.get(step):
        return EMPTY
    return _actual(view, of, step, steps) if basis == "actual" else _recorded(view, of, basis, step, steps, column)


def _basis_and_year(column: str, year: int) -> tuple[str, int]:
    basis = column.removesuffix("-prior")
    return basis, year if basis == column else year - 1


def outside_events(view: View, year: int) -> Events:
    """Carry-forward into a year and balances recovered in it, both lines."""
    found = (
        movement_events(
            view,
            line,
            lambda moved: moved.year < year or (moved.year == year and moved.row in ("opening", "recovered")),
        )
        for line in LINES
    )
    return added(*found)


def _recorded(view: View, year: int, basis: str, step: str, steps: Mapping[str, str], column: str) -> Behind:
    """What the basis itself, or the allocation that it caused, says."""
    budgeted = _standing_basis(view, year, basis)
    caused = {budgeted.position + 1, budgeted.position + 2}
    allocated = {fact.data["line"]: fact for fact in allocations_of(view, year) if fact.position in caused}
    source = allocated["line-2" if step in OF_LINE_2 else "line-1"]
    if step == "outside_the_cap":
        return total(outside_events(view, year))
    if step == "headroom_all":
        leaves = {"headroom": {source.position: Decimal(steps["headroom"])}, "outside": outside_events(view, year)}
        parts = {"headroom": f"T1/headroom/{column}", "outside": f"T1/outside-the-cap/{column}"}
        return formula("headroom less what lies outside the cap, where that is positive", _literal, leaves, parts)
    if step in WORDS:
        return _words(view, year, step, budgeted.position, source.position)
    if step in INPUTS:
        return stated(budgeted.position, steps[step])
    return stated(source.position, steps[step], source.data["derivation"])


def _standing_basis(view: View, year: int, basis: str) -> Filed:
    kind = "programme-and-budget" if basis == "budget" else "revision"
    standing = [fact for fact in bases_of(view, year) if fact.data["basis"] == kind]
    return standing[0] if basis == "budget" else standing[-1]


def _words(view: View, year: int, step: str, basis: int, source: int) -> Behind:
    if step == "basis":
        return said(basis)
    rules = rule_set(view, f"{year}-01-01")
    assert rules is not None
    return said(rules.position) if step == "rule_set" else said(source)


def _literal(sums: Sums) -> Decimal:
    return sums["headroom"] - max(ZERO, sums["outside"])


def _actual(view: View, year: int, step: str, steps: Mapping[str, str]) -> Behind:
    """Receipts, and what the formula makes of them under the rule set in force."""
    rules = rule_set(view, f"{year}-01-01")
    assert rules is not None
    receipts = {name: received_events(view, year, figure) for name, figure in INPUTS.items()}
    if step in PARAMETERS:
        found = parameter(view, f"{year}-01-01", PARAMETERS[step])
        return stated(found.position, found.value) if found else stated(rules.position, steps[step])
    if step in INPUTS or step in LINEAR:
        return total(*(receipts[name] for name in LINEAR.get(step, (step,))))
    if step == "without_security":
        return difference(added(*(receipts[name] for name in LINEAR["discretionary_income"])), receipts["security"])
    if step == "outside_the_cap":
        return total(outside_events(view, year))
    if step in WORDS:
        events = sorted({at for found in receipts.values() for at in found})
        return said(rules.position) if step == "rule_set" else said(rules.position, *events)
    leaves = {**receipts, "outside": outside_events(view, year)}

    def compute(sums: Sums) -> Decimal | None:
        income = Income(*(sums[name] for name in INPUTS))
        return _step_of(derive(income, rules, year, sums["outside"]).steps, step, sums["outside"])

    parts = {name: f"T1/{name.replace('_', '-')}/actual" for name in INPUTS}
    made = formula("the formula of Part III", compute, leaves, parts, ruled_at=rules.position)
    return Behind(made.leaves, made.compute, made.rule, made.parts, steps=steps, ruled_at=made.ruled_at)


def _step_of(steps: Mapping[str, str], step: str, outside: Decimal) -> Decimal | None:
    if step not in ("cap", "headroom", "headroom_all"):
        return Decimal(steps[step])
    if steps["cap"] == "none":
        return None
    left = max(ZERO, Decimal(steps["miscellaneous_income"])) - Decimal(steps["facility"])
    return {"cap": Decimal(steps["cap"]), "headroom": left, "headroom_all": left - max(ZERO, outside)}[step]


def received_events(view: View, year: int, figure: str) -> Events:
    """The receipts, or applications, of one figure of a year's income."""
    return gathered(income_steps(view, year, figure))


def uses(view: View, year: int, row: str, column: str) -> Behind:
    """T16: as T1 for what was approved, then receipts and applications; the rest is income less the applications."""
    basis, of = _basis_and_year(column, year)
    return _uses_approved(view, year, row, column) if basis == "budget" else _uses(view, of, row, column)


APPLIED = ("security", "facility")
"""The applications that a budget states."""


def _uses_approved(view: View, year: int, row: str, column: str) -> Behind:
    _, of = _basis_and_year(column, year)
    basis = column.replace("budget", last_approved(view, of))
    if row != "rest":
        return derivation(view, year, row, basis)
    income, *applied = (derivation(view, year, step, basis) for step in ("discretionary-income", *APPLIED))
    if income.is_text:
        return EMPTY
    return difference(added(*income.leaves.values()), *(added(*found.leaves.values()) for found in applied))


def _uses(view: View, year: int, row: str, column: str) -> Behind:
    figure = row.replace("-", "_")
    if figure in INPUTS:
        return total(received_events(view, year, INPUTS[figure]))
    if row == "basis":
        return said(income=f"T16/discretionary-income/{column}", facility=f"T16/facility/{column}")
    income = added(*(received_events(view, year, INPUTS[name]) for name in LINEAR["discretionary_income"]))
    facility = added(*(row_events(view, line, year, "allocation", "revisions") for line in LINES))
    if row == "discretionary-income":
        return total(income)
    if row == "facility":
        return total(facility)
    if row != "rest":
        return total(received_events(view, year, row))
    if not sum(income.values()):
        return EMPTY
    applied = (received_events(view, year, name) for name in ("staff", "support", "security"))
    return difference(income, *applied, facility)


def variance(view: View, year: int, row: str, column: str) -> Behind:
    """T17: as T1; a variance is actual less what was last approved."""
    name = column.removesuffix("-prior")
    if not name.startswith("variance"):
        return derivation(view, year, row, column)
    suffix = column[len(name) :]
    actual = derivation(view, year, row, f"actual{suffix}")
    last = last_approved(view, _basis_and_year(column, year)[1])
    approved = derivation(view, year, row, f"{last}{suffix}")
    if actual.is_text or approved.is_text or row == "basis":
        return EMPTY
    one, other = (added(*found.leaves.values()) for found in (actual, approved))
    if name == "variance":
        return difference(one, other)
    parts = {"part": f"T17/{row}/variance{suffix}", "whole": f"T17/{row}/{last}{suffix}"}
    return formula("percent: part / whole", _relative, {"actual": one, "approved": other}, parts)


def _relative(sums: Sums) -> Decimal | None:
    base = sums["approved"]
    return Decimal(f"{(sums['actual'] - base) * 100 / base:.1f}") if base > ZERO else None
