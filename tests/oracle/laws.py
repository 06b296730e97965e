"""The laws: for each kind of fact the rules that it breaks, read from the domain description."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.oracle.facts import Entry, Project, cents
from tests.oracle.formula import Income
from tests.oracle.model import CONFIRMABLE, DERIVED, Oracle

STATUS_NEEDED = {
    "project.endorsed": "submitted retained approved completed",
    "project.withdrawn": "submitted retained",
    "project.extended": "approved",
    "project.completed": "approved",
    "project.evaluated": "completed cancelled financially-closed",
    "project.retained": "submitted",
    "project.refused": "submitted retained",
    "override.recorded": "submitted retained approved",
    "grant.approved": "submitted retained",
    "grant.increased": "approved",
    "grant.decreased": "approved completed",
    "grant.disbursed": "approved completed",
    "expenditure.reported": "approved completed cancelled",
    "grant.balance-returned": "approved completed cancelled",
    "grant.cancelled": "approved",
    "project.financially-closed": "completed cancelled",
}
PROJECT_MONEY = (
    "grant.increased",
    "grant.decreased",
    "grant.disbursed",
    "expenditure.reported",
    "grant.balance-returned",
)
GRANT = {"grant.approved", "grant.cancelled", "project.financially-closed", *PROJECT_MONEY}
CONTRIBUTION = {
    "contribution.pledge-reduced": "contribution.pledged",
    "contribution.refunded": "contribution.received",
}
BOUND_BY_CLOSING = {
    "income.received",
    "overhead.applied",
    "contribution.pledged",
    "contribution.pledge-reduced",
    "contribution.committed",
    "contribution.received",
    "contribution.refunded",
    *GRANT,
}
OVERRIDABLE = {
    "member-state/eligible",
    "project/regional-states",
    "project/endorsed",
    "project/follow-up-direction",
    "line-1/national-ceiling",
    "line-1/regional-ceiling",
}
NEVER_REVERSED = ("entry.reversed", "action.confirmed", "year.closed", "rules.adopted", "report.issued", "report.noted")
MAY_LIE_AHEAD = ("effective_from", "due_on", "review_by", "starts_on", "ends_on")


@dataclass
class Trial:
    """One fact before the laws; `on` is its own day, `booked` the day it would be booked on."""

    oracle: Oracle
    kind: str
    data: dict[str, Any]
    recorded_on: str
    subject: str
    role: str
    position: int

    def __post_init__(self) -> None:
        oracle, data = self.oracle, self.data
        self.named = oracle.entry(data["position"]) if "position" in data else None
        if self.named is not None and data["position"] >= self.position:
            self.named = None
        self.on = oracle.own_date(self.kind, data, self.recorded_on)
        if self.kind == "entry.reversed" and self.named is not None:
            self.on = self.named.booked
        self.project: Project | None = oracle.project(data.get("project"))
        self.closed = oracle.closed_through(self.line)
        late = "adjusts_year" in data and self.closed is not None
        self.booked = f"{(self.closed or 0) + 1}-01-01" if late else self.on
        self.rules = oracle.rules_on(self.on if self.kind.startswith("grant.") else self.booked)

    @property
    def line(self) -> str | None:
        """The line whose money the fact moves, if any."""
        if self.named is not None:
            return self.oracle.line_of(self.named.data)
        return self.oracle.line_of(self.data)


Law = Callable[[Trial], Iterable[str]]


def broken(
    oracle: Oracle, kind: str, data: dict[str, Any], recorded_on: str, subject: str, role: str, at: int | None = None
) -> set[str]:
    """The ids of every rule that the fact breaks; where it cannot be related to anything, that rule alone."""
    trial = Trial(oracle, kind, data, recorded_on, subject, role, at or oracle.position + 1)
    gate = set(_gate(trial))
    if gate:
        return gate
    found = set(_LAWS.get(kind, lambda _: ())(trial)) | set(_future(trial))
    bound = trial.named.kind if kind == "entry.reversed" and trial.named else kind
    return found | set(_closed_year(trial) if bound in BOUND_BY_CLOSING or "adjusts_year" in data else ())


def _gate(trial: Trial) -> Iterable[str]:
    oracle, data = trial.oracle, trial.data
    if trial.kind in STATUS_NEEDED:
        if trial.project is None:
            yield "project/unknown"
        elif trial.project.status not in STATUS_NEEDED[trial.kind].split():
            yield "project/life-cycle"
    elif trial.kind in ("project.submitted", "project.migrated"):
        if trial.project is not None:
            yield "project/life-cycle"
    elif trial.kind.startswith(("member-state.", "assessment.", "vote.")):
        admitted = any(entry.data["state"] == data["state"] for entry in oracle.facts("member-state.admitted"))
        if admitted == (trial.kind == "member-state.admitted"):
            yield "member-state/eligible"
    elif trial.kind == "action.confirmed":
        if trial.named is None or not trial.named.pending or trial.named.role != trial.role:
            yield "action/confirmed"
    elif trial.kind == "entry.reversed" and (trial.named is None or not _reversible(trial, trial.named)):
        yield "entry/reversible"


def _future(trial: Trial) -> Iterable[str]:
    """No fact is dated after the day of its recording; budget years, due dates, plans and reports excepted."""
    dates = [
        value
        for name, value in trial.data.items()
        if name not in MAY_LIE_AHEAD and (name.endswith("_on") or name in ("on", "as_of", "period_start", "period_end"))
    ]
    dates += [paper["on"] for paper in trial.data.get("endorsements", ())]
    dates += [trial.on] if trial.kind == "year.closed" else []
    if max(dates, default="") > trial.recorded_on:
        yield "fact/not-in-the-future"


def _closed_year(trial: Trial) -> Iterable[str]:
    """A fact of a closed year names that year in adjusts_year; no other fact does."""
    if trial.kind == "entry.reversed" and trial.named is not None:
        year = trial.named.data.get("year", int(trial.named.booked[:4]))
    else:
        year = trial.data.get("year", int(trial.on[:4]))
    is_closed = trial.closed is not None and year <= trial.closed
    named = trial.data.get("adjusts_year")
    bound = trial.named.kind if trial.named else trial.kind
    if is_closed != (named is not None) or named not in (None, year) or bound not in BOUND_BY_CLOSING:
        yield "year/closed"


# projects and grants


def _decision(trial: Trial) -> Iterable[str]:
    """An approval or increase: rules on States, endorsements, ceilings and follow-up, then the line."""
    project, amount = _known(trial), cents(trial.data["amount"])
    rules = {*_states(trial, project), *_ceiling(trial, project, amount), *_follow_up(trial, project)}
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


def _ceiling(trial: Trial, project: Project, amount: int) -> Iterable[str]:
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


def _decrease(trial: Trial) -> Iterable[str]:
    if cents(trial.data["amount"]) > _known(trial).granted - _known(trial).disbursed:
        yield "grant/disbursement"


def _disbursement(trial: Trial) -> Iterable[str]:
    yield from _decrease(trial)
    if trial.subject in _known(trial).approvers:
        yield "duties/separate"


def _expenditure(trial: Trial) -> Iterable[str]:
    if cents(trial.data["amount"]) > _known(trial).advance:
        yield "grant/expenditure"


def _recovery(trial: Trial) -> Iterable[str]:
    if cents(trial.data["amount"]) > _known(trial).advance:
        yield "grant/recovery"


def _closure(trial: Trial) -> Iterable[str]:
    if _known(trial).advance != 0:
        yield "grant/closure"


def _override(trial: Trial) -> Iterable[str]:
    if trial.data["rule"] not in OVERRIDABLE:
        yield trial.data["rule"]


# contributions, income, years, rules, reports


def _contribution(trial: Trial) -> Iterable[str]:
    """One code, one donor, one line; never more reduced than pledged, nor refunded than received."""
    oracle, data = trial.oracle, trial.data
    kinds = [kind for kind in BOUND_BY_CLOSING if kind.startswith("contribution.")]
    same = [entry.data for entry in oracle.facts(*kinds) if entry.data["contribution"] == data["contribution"]]
    if same and same[0]["line"] != data["line"]:
        yield "lines/segregation"
    limited_by = CONTRIBUTION.get(trial.kind)
    taken = cents(data["amount"]) + _given(oracle, trial.kind, data)
    if (same and same[0]["donor"] != data["donor"]) or (limited_by and taken > _given(oracle, limited_by, data)):
        yield "facility/contributions"


def _given(oracle: Oracle, kind: str, data: dict[str, Any]) -> int:
    """What a contribution's standing facts of one kind and currency sum to."""
    key = (data["contribution"], data["currency"])
    facts = [entry.data for entry in oracle.facts(kind)]
    return sum(cents(each["amount"]) for each in facts if (each["contribution"], each["currency"]) == key)


