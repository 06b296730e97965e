"""Member States: admission, status, assessed contributions and their payment, the vote."""

from shared.contract.agreement import any_of
from shared.contract.event_type import CONSTITUTION, PRACTICE, event_type
from shared.contract.fields import REGIONS, STATUSES, Amount, Boolean, Choice, Date, State, Text, Year
from shared.contract.roles import ADMINISTRATOR, FINANCE
from shared.contract.schema import EventData

_STREAM = "member-state/{state}"


class MemberStateAdmitted(EventData):
    """A State's admission."""

    state = State("the Member State")
    name = Text("its name as the Organization writes it")
    region = Choice("region of the reports", *REGIONS)
    admitted_on = Date("day of admission")
    development_status = Choice("development status", *STATUSES)


class MemberStateStatusChanged(EventData):
    """A change of development status, European Union membership or membership itself."""

    state = State("the Member State")
    effective_on = Date("first day of the new status")
    development_status = Choice("new development status", *STATUSES, optional=True)
    eu_member = Boolean("whether it is a member of the European Union", optional=True)
    withdrawn = Boolean("whether it has left the Organization", optional=True)
    reason = Text("why, with the document", 1000)
    together = (any_of("development_status", "eu_member", "withdrawn"),)


class AssessmentIssued(EventData):
    """A year's assessed contribution, in CHF."""

    state = State("the assessed State")
    year = Year("year of the assessment")
    amount = Amount("assessed contribution in CHF")
    due_on = Date("day it falls due")


class AssessmentPaid(EventData):
    """A payment of assessed contributions, in CHF."""

    state = State("the paying State")
    amount = Amount("payment in CHF; it settles the oldest year first")
    received_on = Date("day of receipt")
    reference = Text("the source system's reference")


class VoteChanged(EventData):
    """A Council decision on a State's vote; it does not lift the bar of Article 4."""

    state = State("the State")
    effective_on = Date("first day")
    vote = Choice("what became of the vote", "held", "lost", "restored")
    decision = Text("the Council's decision")


TYPES = (
    event_type(
        "member-state.admitted",
        "A State admitted to membership",
        MemberStateAdmitted(),
        _STREAM,
        PRACTICE,
        ADMINISTRATOR,
    ),
    event_type(
        "member-state.status-changed",
        "A Member State's status changed",
        MemberStateStatusChanged(),
        _STREAM,
        PRACTICE,
        ADMINISTRATOR,
    ),
    event_type("assessment.issued", "A contribution assessed", AssessmentIssued(), _STREAM, CONSTITUTION, FINANCE),
    event_type("assessment.paid", "An assessed contribution paid", AssessmentPaid(), _STREAM, CONSTITUTION, FINANCE),
    event_type("vote.changed", "A Council decision on the vote", VoteChanged(), _STREAM, CONSTITUTION, ADMINISTRATOR),
)
