"""The books as known at a position: what a report is allowed to see."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection

from reporting_service.projections import log_copy

T = TypeVar("T")


@dataclass
class View:
    """Entries up to `position` of the `head` verified; with `as_of`, only what is booked on or before that date."""

    connection: Connection
    position: int
    head: int
    as_of: str | None = None
    root: bytes | None = None
    """The root at `position`, where it is known without reading."""
    _kept: dict[Any, Any] = field(default_factory=dict)

    def once(self, key: Any, make: Callable[[], T]) -> T:
        """What `make` gives, asked for at most once per view."""
        if key not in self._kept:
            self._kept[key] = make()
        found: T = self._kept[key]
        return found

    def at(self, position: int) -> "View":
        """The same books as known at an earlier position; made once per view."""
        assert position <= self.head, "what lies behind the last verified entry is not known"
        return self.once(("at", position), lambda: View(self.connection, position, self.head))

    def checkpoint(self) -> dict[str, Any]:
        """Size and root of the log as far as this view sees it."""
        return self.once("checkpoint", lambda: log_copy.checkpoint(self.connection, self.position, self.root))

    def recorded_on(self) -> str | None:
        """The UTC day on which the last entry seen was recorded."""
        at = log_copy.recorded_at(self.connection, self.position)
        return at[:10] if at else None
