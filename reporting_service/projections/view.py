"""The books as known at a position: what a report is allowed to see."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection

from reporting_service.projections import log_copy

T = TypeVar("T")


class Recollection(NamedTuple):
    """What was read up to a position, of one generation of the derived tables."""

    generation: int
    position: int
    found: Any


@dataclass
class View:
    """Entries up to `position` of the `head` verified; with `as_of`, only what is booked on or before that date."""

    connection: Connection
    position: int
    head: int
    as_of: str | None = None
    root: bytes | None = None
    """The root at `position`, where it is known without reading."""
    generation: int = 0
    """Of the derived tables: what was recalled of an earlier one is forgotten."""
    memory: dict[str, Recollection] = field(default_factory=dict)
    """What views of the same store read before, so that a later one reads on from there."""
    _kept: dict[Any, Any] = field(default_factory=dict)

    def once(self, key: Any, make: Callable[[], T]) -> T:
        """What `make` gives, asked for at most once per view."""
        if key not in self._kept:
            self._kept[key] = make()
        found: T = self._kept[key]
        return found

    def read_on(self, name: str, empty: T, read: Callable[[T, int], T], cut: Callable[[T, int], T] | None = None) -> T:
        """What is known under a name: `read` adds what lies behind a position to what was read up to it.

        What reaches further than this view is `cut` at its position; without `cut` it is read anew.
        """
        return self.once(("read-on", name), lambda: self._read_on(name, empty, read, cut))

    def _read_on(self, name: str, empty: T, read: Callable[[T, int], T], cut: Callable[[T, int], T] | None) -> T:
        last = self.memory.get(name)
        if last is None or last.generation != self.generation:
            last = Recollection(self.generation, 0, empty)
        if last.position > self.position:
            return cut(last.found, self.position) if cut else read(empty, 0)
        found: T = read(last.found, last.position) if last.position < self.position else last.found
        self.memory[name] = Recollection(self.generation, self.position, found)
        return found

    def at(self, position: int) -> "View":
        """The same books as known at an earlier position; made once per view."""
        assert position <= self.head, "what lies behind the last verified entry is not known"
        return self.once(("at", position), lambda: replace(self, position=position, as_of=None, root=None, _kept={}))

    def checkpoint(self) -> dict[str, Any]:
        """Size and root of the log as far as this view sees it."""
        return self.once("checkpoint", lambda: log_copy.checkpoint(self.connection, self.position, self.root))

    def recorded_on(self) -> str | None:
        """The UTC day on which the last entry seen was recorded."""
        at = log_copy.recorded_at(self.connection, self.position)
        return at[:10] if at else None