def _basis(trial: Trial) -> Iterable[str]:
    """First one programme and budget, then revisions approved within the year; none after the close."""
    year, first = trial.data["year"], trial.data["basis"] == "programme-and-budget"
    late = not first and not trial.data["approved_on"].startswith(str(year))
    if first == bool(trial.oracle.bases(year)) or late:
        yield "income/basis"
    if trial.oracle.closed is not None and year <= trial.oracle.closed:
        yield "year/closed"


def _overhead(trial: Trial) -> Iterable[str]:
    """Within the year's overhead net of security: budgeted while it is open, actual once it is closed."""
    oracle, year = trial.oracle, trial.data["year"]
    budgets = [Income.budgeted(entry.data) for entry in oracle.bases(year)]
    found = oracle.income(year) if year <= (oracle.closed or 0) else (budgets or [Income(0, 0, 0, 0)])[-1]
    if _applied(oracle, year) + cents(trial.data["amount"]) > found.overhead - found.security:
        yield "overhead/resolution-1110"


def _applied(oracle: Oracle, year: int) -> int:
    return sum(cents(entry.data["amount"]) for entry in oracle.facts("overhead.applied") if entry.data["year"] == year)


def _close(trial: Trial) -> Iterable[str]:
    """In order, once, after actual income has been recorded; overhead within the actual."""
    oracle, year = trial.oracle, trial.data["year"]
    closed = oracle.closed or 0
    received = any(entry.data["year"] == year for entry in oracle.facts("income.received"))
    earlier = any(closed < other < year for other in _years(oracle))
    if year <= closed or earlier or not received:
        yield "year/closed"
    actual = oracle.income(year)
    if _applied(oracle, year) > actual.overhead - actual.security:
        yield "overhead/resolution-1110"


