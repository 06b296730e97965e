"""Grants: ceilings, disbursement, expenditure, recovery and closure of a project's money."""

from decimal import Decimal

from shared.money import ZERO, amount, text
from shared.rules.case import Case, Entry
from shared.rules.model import Model
from shared.rules.projects import apply_step, take_back_step
from shared.rules.refusals import Finding, Rule, rule


def ceiling(rule_id: str, line: str, scope: str, parameter: str) -> Rule:
    """The rule that a project of a scope in a line is granted at most a parameter, inclusive, over all increases."""

    @rule(rule_id)
    def test(case: Case) -> Finding | None:
        project, limit = case.known_project, case.rules.parameters[parameter]
        if limit is None or (project.line, project.scope) != (line, scope):
            return None
        wanted = amount(case.data.get("amount") or case.data["requested"])
        total = project.granted + wanted
        room = max(ZERO, amount(limit) - project.granted)
        return case.finding(
            rule_id,
            total <= amount(limit),
            {"ceiling": limit, "granted": text(project.granted), "requested": text(wanted), "total": text(total)},
            f"A {scope} project of {line} is granted at most {limit}; this one would have {text(total)}.",
            f"at most {text(room)}",
        )

    return test


LINE_2_NATIONAL = ceiling("line-2/national-ceiling", "line-2", "national", "national_ceiling")
LINE_2_REGIONAL = ceiling("line-2/regional-ceiling", "line-2", "regional", "regional_ceiling")
LINE_1_NATIONAL = ceiling("line-1/national-ceiling", "line-1", "national", "line_1_national_ceiling")
LINE_1_REGIONAL = ceiling("line-1/regional-ceiling", "line-1", "regional", "line_1_regional_ceiling")
CEILINGS = (LINE_2_NATIONAL, LINE_2_REGIONAL, LINE_1_NATIONAL, LINE_1_REGIONAL)


@rule("line-2/first-year")
def line_2_has_begun(case: Case) -> Finding | None:
    """Line 2 does not exist before its first year, nor under a set without a share (bullet 1)."""
    if case.known_project.line != "line-2":
        return None
    first, share = case.rules.parameters["first_year"], case.rules.parameters["share"]
    return case.finding(
        "line-2/first-year",
        share is not None and int(case.on[:4]) >= first,
        {"first_year": str(first), "year": case.on[:4], "share": share or "none"},
        f"There is nothing for Line 2 before {first}.",
        f"a decision of {first} or later, under a rule set with a share for Line 2",
    )


def _within(rule_id: str, case: Case, wanted: Decimal, limit: Decimal, of: str) -> Finding | None:
    if wanted <= limit:
        return None
    project = case.known_project
    return case.finding(
        rule_id,
        False,
        {
            "granted": text(project.granted),
            "disbursed": text(project.disbursed),
            "spent": text(project.spent),
            "recovered": text(project.recovered),
            "requested": text(wanted),
        },
        f"{text(wanted)} is asked of {text(limit)} {of}.",
        f"at most {text(max(ZERO, limit))}",
    )


@rule("grant/disbursement")
def disbursed_within_grant(case: Case) -> Finding | None:
    """Never more is disbursed than was granted, and no grant is decreased below what was disbursed."""
    project = case.known_project
    left = project.granted - project.disbursed
    return _within("grant/disbursement", case, amount(case.data["amount"]), left, "not disbursed yet")


@rule("grant/expenditure")
def spent_within_disbursed(case: Case) -> Finding | None:
    """Never more is spent than was disbursed and not given back."""
    project = case.known_project
    left = project.disbursed - project.spent - project.recovered
    return _within("grant/expenditure", case, amount(case.data["amount"]), left, "disbursed and not spent")


@rule("grant/recovery")
def recovered_within_unspent(case: Case) -> Finding | None:
    """Never more comes back than was disbursed and not spent."""
    project = case.known_project
    left = project.disbursed - project.spent - project.recovered
    return _within("grant/recovery", case, amount(case.data["amount"]), left, "disbursed and not spent")


