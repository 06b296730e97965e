"""Grants: project allocations and the money of a project, all in USD."""

from shared.contract.event_type import PART_III, PRACTICE, EventType, event_type
from shared.contract.fields import Amount, Code, Date, Text
from shared.contract.objects import adjusts_year
from shared.contract.roles import APPROVER, FINANCE
from shared.contract.schema import EventData

_LINE, _PROJECT = "the project's line", "project/{project}"


class GrantDecided(EventData):
    """A project allocation approved, increased or decreased."""

    project = Code("code of the project")
    amount = Amount("USD approved, added or taken away")
    approved_on = Date("day of the decision")
    decision = Text("the Director General's decision")
    adjusts_year = adjusts_year()


class GrantDisbursed(EventData):
    """A payment to the project."""

    project = Code("code of the project")
    amount = Amount("USD paid out")
    paid_on = Date("day of payment")
    reference = Text("the source system's reference", optional=True)
    adjusts_year = adjusts_year()


class ExpenditureReported(EventData):
    """Expenditure of one reporting period."""

    project = Code("code of the project")
    amount = Amount("USD spent in the period since the last report")
    period_end = Date("last day of the period")
    reference = Text("the report", optional=True)
    adjusts_year = adjusts_year()


class GrantBalanceReturned(EventData):
    """Money that comes back from the project."""

    project = Code("code of the project")
    amount = Amount("USD returned to the project's own line")
    returned_on = Date("day of the return")
    reference = Text("the source system's reference", optional=True)
    adjusts_year = adjusts_year()


class GrantCancelled(EventData):
    """The end of a grant: what was not disbursed becomes free."""

    project = Code("code of the project")
    cancelled_on = Date("day of the cancellation")
    reason = Text("why", 1000)
    adjusts_year = adjusts_year()


class ProjectFinanciallyClosed(EventData):
    """The financial end of a project: what was not disbursed becomes free."""

    project = Code("code of the project")
    closed_on = Date("day of the financial closure")
    adjusts_year = adjusts_year()


def _type(short: str, title: str, schema: EventData, role: str, source: str = PRACTICE) -> EventType:
    return event_type(short, title, schema, _LINE, source, role)


TYPES = (
    _type("grant.approved", "A project allocation approved", GrantDecided(), APPROVER, PART_III),
    _type("grant.increased", "A project allocation increased", GrantDecided(), APPROVER, PART_III),
    _type("grant.decreased", "A project allocation decreased", GrantDecided(), APPROVER),
    _type("grant.disbursed", "A grant paid out", GrantDisbursed(), FINANCE),
    _type("expenditure.reported", "Expenditure of a project", ExpenditureReported(), FINANCE),
    _type("grant.balance-returned", "An unspent balance returned", GrantBalanceReturned(), FINANCE),
    _type("grant.cancelled", "A grant cancelled", GrantCancelled(), APPROVER),
    _type("project.financially-closed", "A project closed financially", ProjectFinanciallyClosed(), FINANCE),
)
