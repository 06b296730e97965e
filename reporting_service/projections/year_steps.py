"""Projects' steps by the year in which they are booked, so that a year's are found without reading the others."""

from sqlalchemy import Column, Connection, Integer, Table, Text

from reporting_service.projections.fact import Fact
from reporting_service.projections.tables import DERIVED, Rows

table = Table(
    "year_steps",
    DERIVED,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("origin", Integer, nullable=False),
    Column("sign", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("project", Text, nullable=False),
    sqlite_with_rowid=False,
)


class YearSteps:
    """The projection: one row per step, and per taking back, under the year of the step."""

    def __init__(self, types: frozenset[str]) -> None:
        self.types = types

    def recall(self, connection: Connection) -> None:
        """Nothing is remembered: every row stands alone."""

    def fold(self, fact: Fact, rows: Rows) -> None:
        """File one step under its year."""
        entry = fact.entry
        year, project = entry["year"], entry["data"]["project"]
        rows["year_steps"].append((year, fact.position, entry["position"], fact.sign, fact.short, project))