def _years(oracle: Oracle) -> set[int]:
    """Years with income or line facts, reversed ones and reversals included."""
    kinds = BOUND_BY_CLOSING | {"income.budgeted", *DERIVED[:2]}
    found = {entry.year for entry in oracle.entries if entry.kind in kinds}
    reversals = [entry for entry in oracle.entries if entry.kind == "entry.reversed"]
    return found | {each.year for each in reversals if oracle.entries[each.data["position"] - 1].kind in kinds}


def _adoption(trial: Trial) -> Iterable[str]:
    """A new version, after every earlier set, one citation per parameter, computable."""
    data, sets = trial.data, trial.oracle.rule_sets
    whole = {**sets[-1]["parameters"], **data["parameters"]}
    later = all(data["version"] != each["version"] and data["effective_from"] > each["effective_from"] for each in sets)
    cited = set(data["parameters"]) == set(data["citations"])
    computable = whole["line_1_amount"] is not None and (whole["share"] is None or whole["baseline"] is not None)
    if not (later and cited and computable):
        yield "rules/well-formed"


def _review(trial: Trial) -> Iterable[str]:
    if all(trial.data["version"] != each["version"] for each in trial.oracle.rule_sets):
        yield "rules/well-formed"


def _confirmation(trial: Trial) -> Iterable[str]:
    """By a second subject; the action's own rules are tested again."""
    entry = trial.named
    assert entry is not None
    if entry.subject == trial.subject:
        yield "duties/separate"
    again = (entry.kind, entry.data, trial.recorded_on, entry.subject, entry.role, entry.position)
    yield from broken(trial.oracle, *again)


def _brought_in(trial: Trial) -> Iterable[str]:
    """Opening balances and migrated projects come before any other money fact of their line."""
    line, opening = trial.data["line"], trial.kind == "line.opened"
    if _money_facts(trial.oracle, line) or (opening and line in trial.oracle.opened):
        yield "action/confirmed"


def _money_facts(oracle: Oracle, line: str) -> bool:
    kinds = {"contribution.received", "contribution.refunded", *GRANT, *DERIVED[:2]}
    return any(entry.kind in kinds and entry.line == line for entry in oracle.entries)


def _migration(trial: Trial) -> Iterable[str]:
    yield from _brought_in(trial)
    data = trial.data
    approved, disbursed, spent = (cents(data[name]) for name in ("approved", "disbursed", "spent"))
    settled = approved == disbursed or data["status"] not in ("cancelled", "financially-closed")
    closed = disbursed == spent or data["status"] != "financially-closed"
    if not (spent <= disbursed <= approved and settled and closed):
        yield "grant/closure"


def _edition(trial: Trial) -> Iterable[str]:
    data = trial.data
    issued = [
        entry.data["edition"]
        for entry in trial.oracle.facts("report.issued")
        if (entry.data["year"], entry.data["kind"]) == (data["year"], data["kind"])
    ]
    last = max(issued, default=0)
    if trial.kind == "report.noted":
        holds = data["edition"] <= last
    else:
        holds = data["edition"] == last + 1 and data["checkpoint"]["size"] < trial.position
    if not holds:
        yield "report/edition"


# reversals


