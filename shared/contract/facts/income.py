"""Discretionary Income: its budget bases, its receipts and the use of its overhead."""

from shared.contract.agreement import POSITIVE_UNLESS_INTEREST, only_when, part_of, valued
from shared.contract.event_type import PART_III, event_type
from shared.contract.fields import Amount, Choice, Currency, Date, Donor, Text, Year
from shared.contract.objects import adjusts_year, rate
from shared.contract.roles import FINANCE
from shared.contract.schema import EventData

_STREAM = "discretionary-income/{year}"


class IncomeBudgeted(EventData):
    """A budget basis of a year's Discretionary Income, in USD."""

    year = Year("financial year the income is budgeted for")
    basis = Choice("which basis this is: the first is a programme and budget", "programme-and-budget", "revision")
    document = Text("document that holds the figures")
    approved_on = Date("day of approval; a revision counts from it")
    approved_by = Text("body that approved it")
    project_overhead = Amount("project-related overhead, security included", "zero")
    security = Amount("part of the overhead reserved for staff and office security", "zero")
    unearmarked_contributions = Amount("unearmarked contributions", "zero")
    interest = Amount("interest income", "any")
    together = (part_of("security", "project_overhead"),)


class IncomeReceived(EventData):
    """Income received, in the year it was earned."""

    year = Year("financial year in which the income was earned")
    kind = Choice("kind of income", "project-overhead", "unearmarked-contribution", "interest")
    amount = Amount("amount in its currency, above zero unless interest", "any")
    currency = Currency()
    rate = rate()
    security_part = Amount("security part of project overhead, in the same currency", optional=True)
    payer = Donor("who paid: a State or a code", optional=True)
    received_on = Date("day of receipt")
    reference = Text("the source system's reference")
    adjusts_year = adjusts_year()
    together = (
        valued("received_on", signed=True),
        POSITIVE_UNLESS_INTEREST,
        only_when("security_part", "kind", "project-overhead"),
        part_of("security_part", "amount"),
    )


class OverheadApplied(EventData):
    """Overhead used for what Resolution 1110 admits, in USD."""

    year = Year("financial year of the overhead")
    amount = Amount("USD applied")
    purpose = Choice("what Resolution 1110 admits", "staff-position", "administrative-support")
    description = Text("what it was used for", 500)
    on = Date("day of the application")
    reference = Text("the source system's reference")
    adjusts_year = adjusts_year()


TYPES = (
    event_type(
        "income.budgeted", "A budget basis of Discretionary Income", IncomeBudgeted(), _STREAM, PART_III, FINANCE
    ),
    event_type("income.received", "Income received", IncomeReceived(), _STREAM, PART_III, FINANCE),
    event_type("overhead.applied", "Overhead applied to its purpose", OverheadApplied(), _STREAM, PART_III, FINANCE),
)
