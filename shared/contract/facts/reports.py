"""Reports to the Council and its Standing Committee: issued, and noted by them."""

from shared.contract.event_type import PART_III, event_type
from shared.contract.fields import Choice, Date, Digest, Integer, Text, Year
from shared.contract.objects import Checkpoint
from shared.contract.roles import SECRETARIAT
from shared.contract.schema import EventData, Nested


class ReportIssued(EventData):
    """An edition of a report, by its digest."""

    year = Year("year reported on")
    kind = Choice("kind of report", "annual", "status", "implementation-plan")
    edition = Integer("number of the edition", 1)
    body = Choice("body it goes to", "scpf", "council")
    document = Text("its document symbol")
    digest = Digest("SHA-256 of the report's RFC 8785 JSON without `edition`")
    checkpoint = Nested("the log it was computed from", Checkpoint(), "Checkpoint")


class ReportNoted(EventData):
    """What a body did with an edition."""

    year = Year("year reported on")
    kind = Choice("kind of report", "annual", "status", "implementation-plan")
    edition = Integer("number of the edition", 1)
    body = Choice("body that noted it", "scpf", "council")
    document = Text("its document symbol", optional=True)
    digest = Digest("digest of the edition noted", optional=True)
    checkpoint = Nested("checkpoint of the edition noted", Checkpoint(), "Checkpoint", optional=True)
    resolution = Text("resolution", optional=True)
    recommendation = Text("recommendation", 1000, optional=True)
    transmitted_on = Date("day it was transmitted", optional=True)
    on = Date("day it was noted")


TYPES = (
    event_type("report.issued", "A report's edition issued", ReportIssued(), "year/{year}", PART_III, SECRETARIAT),
    event_type("report.noted", "An edition noted", ReportNoted(), "year/{year}", PART_III, SECRETARIAT),
)