def _reversal(trial: Trial) -> Iterable[str]:
    """By another subject; what it takes from a line again must be there and under the ceiling."""
    entry = trial.named
    assert entry is not None
    if entry.subject == trial.subject:
        yield "duties/separate"
    if entry.kind not in ("grant.decreased", "grant.cancelled", "project.financially-closed"):
        return
    project = trial.oracle.project(entry.data["project"])
    assert project is not None
    amount = entry.freed or cents(entry.data.get("amount", "0.00"))
    if amount > trial.oracle.lowest_from(project.data["line"], trial.booked):
        yield "line/available"
    if entry.kind == "grant.decreased":
        yield from (rule for rule in _ceiling(trial, project, amount) if rule.endswith("ceiling"))


def _reversible(trial: Trial, entry: Entry) -> bool:
    """Once; never a reversal, a derived fact, a close, an adoption, a report, nor what later facts rest on."""
    if entry.reversed or entry.kind in NEVER_REVERSED or entry.kind in DERIVED:
        return False
    return entry.pending or not _rested_on(trial.oracle, entry)


def _rested_on(oracle: Oracle, entry: Entry) -> bool:
    data = entry.data
    if entry.kind.startswith("contribution."):
        resting = [taking for taking, given in CONTRIBUTION.items() if given == entry.kind]
        left = _given(oracle, entry.kind, data) - cents(data["amount"])
        return any(_given(oracle, taking, data) > left for taking in resting)
    if entry.kind == "member-state.admitted":
        return any(other is not entry and _names(other, data["state"]) for other in oracle.entries if other.live)
    if entry.kind == "line.opened":
        return _money_facts(oracle, data["line"])
    if entry.kind == "income.budgeted":
        return data["year"] <= (oracle.closed or 0) or oracle.bases(data["year"])[-1] is not entry
    if "project" in data:
        return _project_rests_on(oracle, entry)
    return False


def _names(entry: Entry, state: str) -> bool:
    return entry.data.get("state") == state or state in entry.data.get("states", ())


def _project_rests_on(oracle: Oracle, entry: Entry) -> bool:
    project = oracle.project(entry.data["project"])
    assert project is not None
    later = [other for other in oracle.facts_of(entry.data["project"]) if other.position > entry.position]
    if entry.kind in PROJECT_MONEY:
        return _money_rests_on(project, entry)
    if entry.kind == "override.recorded":
        return entry.data["decision"] in project.decisions
    if entry.kind in ("project.extended", "project.evaluated"):
        return False
    if entry.kind == "project.endorsed":
        return project.status not in ("submitted", "retained")
    if entry.kind in ("project.submitted", "project.migrated") and later:
        return True
    if entry.kind == "grant.approved" and any(other.kind in PROJECT_MONEY for other in later):
        return True
    if entry.kind in ("grant.approved", "project.migrated") and _followed(oracle, entry.data["project"]):
        return True
    return project.steps[-1] != entry.position


def _followed(oracle: Oracle, code: str) -> bool:
    followers = [entry.data for entry in oracle.facts("project.submitted") if entry.data.get("follow_up_of") == code]
    projects = [oracle.project(data["project"]) for data in followers]
    return any(project is not None and project.granted for project in projects)


def _money_rests_on(project: Project, entry: Entry) -> bool:
    """Without the fact the project's money must still fit together; what was freed cannot be undone below it."""
    granted, disbursed, used = project.granted, project.disbursed, project.spent + project.recovered
    amount = cents(entry.data["amount"])
    if entry.kind in ("grant.increased", "grant.decreased"):
        granted += amount if entry.kind == "grant.decreased" else -amount
    elif entry.kind == "grant.disbursed":
        disbursed -= amount
    else:
        used -= amount
    freed = project.status == "cancelled" and entry.kind not in ("expenditure.reported", "grant.balance-returned")
    return project.status == "financially-closed" or freed or not granted >= disbursed >= used


_LAWS: dict[str, Law] = {
    "rules.adopted": _adoption,
    "rules.reviewed": _review,
    "action.confirmed": _confirmation,
    "line.opened": _brought_in,
    "project.migrated": _migration,
    "income.budgeted": _basis,
    "overhead.applied": _overhead,
    **{kind: _contribution for kind in BOUND_BY_CLOSING if kind.startswith("contribution.")},
    "grant.approved": _decision,
    "grant.increased": _decision,
    "grant.decreased": _decrease,
    "grant.disbursed": _disbursement,
    "expenditure.reported": _expenditure,
    "grant.balance-returned": _recovery,
    "project.financially-closed": _closure,
    "entry.reversed": _reversal,
    "override.recorded": _override,
    "year.closed": _close,
    "report.issued": _edition,
    "report.noted": _edition,
}
assert set(CONFIRMABLE) <= {*_LAWS}
