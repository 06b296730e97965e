"""Member States: who is eligible, and whose arrears bar it from a line (Article 4)."""

from decimal import Decimal
from typing import Any, NamedTuple

from shared.money import ZERO, amount, text
from shared.rules.case import Case, Entry
from shared.rules.model import Due, Dues, Member, Model, Status
from shared.rules.refusals import Finding, rule
from shared.rules.rulebook import rule_set_on

NEVER_CHANGED = Status("", 0, None, None, None)


class Standing(NamedTuple):
    """A State on a date: non-members have no development status."""

    state: str
    member: bool
    development_status: str
    eu_member: bool


class Arrears(NamedTuple):
    """A State's dues on a date, in CHF: arrears are unpaid amounts of prior years, gross."""

    arrears: Decimal
    threshold: Decimal
    outstanding: Decimal
    prior_years: int


def standing(model: Model, state: str, on: str) -> Standing:
    """What a State was on a date, by the changes effective on or before it."""
    member: Member | None = model.members.get(state)
    if member is None or member.admitted_on > on:
        return Standing(state, False, "none", False)
    development, eu_member, withdrawn = "other", False, False
    for change in member.statuses:
        if change.effective_on > on:
            break
        development = change.development_status or development
        eu_member = eu_member if change.eu_member is None else change.eu_member
        withdrawn = withdrawn if change.withdrawn is None else change.withdrawn
    return Standing(state, not withdrawn, development, eu_member)


def of_eligible_standing(found: Standing, said: dict[str, Any]) -> bool:
    """A current Member State of an eligible development status, outside the EU where the set says so."""
    outside = not (said["exclude_eu"] and found.eu_member)
    return found.member and outside and found.development_status in said["eligible_statuses"]


def eligible(case: Case, state: str) -> bool:
    """The same of a State on the case's date."""
    return of_eligible_standing(standing(case.model, state, case.on), case.rules.parameters)


def arrears_on(model: Model, state: str, on: str, years: int) -> Arrears:
    """Arrears, and contributions due for the preceding years; payments go to the oldest year first (CHF)."""
    dues: Dues = model.dues.get(state) or Dues()
    this_year = int(on[:4])
    before, now, threshold = ZERO, ZERO, ZERO
    prior_years = set()
    for year, due, _ in dues.assessed:
        if year < this_year:
            before += due
            prior_years.add(year)
            if year >= this_year - years:
                threshold += due
        elif year == this_year:
            now += due
    paid = sum((value for day, value, _ in dues.paid if day <= on), ZERO)
    return Arrears(max(ZERO, before - paid), threshold, max(ZERO, before + now - paid), len(prior_years))


def subject_to_article_4(found: Arrears, years: int, comparison: str) -> bool:
    """Arrears equal or exceed the contributions due for the preceding two years (Constitution, Article 4)."""
    if found.arrears <= 0 or found.prior_years < years:
        return False
    return found.arrears > found.threshold or (comparison == "at-least" and found.arrears == found.threshold)


@rule("member-state/eligible")
def states_eligible(case: Case) -> Finding:
    """Members, developing or in transition, not in the EU, not withdrawn; non-members only in regional projects."""
    project = case.known_project
    regional = project.scope == "regional"
    barred = {
        state: _status_text(standing(case.model, state, case.on))
        for state in project.states
        if not eligible(case, state) and (standing(case.model, state, case.on).member or not regional)
    }
    return case.finding(
        "member-state/eligible",
        not barred,
        {"states": barred or list(project.states), "eligible_statuses": case.rules.parameters["eligible_statuses"]},
        f"Not eligible on {case.on}: {', '.join(sorted(barred)) or 'none'}.",
        "only Member States of an eligible status, outside the EU, not withdrawn; or an override of this practice",
    )


def _status_text(found: Standing) -> str:
    if not found.member:
        return "not a Member State" if found.development_status == "none" else "withdrawn"
    return f"{found.development_status}, EU member" if found.eu_member else found.development_status


@rule("project/regional-states")
def states_of_scope(case: Case) -> Finding:
    """A national project names one State, a regional one at least two eligible Members, who are the majority."""
    project, said = case.known_project, case.rules.parameters
    named = len(project.states)
    eligible_named = sum(eligible(case, state) for state in project.states)
    if project.scope == "national":
        holds, wanted = named == 1, "exactly one State"
    else:
        least, majority = said["regional_minimum_states"], said["regional_majority"]
        holds = eligible_named >= least and (not majority or eligible_named * 2 > named)
        wanted = f"at least {least} eligible Member States" + (", and more of them than others" if majority else "")
    return case.finding(
        "project/regional-states",
        holds,
        {"scope": project.scope, "states": str(named), "eligible": str(eligible_named)},
        f"A {project.scope} project names {wanted}.",
        wanted,
    )


@rule("line-2/article-4")
def not_subject_to_article_4(case: Case) -> Finding | None:
    """A State subject to Article 4 may neither apply for nor benefit from Line 2 (criterion 1)."""
    project, said = case.known_project, case.rules.parameters
    if project.line not in said["article_4_bars"]:
        return None
    return article_4_finding(case, project.states)


