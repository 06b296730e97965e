"""Corrections: an entry is reversed once, by another subject, when nothing later rests on it."""

from typing import Any

from shared.money import ZERO, amount, text
from shared.rules import projects
from shared.rules.case import Case, Caused, Entry
from shared.rules.contributions import KINDS, rests_on
from shared.rules.grants import AMOUNTS, CEILINGS
from shared.rules.income import allocation_facts
from shared.rules.lines import lowest_from
from shared.rules.model import Dues, LineBook, Model, Project
from shared.rules.refusals import SOURCES, Finding, rule

NEVER = ("entry.reversed", "action.confirmed", "year.closed", "rules.adopted", "report.issued", "report.noted")


@rule("entry/reversible")
def reversible(case: Case) -> Finding:
    """The entry exists, is no reversal, close, adoption, report or fact of the ledger's own, and stands alone."""
    why = _why_not(case, case.referred)
    return case.finding(
        "entry/reversible",
        not why,
        why or {"position": str(case.data["position"]), "type": case.referred["type"] if case.referred else "none"},
        f"Entry {case.data['position']} cannot be reversed.",
        "a standing entry that no later fact rests on; reverse the later facts first",
    )


def _why_not(case: Case, entry: Entry | None) -> dict[str, Any]:
    position = str(case.data["position"])
    if entry is None:
        return {"position": position, "entry": "unknown"}
    short = entry["type"][9:-3]
    if short in NEVER or _is_derived(entry):
        return {"position": position, "never_reversed": short}
    if entry["position"] in case.model.reversed:
        return {"position": position, "reversed_by": str(case.model.reversed[entry["position"]])}
    rested = _rested_on(case.model, entry, short)
    return {"position": position, **rested} if rested else {}


def _is_derived(entry: Entry) -> bool:
    return entry["type"][9:-3] in ("line.allocated", "line.allocation-revised", "command.refused", "log.continued")


def _rested_on(model: Model, entry: Entry, short: str) -> dict[str, Any] | None:
    """What later facts rest on the entry; None when nothing does."""
    data = entry["data"]
    if entry["position"] in model.pending:
        return None
    if short in KINDS:
        return rests_on(model, entry)
    if short in AMOUNTS and short != "grant.approved":
        return _amount_rested_on(model, entry, short)
    if "project" in data:
        return _step_rested_on(model, entry, short)
    if short == "line.opened":
        facts = (model.lines.get(data["line"]) or LineBook()).money_facts
        return {"later_money_facts": str(facts)} if facts else None
    if short == "income.budgeted":
        return _basis_rested_on(model, entry)
    if short == "member-state.admitted":
        return _state_rested_on(model, data["state"])
    return None


def _basis_rested_on(model: Model, entry: Entry) -> dict[str, Any] | None:
    year, closed = entry["data"]["year"], model.heads.get("closed_through", 0)
    if year <= closed:
        return {"closed_through": str(closed)}
    last = model.income[year].bases[-1]
    return {"later_basis": str(last.position)} if last.position != entry["position"] else None


def _state_rested_on(model: Model, state: str) -> dict[str, Any] | None:
    named = [project.code for project in model.projects.rows().values() if state in project.states]
    dues: Dues = model.dues.get(state) or Dues()
    facts = dues.facts + len(model.members[state].statuses) - 1 + model.votes.get(state, 0)
    return {"state": state, "projects": named[:10], "facts": str(facts)} if named or facts else None


def _step_rested_on(model: Model, entry: Entry, short: str) -> dict[str, Any] | None:
    project = model.projects[entry["data"]["project"]]
    if short == "override.recorded":
        used = entry["data"]["decision"] in project.decisions
        return {"decision": entry["data"]["decision"]} if used else None
    if short in ("project.extended", "project.evaluated"):
        return None
    if short == "project.endorsed":
        return {"status": project.status} if project.status not in ("submitted", "retained") else None
    last = project.steps[-1]
    if last.position != entry["position"]:
        return {"project": project.code, "later_step": last.type, "at": str(last.position)}
    if short == "grant.approved" and (project.granted != amount(entry["data"]["amount"]) or project.disbursed):
        return {"granted": text(project.granted), "disbursed": text(project.disbursed)}
    if short == "project.migrated" and not _as_migrated(project, entry["data"]):
        return {
            "disbursed": text(project.disbursed),
            "spent": text(project.spent),
            "recovered": text(project.recovered),
        }
    followers = [
        other.code for other in model.projects.rows().values() if other.follow_up_of == project.code and other.granted
    ]
    return {"followed_by": followers[:10]} if short in ("grant.approved", "project.migrated") and followers else None


