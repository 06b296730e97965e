"""The machine's clock, watched: what is recorded keeps its order when it goes back, and somebody hears of it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from shared.rules.apply import EPOCH

BEHIND_MAX = timedelta(seconds=5)
"""So far a clock may lie behind the last entry without a word: one that is being adjusted, or another machine's."""

log = structlog.get_logger("journal")


class WatchedClock:
    """Says once that the clock lies behind the last entry, and once that it no longer does."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._behind = False

    def watch(self, recorded: int | None) -> None:
        """Compare the clock with the last recorded instant, in microseconds since the epoch."""
        if recorded is None:
            return
        last, now = EPOCH + timedelta(microseconds=recorded), self._now()
        behind = last - now > BEHIND_MAX
        if behind and not self._behind:
            log.warning(
                "the clock lies behind the last entry: entries are recorded a microsecond apart until it has caught up",
                clock=now.isoformat(),
                recorded_at=last.isoformat(),
            )
        elif self._behind and not behind:
            log.info("the clock has caught up with the last entry")
        self._behind = behind
