"""A sink that keeps everything in memory and lets a test wait for a position."""

import threading
from collections.abc import Sequence

from reporting_service.follower import Bookmark, OutOfOrder


class MemorySink:
    """Applies pages as the projections' store does: in order, once, with the bookmark."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.pages: list[int] = []
        self.kept = Bookmark()
        self.failures: list[Exception] = []
        self.failures_after: list[Exception] = []
        self._moved = threading.Condition()

    def bookmark(self) -> Bookmark:
        return self.kept

    def apply(self, entries: Sequence[bytes], first_position: int, bookmark: Bookmark) -> None:
        if self.failures:
            raise self.failures.pop()
        with self._moved:
            if first_position != self.kept.position + 1:
                raise OutOfOrder(f"page from {first_position} after position {self.kept.position}")
            self.entries += entries
            self.pages.append(len(entries))
            self.kept = bookmark
            self._moved.notify_all()
        if self.failures_after:
            raise self.failures_after.pop()

    def reaches(self, position: int, within_s: float = 20.0) -> bool:
        with self._moved:
            return self._moved.wait_for(lambda: self.kept.position >= position, within_s)
