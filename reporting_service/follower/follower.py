"""The loop: hear of a checkpoint, verify up to it, hand the entries over; try again what may pass, stop at what not."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from reporting_service.follower.history import Heard, resumed, succession
from reporting_service.follower.remote_log import Closed, NotServed, RemoteLog, Unreachable
from reporting_service.follower.sink import Bookmark, OutOfOrder, Sink, SinkUnavailable
from reporting_service.follower.verification import (
    Mismatch,
    checked_entries,
    grow,
    located,
    stretches,
    verified_hashes,
)
from reporting_service.follower.witnessed import LOOK_SECONDS, Witnessed
from shared.log_format.checkpoints import Checkpoint
from shared.log_format.merkle import Frontier
from shared.log_format.notes import Verifier
from shared.log_format.witnesses import Policy

PAGE_ENTRIES_MAX = 4_096
PAGE_BYTES_MAX = 8 << 20

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """The follower's times, in seconds.

    wait: how long one poll may wait for a new checkpoint (the ledger allows 30). round: rounds begin at least this far
    apart, so that a busy ledger is not asked once per event. idle: pause after a poll answered early with nothing new.
    doubt: how long a mismatch that a damaged answer could explain must persist before the follower stops.
    cosigned: how often to ask for a cosigned checkpoint while entries are covered by none.
    """

    wait_s: int = 25
    round_s: float = 0.25
    idle_s: float = 0.25
    backoff_s: float = 0.1
    backoff_max_s: float = 2.0
    doubt_s: float = 5.0
    cosigned_s: float = LOOK_SECONDS


@dataclass(frozen=True, slots=True)
class FollowerStatus:
    """What the follower knows now.

    verified_position: entries verified and applied. checkpoint: the last one whose signature held. head_size: its
    size. connected: the last answer was usable. trouble: why it is trying again. stopped: why it no longer does.
    heard_at: when the ledger last gave a valid checkpoint, UTC. cosigned: entries under the newest cosigned checkpoint
    kept here.
    """

    verified_position: int = 0
    checkpoint: Checkpoint | None = None
    head_size: int = 0
    connected: bool = False
    trouble: str | None = None
    stopped: str | None = None
    heard_at: datetime | None = None
    cosigned: int = 0

    @property
    def lag(self) -> int:
        """Entries signed but not yet applied here."""
        return max(0, self.head_size - self.verified_position)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Follower:
    """Follows one ledger's log into one sink, in a thread of its own."""

    def __init__(
        self,
        ledger_url: str,
        token: Callable[[], str],
        verifier: Verifier,
        sink: Sink,
        *,
        pace: Pace | None = None,
        now: Callable[[], datetime] = _utc_now,
        ca_file: str | None = None,
        policy: Policy | None = None,
    ) -> None:
        """`verifier` pins the log's key, `policy` its witnesses; `token` is asked for each request ("" sends none)."""
        self._log = RemoteLog(ledger_url, token, ca_file)
        self._verifier, self._sink, self._now = verifier, sink, now
        self._pace = pace or Pace()
        self._witnessed: Witnessed | None = None
        if policy is not None:
            self._witnessed = Witnessed(self._log, verifier, policy, sink, now, self._pace.cosigned_s)
        self._bookmark: Bookmark | None = None
        self._tree = Frontier()
        self._seen: Heard | None = None
        self._status = FollowerStatus()
        self._changed = threading.Condition()
        self._doubted_at: float | None = None
        self._failures = 0
        self._calm = False
        self._thread: threading.Thread | None = None

    def status(self) -> FollowerStatus:
        """A snapshot, from any thread."""
        return self._status

    def wait_until(self, holds: Callable[[FollowerStatus], bool], timeout_s: float) -> bool:
        """Wait, in another thread, for a status; whether it came in time."""
        with self._changed:
            return self._changed.wait_for(lambda: holds(self._status), timeout_s)

    def _show(self, status: FollowerStatus) -> None:
        with self._changed:
            self._status = status
            self._changed.notify_all()

    def start(self) -> None:
        """Run in a daemon thread."""
        self._thread = threading.Thread(target=self.run, name="follower", daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """End the loop: waits are cut short, a page being applied is finished."""
        self._log.close()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def run(self) -> None:
        """Follow until `stop()`, or until the log does not hold (`status().stopped`)."""
        try:
            while self._status.stopped is None:
                began = time.monotonic()
                self._attempt()
                self._log.pause(began + self._pace.round_s - time.monotonic())
        except Closed:
            log.info("follower.closed", position=self._status.verified_position)

    def _attempt(self) -> None:
        position = self._status.verified_position
        try:
            self._round()
        except Closed:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is must be shown and tried again, never end the thread
            if self._status.verified_position > position:
                self._failures, self._doubted_at = 0, None
            self._failures += 1
            self._calm = False
            self._bookmark = None
            self._recover(error)
        else:
            self._failures, self._doubted_at, self._calm = 0, None, True
            self._show(replace(self._status, trouble=None))

    def _round(self) -> None:
        bookmark = self._bookmark or self._resume()
        heard = self._hear(bookmark.position)
        if self._seen is not None:
            self._advance(self._seen)
        self._seen = heard
        self._advance(heard)
        if self._witnessed is not None:
            self._witnessed.look(self._tree.size)
            self._show(replace(self._status, cosigned=self._witnessed.size or 0))

    def _resume(self) -> Bookmark:
        bookmark = self._sink.bookmark()
        self._tree, kept = resumed(bookmark, self._verifier)
        if kept and (self._seen is None or self._seen.size < kept.size):
            self._seen = kept
        self._bookmark = bookmark
        self._show(replace(self._status, verified_position=bookmark.position))
        return bookmark

    def _hear(self, position: int) -> Heard:
        """The newest checkpoint; waits for one when all is applied and well."""
        waits = self._calm and self._seen is not None and self._seen.size == position
        asked = time.monotonic()
        note = self._log.checkpoint(position, self._wait_s(position)) if waits else self._log.checkpoint()
        heard = succession(self._seen, note, self._verifier)
        if waits and heard.size == position:
            self._log.pause(asked + self._pace.idle_s - time.monotonic())
        self._show(
            replace(
                self._status,
                checkpoint=heard.checkpoint,
                head_size=heard.size,
                connected=True,
                heard_at=self._now(),
            )
        )
        return heard

    def _wait_s(self, position: int) -> int:
        """How long a poll may wait; not long while a cosignature is still to be asked for."""
        if self._witnessed is not None and self._witnessed.lags(position):
            return min(self._pace.wait_s, max(1, int(self._pace.cosigned_s)))
        return self._pace.wait_s

    def _advance(self, target: Heard) -> None:
        """Verify and hand over all entries up to a checkpoint."""
        if target.size <= self._tree.size:
            return
        wanted = stretches(self._tree.size, target.size)
        with closing(self._log.ahead(lambda s: self._log.bundle(s.index, s.width), wanted)) as bundles:
            found = verified_hashes(self._log, self._tree, target.checkpoint)
            tree, page, page_bytes = self._tree.copy(), list[bytes](), 0
            for verified, (stretch, bundle) in zip(found, bundles, strict=True):
                if len(page) + stretch.fresh > PAGE_ENTRIES_MAX or page_bytes > PAGE_BYTES_MAX:
                    self._hand_over(page, tree, target)
                    page, page_bytes = [], 0
                entries = checked_entries(self._log, verified, bundle)
                page += entries
                page_bytes += sum(map(len, entries))
                grow(tree, verified)
            self._hand_over(page, tree, target)

    def _hand_over(self, page: list[bytes], tree: Frontier, target: Heard) -> None:
        """One page and its bookmark, in the sink's one transaction."""
        bookmark = Bookmark(tree.size, tree.to_bytes(), target.note, self._now().isoformat())
        self._sink.apply(page, tree.size - len(page) + 1, bookmark)
        self._bookmark, self._tree = bookmark, tree.copy()
        self._show(replace(self._status, verified_position=tree.size))

    def _recover(self, error: Exception) -> None:
        """Stop at proof or lasting doubt; otherwise say the trouble and pause, longer each time."""
        if isinstance(error, NotServed):
            error = Mismatch(f"the ledger signed for position {error.position}, but {error}", error.position)
        if isinstance(error, Mismatch):
            if self._is_final(error):
                self._stop_at(error)
                return
        else:
            self._doubted_at = None
        self._say(error)
        self._log.pause(min(self._pace.backoff_max_s, self._pace.backoff_s * 2 ** min(self._failures - 1, 10)))

    def _is_final(self, mismatch: Mismatch) -> bool:
        if self._doubted_at is None:
            self._doubted_at = time.monotonic()
        return mismatch.certain or time.monotonic() - self._doubted_at >= self._pace.doubt_s

    def _say(self, error: Exception) -> None:
        connected = not isinstance(error, Unreachable)
        known = isinstance(error, Unreachable | Mismatch | OutOfOrder | SinkUnavailable)
        trouble = str(error) if known else f"not applied: {error!r}"
        if isinstance(error, SinkUnavailable):
            trouble = f"the reporting database takes nothing: {error}"
        if trouble != self._status.trouble:
            log.warning("follower.trouble", trouble=trouble, exc_info=None if known else error)
        self._show(replace(self._status, trouble=trouble, connected=connected))

    def _stop_at(self, mismatch: Mismatch) -> None:
        if mismatch.position is None and not mismatch.certain:
            mismatch = self._located(mismatch)
        what, after = str(mismatch), self._status.verified_position
        sentence = f"{what[:1].upper()}{what[1:]}; nothing after position {after} was applied; {mismatch.advice}."
        seen = self._seen.note if self._seen else None
        log.critical("follower.stopped", stopped=sentence, position=mismatch.position, seen=seen, refused=mismatch.note)
        self._show(replace(self._status, stopped=sentence, trouble=None))

    def _located(self, mismatch: Mismatch) -> Mismatch:
        if self._seen is None or self._seen.size <= self._tree.size:
            return mismatch
        try:
            return located(self._log, self._tree, self._seen.checkpoint, mismatch)
        except (Unreachable, NotServed):
            return mismatch
