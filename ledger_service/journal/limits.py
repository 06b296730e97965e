"""How many refusals one subject may have recorded in a minute: the log is not a place to try things out."""

import time
from collections import deque
from collections.abc import Callable
from math import ceil

from shared.contract.problems import TooManyRequests

WINDOW_SECONDS = 60.0


class RefusalLimit:
    """Counts recorded refusals by subject over a sliding minute, in this process."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._recorded: dict[str, deque[float]] = {}

    def count(self, subject: str) -> None:
        """Count one more refusal; TooManyRequests (429) when the subject has had its share."""
        now = self._clock()
        times = self._recorded.setdefault(subject, deque())
        while times and times[0] <= now - WINDOW_SECONDS:
            times.popleft()
        if len(times) >= self._per_minute:
            wait = ceil(times[0] + WINDOW_SECONDS - now) if times else int(WINDOW_SECONDS)
            raise TooManyRequests(
                f"More than {self._per_minute} refusals within a minute; this one was not recorded.", max(1, wait)
            )
        times.append(now)
