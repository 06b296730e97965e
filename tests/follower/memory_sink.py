"""A sink that keeps everything in memory and lets a test wait for a position."""

import threading
from collections.abc import Sequence

from reporting_service.follower import Bookmark, OutOfOrder
from shared.log_format.merkle import leaf_hashes, root_of


class MemorySink:
    """Applies pages as the projections' store does: in order, once, with the bookmark."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.pages: list[int] = []
        self.kept = Bookmark()
        self.failures: list[Exception] = []
        self.failures_after: list[Exception] = []
        self.cosigned: dict[int, str] = {}
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

    def root(self, size: int) -> bytes:
        return root_of(leaf_hashes(self.entries[:size]))

    def cosigned_size(self) -> int:
        return max(self.cosigned, default=0)

    def keep_cosigned(self, size: int, note: str, seen_at: str) -> None:
        with self._moved:
            self.cosigned[size] = note
            self._moved.notify_all()

    def keeps(self, size: int, within_s: float = 20.0) -> bool:
        with self._moved:
            return self._moved.wait_for(lambda: self.cosigned_size() >= size, within_s)

    def reaches(self, position: int, within_s: float = 20.0) -> bool:
        with self._moved:
            return self._moved.wait_for(lambda: self.kept.position >= position, within_s)
