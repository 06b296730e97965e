"""The laws of projects and grants: who may benefit, up to which ceiling, from which money."""

from collections.abc import Iterable

from tests.oracle.facts import Project, cents
from tests.oracle.trial import OVERRIDABLE, Trial


def decision(trial: Trial) -> Iterable[str]:
    """An approval or increase: rules on States, endorsements, ceilings and follow-up, then the line."""
    project, amount = _known(trial), cents(trial.data["amount"])
    rules = {*_states(trial, project), *ceiling(trial, project, amount), *_follow_up(trial, project)}
    rules -= {rule for rule in rules & OVERRIDABLE if _overridden(trial, rule)}
    yield from rules
    if trial.subject == project.submitted_by:
        yield "duties/separate"
    if amount > trial.oracle.lowest_from(project.data["line"], trial.booked):
        yield "line/available"


def _states(trial: Trial, project: Project) -> Iterable[str]:
    oracle, on, rules = trial.oracle, trial.on, trial.rules
    states = project.data["states"]
    eligible = [state for state in states if oracle.eligible(state, on, rules)]
    members = [state for state in states if oracle.status(state, on) is not None]
    if project.data["scope"] == "national":
        if len(states) != 1:
            yield "project/regional-states"
        if eligible != states:
            yield "member-state/eligible"
    else:
        majority = 2 * len(eligible) > len(states) or not rules["regional_majority"]
        if len(eligible) < rules["regional_minimum_states"] or not majority:
            yield "project/regional-states"
        if eligible != members:
            yield "member-state/eligible"
    if rules["endorsement_required"] and not set(eligible) <= _endorsing(trial, project):
        yield "project/endorsed"
    barred = project.data["line"] in rules["article_4_bars"]
    if barred and any(oracle.subject_to_article_4(state, on, rules) for state in states):
        yield "line-2/article-4"


def _endorsing(trial: Trial, project: Project) -> set[str]:
    later = [entry.data for entry in trial.oracle.facts("project.endorsed")]
    papers = [*project.data["endorsements"], *(each for each in later if each["project"] == project.data["project"])]
    return {paper["state"] for paper in papers if paper["on"] <= trial.on}


def ceiling(trial: Trial, project: Project, amount: int) -> Iterable[str]:
    """Inclusive, cumulative over increases; Line 2 has nothing before its first year or without a share."""
    line, scope, rules = project.data["line"], project.data["scope"], trial.rules
    ceiling = rules[f"{scope}_ceiling" if line == "line-2" else f"line_1_{scope}_ceiling"]
    if ceiling is not None and project.granted + amount > cents(ceiling):
        yield f"{line}/{scope}-ceiling"
    if line == "line-2" and (rules["share"] is None or int(trial.on[:4]) < rules["first_year"]):
        yield "line-2/first-year"


def _follow_up(trial: Trial, project: Project) -> Iterable[str]:
    """A Line 2 project may follow a funded Line 1 project; Part III is silent on the rest."""
    code = project.data.get("follow_up_of")
    if code is None:
        return
    followed = trial.oracle.project(code)
    if project.data["line"] == "line-1" or (followed is not None and followed.data["line"] == "line-2"):
        yield "project/follow-up-direction"
    elif followed is None or (followed.first_grant_on or "9999") > trial.on:
        yield "line-2/follow-up"


def _overridden(trial: Trial, rule: str) -> bool:
    wanted = (rule, trial.data["project"], trial.data["decision"])
    return any(
        (entry.data["rule"], entry.data["project"], entry.data["decision"]) == wanted and entry.subject != trial.subject
        for entry in trial.oracle.facts("override.recorded")
    )


def _known(trial: Trial) -> Project:
    assert trial.project is not None
    return trial.project


def decrease(trial: Trial) -> Iterable[str]:
    if cents(trial.data["amount"]) > _known(trial).granted - _known(trial).disbursed:
        yield "grant/disbursement"


def disbursement(trial: Trial) -> Iterable[str]:
    yield from decrease(trial)
    if trial.subject in _known(trial).approvers:
        yield "duties/separate"


def expenditure(trial: Trial) -> Iterable[str]:
    if cents(trial.data["amount"]) > _known(trial).advance:
        yield "grant/expenditure"


def recovery(trial: Trial) -> Iterable[str]:
    if cents(trial.data["amount"]) > _known(trial).advance:
        yield "grant/recovery"


def closure(trial: Trial) -> Iterable[str]:
    if _known(trial).advance != 0:
        yield "grant/closure"


def override(trial: Trial) -> Iterable[str]:
    if trial.data["rule"] not in OVERRIDABLE:
        yield trial.data["rule"]
