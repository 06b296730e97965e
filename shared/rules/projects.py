"""Projects: submission and the steps of their life, in the order of the log."""

from shared.money import amount
from shared.rules.case import Case, Entry
from shared.rules.model import Model, Project, Step
from shared.rules.refusals import Finding, rule

ADMITTED_IN = {
    "project.endorsed": ("submitted", "retained", "approved", "completed"),
    "project.withdrawn": ("submitted", "retained"),
    "project.extended": ("approved",),
    "project.completed": ("approved",),
    "project.evaluated": ("completed", "cancelled", "financially-closed"),
    "project.retained": ("submitted",),
    "project.refused": ("submitted", "retained"),
    "override.recorded": ("submitted", "retained", "approved"),
    "grant.approved": ("submitted", "retained"),
    "grant.increased": ("approved",),
    "grant.decreased": ("approved", "completed"),
    "grant.disbursed": ("approved", "completed"),
    "expenditure.reported": ("approved", "completed", "cancelled"),
    "grant.balance-returned": ("approved", "completed", "cancelled"),
    "grant.cancelled": ("approved",),
    "project.financially-closed": ("completed", "cancelled"),
}
"""The states of a project that admit each step."""

LEADS_TO = {
    "project.withdrawn": "withdrawn",
    "project.completed": "completed",
    "project.retained": "retained",
    "project.refused": "refused",
    "grant.approved": "approved",
    "grant.cancelled": "cancelled",
    "project.financially-closed": "financially-closed",
}


@rule("project/unknown")
def project_known(case: Case) -> Finding | None:
    """The project has been submitted (or brought in)."""
    if case.project is not None:
        return None
    code = case.data["project"]
    return case.finding(
        "project/unknown",
        False,
        {"project": code},
        f"Project {code} has not been recorded.",
        f"project.submitted recorded for {code} first",
    )


@rule("project/life-cycle")
def step_admitted(case: Case) -> Finding | None:
    """The project is in a state that admits the step."""
    status, admitted = case.known_project.status, ADMITTED_IN[case.short]
    if status in admitted:
        return None
    return case.finding(
        "project/life-cycle",
        False,
        {"project": case.data["project"], "status": status, "admitted_in": list(admitted)},
        f"Project {case.data['project']} is {status}; {case.short} is a step of one that is {' or '.join(admitted)}.",
        f"a project that is {' or '.join(admitted)}",
    )


@rule("project/life-cycle")
def code_is_new(case: Case) -> Finding:
    """A project is submitted once; a follow-up is a new project with a code of its own."""
    code = case.data["project"]
    known = case.model.projects.get(code)
    return case.finding(
        "project/life-cycle",
        known is None,
        {"project": code, "status": known.status if known else "unknown"},
        f"Project {code} is recorded already.",
        "a project code not used before",
    )


@rule("line-2/follow-up")
def follows_funded_project(case: Case) -> Finding | None:
    """A Line 2 project may follow up a project funded under Line 1: its grant was approved on or before that day."""
    project = case.known_project
    followed = case.model.projects.get(project.follow_up_of)
    if project.follow_up_of is None or project.line != "line-2" or (followed and followed.line != "line-1"):
        return None
    approved_on = followed.approved_on if followed else None
    return case.finding(
        "line-2/follow-up",
        approved_on is not None and approved_on <= case.on,
        {"follow_up_of": project.follow_up_of, "granted_on": approved_on or "no grant", "on": case.on},
        f"{project.follow_up_of} has no Line 1 grant approved on or before {case.on}.",
        "a followed project with a Line 1 grant approved on or before the decision",
    )


@rule("project/follow-up-direction")
def follows_from_line_1_to_line_2(case: Case) -> Finding | None:
    """Part III admits Line 1 to Line 2 and is silent on other directions: these need an override."""
    project = case.known_project
    followed = case.model.projects.get(project.follow_up_of)
    if project.follow_up_of is None:
        return None
    from_line = followed.line if followed else "unknown"
    return case.finding(
        "project/follow-up-direction",
        project.line == "line-2" and from_line in ("line-1", "unknown"),
        {"follow_up_of": project.follow_up_of, "from": from_line, "to": project.line},
        f"A follow-up from {from_line} to {project.line}.",
        "a Line 2 project that follows a Line 1 project, or an override by another subject",
    )


def submitted_project(
    data: dict[str, object], subject: str, position: int, short: str = "project.submitted"
) -> Project:
    """The project as its submission describes it."""
    endorsements = data.get("endorsements") or []
    assert isinstance(endorsements, list)
    return Project(
        code=str(data["project"]),
        scope=str(data["scope"]),
        states=tuple(data["states"]),  # type: ignore[arg-type]
        line=str(data["line"]),
        requested=amount(str(data["requested"])),
        follow_up_of=data.get("follow_up_of"),  # type: ignore[arg-type]
        submitted_by=subject,
        status="submitted",
        endorsements=tuple((given["state"], given["on"]) for given in endorsements),
        steps=(Step(position, short, ""),),
    )


def apply_submitted(model: Model, entry: Entry) -> None:
    """A project is in the pipeline."""
    project = submitted_project(entry["data"], entry["recorded_by"], entry["position"])
    model.projects.put(project.code, project)


def migrate(model: Model, entry: Entry) -> None:
    """A confirmed project of the years before is brought in with its balances."""
    data = entry["data"]
    project = submitted_project(data, entry["recorded_by"], entry["position"], "project.migrated")
    approved, disbursed, spent = (amount(data[field]) for field in ("approved", "disbursed", "spent"))
    brought = project._replace(
        status=data["status"],
        approved_on=data["as_of"] if approved else None,
        granted=approved,
        disbursed=disbursed,
        spent=spent,
    )
    model.projects.put(project.code, brought)


def apply_step(model: Model, entry: Entry) -> None:
    """A step of a project's life: its new status, and an endorsement where it is one."""
    short, data = entry["type"][9:-3], entry["data"]
    project = model.projects[data["project"]]
    step = Step(entry["position"], short, project.status)
    changed = project._replace(status=LEADS_TO.get(short, project.status), steps=(*project.steps, step))
    if short == "project.endorsed":
        changed = changed._replace(endorsements=(*project.endorsements, (data["state"], data["on"])))
    model.projects.put(project.code, changed)


def take_back_step(model: Model, entry: Entry) -> None:
    """A reversed step: the status before it, and its endorsement gone."""
    data, position = entry["data"], entry["position"]
    project = model.projects[data["project"]]
    step = next(found for found in project.steps if found.position == position)
    changed = project._replace(steps=tuple(found for found in project.steps if found.position != position))
    if step.type in LEADS_TO:
        changed = changed._replace(status=step.status_before)
    if step.type == "project.endorsed":
        endorsements = list(project.endorsements)
        endorsements.remove((data["state"], data["on"]))
        changed = changed._replace(endorsements=tuple(endorsements))
    model.projects.put(project.code, changed)


def take_back_submitted(model: Model, entry: Entry) -> None:
    """A reversed submission: the project is unknown again."""
    model.projects.drop(entry["data"]["project"])
