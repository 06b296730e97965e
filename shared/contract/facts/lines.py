"""The funding lines' own facts: the balance brought in, and the allocations that the ledger derives."""

from shared.contract.event_type import PART_III, PRACTICE, event_type
from shared.contract.fields import Amount, Choice, Date, Line, Text, Year
from shared.contract.objects import Figures
from shared.contract.roles import ADMINISTRATOR
from shared.contract.schema import EventData


class LineOpened(EventData):
    """A line's available balance at cut-over."""

    line = Line()
    amount = Amount("USD available at `as_of`, the next year's opening", "zero")
    as_of = Date("day of the balance", year_end=True)
    document = Text("document that holds the balance")


class LineAllocated(EventData):
    """What the ledger derived for a line from a year's first basis."""

    year = Year("financial year")
    line = Line()
    amount = Amount("USD allocated", "zero")
    basis = Choice("basis it was derived from", "programme-and-budget", "revision", "actual")
    derivation = Figures("every figure of the derivation")
    exception = Figures("the rule that gave less than its amount, and why", optional=True)


class LineAllocationRevised(EventData):
    """The difference that a later basis, a reversal or the close makes."""

    year = Year("financial year")
    line = Line()
    change = Amount("USD added or withdrawn", "any")
    basis = Choice("basis it was derived from", "programme-and-budget", "revision", "reversal", "actual")
    derivation = Figures("every figure of the derivation")
    exception = Figures("the rule that gave less than its amount, and why", optional=True)


TYPES = (
    event_type("line.opened", "A line's balance brought in", LineOpened(), "{line}", PRACTICE, ADMINISTRATOR),
    event_type("line.allocated", "A line's allocation for a year", LineAllocated(), "{line}", PART_III),
    event_type("line.allocation-revised", "An allocation revised", LineAllocationRevised(), "{line}", PART_III),
)
