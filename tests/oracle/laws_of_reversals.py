"""The laws of reversals: what can be taken back, and what later facts rest on."""

from collections.abc import Iterable

from tests.oracle.books import DERIVED, Books
from tests.oracle.facts import Entry, Project, cents
from tests.oracle.laws_of_money import given, money_facts
from tests.oracle.laws_of_projects import ceiling
from tests.oracle.trial import CONTRIBUTION, NEVER_REVERSED, PROJECT_MONEY, Trial


def reversal(trial: Trial) -> Iterable[str]:
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
        yield from (rule for rule in ceiling(trial, project, amount) if rule.endswith("ceiling"))


def reversible(trial: Trial, entry: Entry) -> bool:
    """Once; never a reversal, a derived fact, a close, an adoption, a report, nor what later facts rest on."""
    if entry.reversed or entry.kind in NEVER_REVERSED or entry.kind in DERIVED:
        return False
    return entry.pending or not _rested_on(trial.oracle, entry)


def _rested_on(oracle: Books, entry: Entry) -> bool:
    data = entry.data
    if entry.kind.startswith("contribution."):
        resting = [taking for taking, given in CONTRIBUTION.items() if given == entry.kind]
        left = given(oracle, entry.kind, data) - cents(data["amount"])
        return any(given(oracle, taking, data) > left for taking in resting)
    if entry.kind == "member-state.admitted":
        return any(other is not entry and _names(other, data["state"]) for other in oracle.entries if other.live)
    if entry.kind == "line.opened":
        return money_facts(oracle, data["line"])
    if entry.kind == "income.budgeted":
        return data["year"] <= (oracle.closed or 0) or oracle.bases(data["year"])[-1] is not entry
    if "project" in data:
        return _project_rests_on(oracle, entry)
    return False


def _names(entry: Entry, state: str) -> bool:
    return entry.data.get("state") == state or state in entry.data.get("states", ())


def _project_rests_on(oracle: Books, entry: Entry) -> bool:
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


def _followed(oracle: Books, code: str) -> bool:
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
