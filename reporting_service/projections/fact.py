"""A fact as the projections see it: what takes effect at a position, or is taken back there."""

from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection

from reporting_service.projections.tables import Rows
from shared.postings import Entry, Posting


class Fact(NamedTuple):
    """An event type's effect at a position: `entry` carries the data, `sign` is −1 where a reversal takes it back."""

    position: int
    short: str
    entry: Entry
    sign: int
    on: str
    year: int
    postings: tuple[Posting, ...] = ()

    @property
    def data(self) -> dict[str, Any]:
        """The data of the event whose effect this is."""
        data: dict[str, Any] = self.entry["data"]
        return data


class Projection(Protocol):
    """A read model that remembers what its next row depends on."""

    types: frozenset[str]
    """Short event types it listens to."""

    def recall(self, connection: Connection) -> None:
        """Take up the state that the stored rows leave."""
        ...

    def fold(self, fact: Fact, rows: Rows) -> None:
        """Add the rows of one fact."""
        ...