@rule("grant/closure")
def nothing_unaccounted(case: Case) -> Finding:
    """A project is closed financially when all that was disbursed is spent or recovered."""
    project = case.known_project
    unspent = project.disbursed - project.spent - project.recovered
    return case.finding(
        "grant/closure",
        unspent == 0,
        {"disbursed": text(project.disbursed), "spent": text(project.spent), "recovered": text(project.recovered)},
        f"{text(unspent)} disbursed is neither spent nor recovered.",
        "expenditure.reported or grant.balance-returned for the rest first",
    )


@rule("grant/closure")
def migrated_balances_agree(case: Case) -> Finding:
    """A project brought in has granted at least what it disbursed, and disbursed at least what it spent."""
    approved, disbursed, spent = (amount(case.data[field]) for field in ("approved", "disbursed", "spent"))
    status = case.data["status"]
    settled = status not in ("cancelled", "financially-closed") or approved == disbursed
    closed = status != "financially-closed" or disbursed == spent
    granted = approved > 0 or status not in ("approved", "completed")
    funded = approved == 0 or status not in ("submitted", "retained", "refused", "withdrawn")
    return case.finding(
        "grant/closure",
        spent <= disbursed <= approved and settled and closed and granted and funded,
        {"approved": text(approved), "disbursed": text(disbursed), "spent": text(spent), "status": status},
        "The balances brought in do not fit together.",
        "spent ≤ disbursed ≤ approved, more than 0.00 once approved and 0.00 before;"
        " approved = disbursed once cancelled; disbursed = spent once closed",
    )


AMOUNTS = {
    "grant.approved": ("granted", 1),
    "grant.increased": ("granted", 1),
    "grant.decreased": ("granted", -1),
    "grant.disbursed": ("disbursed", 1),
    "expenditure.reported": ("spent", 1),
    "grant.balance-returned": ("recovered", 1),
}
"""Which of a project's figures an amount moves, and which way."""


def apply_amount(model: Model, entry: Entry, sign: int = 1) -> None:
    """Move a project's figure by a fact's amount; with sign −1 take it back."""
    short, data = entry["type"][9:-3], entry["data"]
    project = model.projects[data["project"]]
    field, way = AMOUNTS[short]
    moved = getattr(project, field) + sign * way * amount(data["amount"])
    model.projects.put(project.code, project._replace(**{field: moved}))


def apply_decision(model: Model, entry: Entry) -> None:
    """An approval or increase: the amount, who approved, and for an approval the status and day."""
    data = entry["data"]
    if entry["type"] == "fund1035.grant.approved.v1":
        apply_step(model, entry)
    apply_amount(model, entry)
    project = model.projects[data["project"]]
    changed = project._replace(
        approvers=(*project.approvers, entry["recorded_by"]),
        decisions=(*project.decisions, data["decision"]),
        approved_on=project.approved_on or data["approved_on"],
    )
    model.projects.put(project.code, changed)


def take_back_decision(model: Model, entry: Entry) -> None:
    """A reversed approval or increase."""
    data = entry["data"]
    approval = entry["type"] == "fund1035.grant.approved.v1"
    if approval:
        take_back_step(model, entry)
    apply_amount(model, entry, -1)
    project = model.projects[data["project"]]
    approvers, decisions = list(project.approvers), list(project.decisions)
    approvers.remove(entry["recorded_by"])
    decisions.remove(data["decision"])
    changed = project._replace(
        approvers=tuple(approvers),
        decisions=tuple(decisions),
        approved_on=None if approval else project.approved_on,
    )
    model.projects.put(project.code, changed)


def apply_freeing(model: Model, entry: Entry, value: Decimal) -> None:
    """A cancellation or closure: what was not disbursed leaves the grant."""
    model.freed.put(entry["position"], value)
    project = model.projects[entry["data"]["project"]]
    model.projects.put(project.code, project._replace(granted=project.granted - value))
    apply_step(model, entry)


def take_back_freeing(model: Model, entry: Entry) -> None:
    """A reversed cancellation or closure: the grant has again what was freed."""
    project = model.projects[entry["data"]["project"]]
    model.projects.put(project.code, project._replace(granted=project.granted + model.freed[entry["position"]]))
    take_back_step(model, entry)
