"""Second thoughts: confirmations, reversals and overrides."""

from shared.contract.event_type import PRACTICE, event_type
from shared.contract.fields import Choice, Code, Integer, Text
from shared.contract.objects import adjusts_year
from shared.contract.roles import ADMINISTRATOR, APPROVER, FINANCE
from shared.contract.rule_ids import RULE_IDS
from shared.contract.schema import EventData


class ActionConfirmed(EventData):
    """A second subject's confirmation of a posted action."""

    position = Integer("position of the entry that this confirms", 1)


class EntryReversed(EventData):
    """A reversal, booked on the reversed entry's date."""

    position = Integer("position of the entry that this reverses", 1)
    reason = Text("why", 1000)
    adjusts_year = adjusts_year()


class OverrideRecorded(EventData):
    """One practice rule set aside for one project and decision."""

    rule = Choice("rule that is set aside for one decision", *RULE_IDS)
    project = Code("code of the project")
    decision = Text("who decided so, and where")
    reason = Text("why", 1000)


TYPES = (
    event_type(
        "action.confirmed",
        "An action confirmed by a second subject",
        ActionConfirmed(),
        "the confirmed entry's",
        PRACTICE,
        ADMINISTRATOR,
        FINANCE,
    ),
    event_type("entry.reversed", "An entry reversed", EntryReversed(), "the reversed entry's", PRACTICE, APPROVER),
    event_type(
        "override.recorded", "A rule set aside once", OverrideRecorded(), "project/{project}", PRACTICE, APPROVER
    ),
)
