"""Control totals: what a source system says it has sent, so that nothing is lost on the way."""

from shared.contract.agreement import in_order
from shared.contract.event_type import PRACTICE, event_type
from shared.contract.facts import contributions, grants, income, lines, membership, projects
from shared.contract.fields import Amount, Choice, Date, Integer, UriReference
from shared.contract.roles import FINANCE
from shared.contract.schema import EventData

_COUNTED = tuple(
    kind.name
    for noun in (membership, income, contributions, lines, projects, grants)
    for kind in noun.TYPES
    if kind.roles
)


class ControlTotalReported(EventData):
    """Number and sum of one type's events in a period, as the source system counts them."""

    source = UriReference("the source system, as in its events")
    type = Choice("full name of the event type counted", *_COUNTED)
    period_start = Date("first booking date counted")
    period_end = Date("last booking date counted")
    count = Integer("number of events", 0)
    amount = Amount("sum of their amounts, valued in USD (assessments: CHF)", "zero")
    together = (in_order("period_start", "period_end"),)


TYPES = (
    event_type(
        "control-total.reported",
        "A source system's own totals",
        ControlTotalReported(),
        "control/…",
        PRACTICE,
        FINANCE,
    ),
)
