"""Cosigned checkpoints: fetched beside the newest, held against the followed log and the witness policy, and kept."""

import time
from collections.abc import Callable
from datetime import datetime

import structlog

from reporting_service.follower.history import CALL_AUDITOR
from reporting_service.follower.remote_log import RemoteLog
from reporting_service.follower.sink import Sink
from reporting_service.follower.verification import Mismatch
from shared.log_format.checkpoints import Checkpoint, open_checkpoint
from shared.log_format.notes import BadNote, Verifier
from shared.log_format.witnesses import Policy

LOOK_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Witnessed:
    """What witnesses say of one log; used by the follower's thread alone."""

    def __init__(
        self,
        remote: RemoteLog,
        verifier: Verifier,
        policy: Policy,
        sink: Sink,
        now: Callable[[], datetime],
        every_s: float = LOOK_SECONDS,
    ) -> None:
        """`policy` says whose cosignatures count, and how many are enough."""
        self._remote, self._verifier, self._policy, self._sink = remote, verifier, policy, sink
        self._now, self._every = now, every_s
        self._looked_at = float("-inf")
        self._said: str | None = None
        self.size: int | None = None

    def lags(self, position: int) -> bool:
        """Whether entries were applied that no kept cosignature covers."""
        return self._kept() < position

    def look(self, position: int) -> None:
        """Ask for the newest cosigned checkpoint, when due, and keep it; Mismatch when it is of another log."""
        if not self.lags(position) or time.monotonic() - self._looked_at < self._every:
            return
        self._looked_at = time.monotonic()
        note = self._remote.cosigned()
        checkpoint = self._opened(note) if note else None
        if note is None or checkpoint is None or not self._kept() < checkpoint.size <= position:
            return
        if self._sink.root(checkpoint.size) != checkpoint.root:
            what = (
                f"the ledger signed and witnesses cosigned another log of {checkpoint.size} entries than was followed"
            )
            raise Mismatch(what, checkpoint.size, advice=CALL_AUDITOR, certain=True, note=note)
        self._sink.keep_cosigned(checkpoint.size, note, self._now().isoformat())
        self.size = checkpoint.size

    def _kept(self) -> int:
        if self.size is None:
            self.size = self._sink.cosigned_size()
        return self.size

    def _opened(self, note: str) -> Checkpoint | None:
        """The checkpoint, when our own policy is satisfied; None, and a line in the log, when it is not."""
        try:
            checkpoint = open_checkpoint(note, self._verifier)
            cosigners = self._policy.cosigners(note)
        except BadNote as error:
            self._say(f"what is served as cosigned does not hold: {error}")
            return None
        if not self._policy.reached(cosigners):
            self._say(f"the cosignatures of {', '.join(sorted(cosigners)) or 'nobody'} do not make our quorum")
            return None
        return checkpoint

    def _say(self, trouble: str) -> None:
        if trouble != self._said:
            log.warning("follower.cosigned", trouble=trouble)
        self._said = trouble
