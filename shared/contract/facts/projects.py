"""Projects: submission, endorsement and the steps of their life that move no money."""

from shared.contract.agreement import ONE_STATE, in_order
from shared.contract.event_type import PART_III, PRACTICE, EventType, event_type
from shared.contract.fields import AREAS, Amount, Choice, Code, Date, Integer, Line, ListOf, State, Text
from shared.contract.objects import Endorsement
from shared.contract.roles import ADMINISTRATOR, APPROVER, PROGRAMME
from shared.contract.schema import EventData, Nested

_STREAM = "project/{project}"
_STATES_MAX = 40
STATUSES = ("submitted", "retained", "refused", "withdrawn", "approved", "completed", "cancelled", "financially-closed")


class ProjectSubmitted(EventData):
    """An application."""

    project = Code("code of the project")
    title = Text("title", 300)
    scope = Choice("scope", "national", "regional")
    states = ListOf("the States that benefit", State(), _STATES_MAX, 1)
    line = Line("the one line it draws on")
    requested = Amount("USD requested")
    area = Choice("area of activity (MC/INF/274, Annex III)", *AREAS)
    activities = ListOf("activities of the strategy, Part I", Integer("activity", 1, 12), 12)
    follow_up_of = Code("project that this one follows up", optional=True)
    endorsements = ListOf(
        "written endorsements at hand", Nested("endorsement", Endorsement(), "Endorsement"), _STATES_MAX
    )
    co_funding = Amount("USD of other funding, a memorandum figure", optional=True)
    submitted_on = Date("day of submission; else the day of recording", optional=True)
    starts_on = Date("planned first day")
    ends_on = Date("planned last day")
    together = (in_order("starts_on", "ends_on"), ONE_STATE)


class ProjectMigrated(ProjectSubmitted):
    """A project of 2001 to cut-over, with its balances."""

    requested = Amount("USD requested", "zero")
    approved = Amount("USD approved up to `as_of`", "zero")
    disbursed = Amount("USD disbursed up to `as_of`", "zero")
    spent = Amount("USD spent up to `as_of`", "zero")
    status = Choice("where the project stands", *STATUSES)
    as_of = Date("day of the balances")


class ProjectEndorsed(EventData):
    """An endorsement that came after the application."""

    project = Code("code of the project")
    state = State("the endorsing State")
    on = Date("day of the endorsement")
    document = Text("the written endorsement", 160)


class ProjectStopped(EventData):
    """A step with its reason: withdrawn, retained or refused."""

    project = Code("code of the project")
    on = Date("day of the step")
    reason = Text("why", 1000)


class ProjectExtended(EventData):
    """A later end of the activities."""

    project = Code("code of the project")
    ends_on = Date("new last day")
    on = Date("day of the extension")
    decision = Text("the decision")


class ProjectCompleted(EventData):
    """The end of the activities."""

    project = Code("code of the project")
    completed_on = Date("last day of activities")


class ProjectEvaluated(EventData):
    """An evaluation after the end."""

    project = Code("code of the project")
    on = Date("day of the evaluation")
    follow_on_funding = Amount("USD of funding that followed, a memorandum figure", optional=True)
    document = Text("the evaluation")


def _type(short: str, title: str, schema: EventData, role: str, source: str = PRACTICE) -> EventType:
    return event_type(short, title, schema, _STREAM, source, role)


TYPES = (
    _type("project.migrated", "A project brought in at cut-over", ProjectMigrated(), ADMINISTRATOR),
    _type("project.submitted", "An application for a project", ProjectSubmitted(), PROGRAMME, PART_III),
    _type("project.endorsed", "A State's written endorsement", ProjectEndorsed(), PROGRAMME),
    _type("project.withdrawn", "An application withdrawn", ProjectStopped(), PROGRAMME),
    _type("project.extended", "A project's end moved", ProjectExtended(), PROGRAMME),
    _type("project.completed", "A project's activities ended", ProjectCompleted(), PROGRAMME),
    _type("project.evaluated", "A project evaluated", ProjectEvaluated(), PROGRAMME),
    _type("project.retained", "An application kept until money comes", ProjectStopped(), APPROVER),
    _type("project.refused", "An application refused by the approver", ProjectStopped(), APPROVER),
)
