"""The newest signed checkpoint, and waiting for the next one."""

import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from threading import BoundedSemaphore, Condition, Event

from ledger_service.journal.recorders.interface import CheckpointRow, CosignatureRow, Reader

WAITERS_MAX = 16
WAIT_SECONDS_MAX = 30.0
LOOK_SECONDS = 0.25


class Published:
    """Checkpoints as they are published, by this process or another on the same journal."""

    def __init__(self, reading: Callable[[], AbstractContextManager[Reader]], stopping: Event) -> None:
        """`stopping` ends every wait at once."""
        self._reading = reading
        self._stopping = stopping
        self._waiters = BoundedSemaphore(WAITERS_MAX)
        self._news = Condition()
        self._announced = 0

    def announce(self) -> None:
        """Wake those who wait: there is a new checkpoint."""
        with self._news:
            self._announced += 1
            self._news.notify_all()

    def newest(self) -> CheckpointRow | None:
        """The signed checkpoint of the largest size, with what witnesses said of it."""
        with self._reading() as reader:
            return newest(reader)

    def newest_after(self, size: int, seconds: float) -> CheckpointRow | None:
        """One of more than `size` entries, waiting for it; what stands when time or places to wait run out."""
        row = self.newest()
        if seconds <= 0 or (row is not None and row.size > size) or not self._waiters.acquire(blocking=False):
            return row
        try:
            return self._wait(size, time.monotonic() + min(seconds, WAIT_SECONDS_MAX))
        finally:
            self._waiters.release()

    def _wait(self, size: int, deadline: float) -> CheckpointRow | None:
        while True:
            seen = self._announced
            row = self.newest()
            left = deadline - time.monotonic()
            if (row is not None and row.size > size) or left <= 0 or self._stopping.is_set():
                return row
            with self._news:
                if self._announced == seen:
                    self._news.wait(min(left, LOOK_SECONDS))


def newest(reader: Reader) -> CheckpointRow | None:
    """The signed checkpoint of the largest size, with what witnesses said of it under the log's own signature."""
    row = reader.newest_checkpoint()
    return None if row is None else with_cosignatures(row, reader.cosignatures(row.size))


def with_cosignatures(row: CheckpointRow, said: Iterable[CosignatureRow]) -> CheckpointRow:
    """The checkpoint with these signature lines under its own."""
    return row._replace(note=row.note + "".join(kept.line for kept in said))
