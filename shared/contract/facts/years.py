"""Financial years: their close."""

from shared.contract.event_type import PRACTICE, event_type
from shared.contract.fields import Date, Text, Year
from shared.contract.roles import ADMINISTRATOR
from shared.contract.schema import EventData


class YearClosed(EventData):
    """The close of a financial year."""

    year = Year("the year that takes nothing more once this is confirmed")
    closed_on = Date("day of the close")
    document = Text("document of the close")


TYPES = (event_type("year.closed", "A financial year closed", YearClosed(), "year/{year}", PRACTICE, ADMINISTRATOR),)