def _as_migrated(project: Project, data: dict[str, Any]) -> bool:
    """Has a project brought in moved no money since?"""
    brought = (amount(data["approved"]), amount(data["disbursed"]), amount(data["spent"]), ZERO)
    return (project.granted, project.disbursed, project.spent, project.recovered) == brought


def _amount_rested_on(model: Model, entry: Entry, short: str) -> dict[str, Any] | None:
    project = model.projects[entry["data"]["project"]]
    field, way = AMOUNTS[short]
    left = project._replace(**{field: getattr(project, field) - way * amount(entry["data"]["amount"])})
    settled = project.status == "financially-closed"
    freed = project.status == "cancelled" and field in ("granted", "disbursed")
    if settled or freed or not left.disbursed <= left.granted or left.spent + left.recovered > left.disbursed:
        return {
            "status": project.status,
            "granted": text(left.granted),
            "disbursed": text(left.disbursed),
            "spent": text(left.spent),
            "recovered": text(left.recovered),
        }
    return None


@rule("line/available")
def reversal_affordable(case: Case) -> Finding | None:
    """Taking back a decrease, cancellation or closure commits money again: the line must have it."""
    entry = case.referred
    if entry is None or entry["type"][9:-3] not in ("grant.decreased", "grant.cancelled", "project.financially-closed"):
        return None
    wanted = case.model.freed.get(entry["position"]) or amount(entry["data"].get("amount", "0.00"))
    free = lowest_from(case.model, entry["stream"], case.effective_on)
    return case.finding(
        "line/available",
        wanted <= free,
        {"line": entry["stream"], "available": text(free), "requested": text(wanted), "from": case.effective_on},
        f"{entry['stream']} has {text(free)} left from {case.effective_on} on.",
        f"at least {text(wanted)} available in {entry['stream']}",
    )


def ceilings_again(case: Case) -> list[Finding]:
    """Taking back a decrease must not lift the grant over its ceiling."""
    entry = case.referred
    if entry is None or entry["type"] != "fund1035.grant.decreased.v1":
        return []
    as_increase = Case(
        case.model, "grant.increased", entry["data"], case.recorded_on, case.subject, case.role, case.position,
        case.rules, case.on, case.effective_on, case.year, case.entry_at,
    )  # fmt: skip
    found = (ceiling.test(as_increase) for ceiling in CEILINGS)
    return [finding for finding in found if finding is not None and not finding.holds]


@rule("project/life-cycle")
def rule_can_be_overridden(case: Case) -> Finding:
    """Only practice rules of a project decision and the follow-up direction can be overridden, never Part III.

    The refusal bears the id of the rule that was to be overridden.
    """
    named = case.data["rule"]
    source = SOURCES[named]
    return case.finding(
        named,
        source.overridable,
        {"rule": named, "overridable": [rule_id for rule_id, found in SOURCES.items() if found.overridable]},
        f"{named} cannot be overridden for one project.",
        "a rule set that changes it (rules.adopted), or an override of a rule that can be overridden",
    )


def reallocate(case: Case) -> list[Caused]:
    """Reversing a budget basis derives the year's allocation anew, booked on the reversed basis's date."""
    entry = case.referred
    if entry is None or entry["type"] != "fund1035.income.budgeted.v1":
        return []
    return allocation_facts(case, entry["data"]["year"], case.effective_on, "reversal")


def apply_override(model: Model, entry: Entry) -> None:
    """An override by a subject stands for one rule, project and decision."""
    key = _override_key(entry["data"])
    model.overrides.put(key, (*model.overrides.get(key, ()), entry["recorded_by"]))
    projects.apply_step(model, entry)


def take_back_override(model: Model, entry: Entry) -> None:
    """A reversed override no longer stands."""
    key = _override_key(entry["data"])
    left = list(model.overrides[key])
    left.remove(entry["recorded_by"])
    model.overrides.put(key, tuple(left))
    projects.take_back_step(model, entry)


def not_overridden(case: Case, findings: list[Finding]) -> list[Finding]:
    """The failing rules of a decision that no other subject has overridden for it."""
    return [finding for finding in findings if not _overridden(case, finding.rule)]


def _overridden(case: Case, rule_id: str) -> bool:
    key = (case.data["project"], case.data["decision"], rule_id)
    return any(subject != case.subject for subject in case.model.overrides.get(key, ()))


def _override_key(data: dict[str, Any]) -> tuple[str, str, str]:
    return data["project"], data["decision"], data["rule"]
