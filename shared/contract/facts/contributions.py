"""Direct voluntary contributions: pledged, reduced, committed, received and refunded, per donor and line."""

from shared.contract.agreement import valued
from shared.contract.event_type import PART_III, EventType, event_type
from shared.contract.fields import Amount, Choice, Code, Currency, Date, Donor, Line, Text
from shared.contract.objects import adjusts_year, rate
from shared.contract.roles import FINANCE
from shared.contract.schema import EventData


class Contribution(EventData):
    """A step of a contribution; only a receipt and a refund move money of the line."""

    contribution = Code("code of the contribution, the same from pledge to refund")
    donor = Donor()
    line = Line("the line it is given to")
    amount = Amount("amount in its currency")
    currency = Currency()
    rate = rate()
    on = Date("day of the fact")
    reference = Text("the source system's reference")
    designated_by = Choice("who chose the line", "donor", "administration", optional=True)
    adjusts_year = adjusts_year()
    together = (valued("on"),)


def _type(short: str, title: str, schema: EventData) -> EventType:
    return event_type(short, title, schema, "{line}", f"{PART_III}, bullet 4", FINANCE)


TYPES = (
    _type("contribution.pledged", "A contribution pledged to a line", Contribution()),
    _type("contribution.pledge-reduced", "A pledge reduced", Contribution()),
    _type("contribution.committed", "A contribution committed in writing", Contribution()),
    _type("contribution.received", "A contribution received: only this funds projects", Contribution()),
    _type("contribution.refunded", "A contribution paid back to its donor", Contribution()),
)
