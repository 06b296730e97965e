"""One event type: its public name and version, who may post it, where it is kept and where it comes from."""

from dataclasses import dataclass

from shared.contract.schema import EventData

PREFIX = "fund1035."
SUFFIX = ".v1"

PART_III = "Res. 1150 (XCIII), Annex, Part III"
PRACTICE = "practice of the Facility"
CONSTITUTION = "IOM Constitution, Article 4"
LOG = "this ledger's log format"


@dataclass(frozen=True)
class EventType:
    """`roles` may post it (none: the ledger alone records it); `source` is where the fact's meaning is written."""

    name: str
    short: str
    title: str
    roles: frozenset[str]
    schema: EventData
    stream: str
    source: str


def event_type(short: str, title: str, schema: EventData, stream: str, source: str, *roles: str) -> EventType:
    """The type named `fund1035.<short>.v1`."""
    return EventType(f"{PREFIX}{short}{SUFFIX}", short, title, frozenset(roles), schema, stream, source)