def article_4_finding(case: Case, states: tuple[str, ...]) -> Finding:
    """The Article 4 test of some States on the case's date: the figures of the first barred one, and all barred."""
    said = case.rules.parameters
    years, comparison = said["article_4_years"], said["article_4_comparison"]
    found = {state: arrears_on(case.model, state, case.on, years) for state in states}
    barred = [state for state in states if subject_to_article_4(found[state], years, comparison)]
    shown = barred[0] if barred else states[0]
    figures: dict[str, Any] = {
        "state": shown,
        "arrears": text(found[shown].arrears),
        "threshold": text(found[shown].threshold),
        "outstanding": text(found[shown].outstanding),
        "currency": "CHF",
        "on": case.on,
    }
    if len(barred) > 1:
        figures["states"] = {state: text(found[state].arrears) for state in barred}
    below = "below" if comparison == "at-least" else "at most"
    return case.finding(
        "line-2/article-4",
        not barred,
        figures,
        f"Arrears on {case.on} against the contributions due for the {years} preceding years.",
        f"arrears {below} {text(found[shown].threshold)} CHF on the day of the decision"
        + (f" for each of {', '.join(barred)}" if len(barred) > 1 else ""),
    )


@rule("project/endorsed")
def endorsed(case: Case) -> Finding | None:
    """Each eligible State named has endorsed the project in writing on or before the decision."""
    if not case.rules.parameters["endorsement_required"]:
        return None
    project = case.known_project
    given = {state for state, on in project.endorsements if on <= case.on}
    missing = [state for state in project.states if eligible(case, state) and state not in given]
    return case.finding(
        "project/endorsed",
        not missing,
        {"missing": missing, "on": case.on},
        f"No written endorsement dated on or before {case.on} from: {', '.join(missing) or 'none'}.",
        "project.endorsed recorded for each of them, dated on or before the decision",
    )


@rule("member-state/eligible")
def admitted(case: Case) -> Finding:
    """A fact about a Member State needs the State to have been admitted."""
    state = case.data["state"]
    return case.finding(
        "member-state/eligible",
        state in case.model.members,
        {"state": state, "admitted": "yes" if state in case.model.members else "no"},
        f"{state} has not been admitted.",
        f"member-state.admitted recorded for {state} first",
    )


@rule("member-state/eligible")
def admitted_once(case: Case) -> Finding:
    """A State is admitted once; what changes later is a change of status."""
    state = case.data["state"]
    return case.finding(
        "member-state/eligible",
        state not in case.model.members,
        {"state": state, "admitted": "already" if state in case.model.members else "no"},
        f"{state} is a Member State already.",
        "member-state.status-changed",
    )


def eligibility(model: Model, state: str, line: str, on: str) -> dict[str, Any]:
    """May a State apply for and benefit from a line on a date? Every rule applied, as in GET …/eligibility."""
    rules = rule_set_on(model, on)
    case = Case(model, "eligibility", {}, on, "", "", model.position, rules, on, on, int(on[:4]), lambda _: None)
    found = standing(model, state, on)
    findings = [
        case.finding(
            "member-state/eligible",
            eligible(case, state),
            {
                "state": state,
                "standing": _status_text(found),
                "eligible_statuses": rules.parameters["eligible_statuses"],
            },
            f"{state} on {on}: {_status_text(found)}.",
            "a Member State of an eligible status, outside the EU, not withdrawn",
        )
    ]
    if line in rules.parameters["article_4_bars"]:
        findings.append(article_4_finding(case, (state,)))
    return {
        "state": state,
        "line": line,
        "on": on,
        "position": model.position,
        "eligible": all(finding.holds for finding in findings),
        "rules": [finding.as_dict() for finding in findings],
    }


def apply_admitted(model: Model, entry: Entry) -> None:
    """A State becomes a Member with its development status."""
    data = entry["data"]
    first = Status(data["admitted_on"], entry["position"], data["development_status"], None, None)
    member = Member(data["state"], data["name"], data["region"], data["admitted_on"], (first,))
    model.members.put(member.state, member)


def apply_status_changed(model: Model, entry: Entry) -> None:
    """A Member's status changes from a date on."""
    data = entry["data"]
    member = model.members[data["state"]]
    fields = (data.get(name) for name in ("development_status", "eu_member", "withdrawn"))
    change = Status(data["effective_on"], entry["position"], *fields)
    model.members.put(member.state, member._replace(statuses=tuple(sorted((*member.statuses, change)))))


def apply_dues(model: Model, entry: Entry) -> None:
    """Note an assessment or a payment."""
    _book_dues(model, entry, 1)


def take_back_dues(model: Model, entry: Entry) -> None:
    """Take back a reversed assessment or payment."""
    _book_dues(model, entry, -1)


def _book_dues(model: Model, entry: Entry, sign: int) -> None:
    """What is of one year or one date is kept as one sum: a State's payments must not grow with their number."""
    data = entry["data"]
    dues: Dues = model.dues.get(data["state"]) or Dues()
    rows = {due.at: due for due in getattr(dues, _dues_list(entry))}
    at = data.get("year") or data["received_on"]
    before = rows.get(at, Due(at, ZERO, 0))
    rows[at] = Due(at, before.amount + sign * amount(data["amount"]), before.facts + sign)
    if not rows[at].facts:
        del rows[at]
    model.dues.put(data["state"], dues._replace(**{_dues_list(entry): tuple(rows.values())}))


def _dues_list(entry: Entry) -> str:
    return "assessed" if entry["type"] == "fund1035.assessment.issued.v1" else "paid"


def apply_vote(model: Model, entry: Entry, sign: int = 1) -> None:
    """A Council decision on the vote is a fact of its own; it lifts no bar."""
    state = entry["data"]["state"]
    model.votes.put(state, model.votes.get(state, 0) + sign)


def take_back_admitted(model: Model, entry: Entry) -> None:
    """A reversed admission: the State is none of the Members."""
    model.members.drop(entry["data"]["state"])


def take_back_status(model: Model, entry: Entry) -> None:
    """A reversed change of status."""
    member = model.members[entry["data"]["state"]]
    left = tuple(change for change in member.statuses if change.position != entry["position"])
    model.members.put(member.state, member._replace(statuses=left))
