"""Histories for tests: events decided by the real rules, given to a store as a follower would give them."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from reporting_service.follower import Bookmark, FollowerStatus
from reporting_service.projections.engine import open_engine
from reporting_service.projections.store import Store
from shared.log_format.canonical import canonical
from shared.log_format.checkpoints import Checkpoint, sign_checkpoint
from shared.log_format.merkle import EMPTY_ROOT, leaf_hash, root_of
from shared.log_format.notes import SigningKey
from shared.rules.model import Model
from shared.rules.recording import Recorder, shipped_rule_sets
from shared.rules.refusals import Refused

ORIGIN = "fund1035.example/log"
KEY = SigningKey(ORIGIN, b"\x01" * 32)
NOW = datetime(2011, 2, 1, 9, 30, tzinfo=UTC)
VERIFIED_AT = "2011-02-01T09:31:00Z"


class History:
    """A log in memory that decides as the ledger does."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.model = Model()
        self._entries: list[dict[str, Any]] = []
        self._ids = count(1)
        self._recorder = Recorder(self.model, ORIGIN, self._entry_at, self._tree)
        self._keep(shipped_rule_sets(self._recorder, NOW))

    @property
    def position(self) -> int:
        """The last position."""
        return len(self.bodies)

    def post(self, short: str, role: str = "finance", subject: str | None = None, **data: Any) -> int:
        """Record an event of a short type and give its position; a refusal is recorded instead."""
        event = {"specversion": "1.0", "id": f"t-{next(self._ids)}", "source": "https://tests.example/", "data": data}
        return self.record({**event, "type": f"fund1035.{short}.v1"}, role, subject or f"{role}-1")

    def record(self, event: dict[str, Any], role: str, subject: str) -> int:
        """Record an event as posted and give its position."""
        at = {"now": NOW, "subject": subject, "role": role}
        try:
            entries = self._recorder.record(event, **at).entries
        except Refused as refused:
            entries = [self._recorder.refuse(event, refused.refusals, **at)]
        self._keep(entries)
        return int(entries[0]["position"])

    def _keep(self, entries: Iterable[dict[str, Any]]) -> None:
        self.model.publish()
        for entry in entries:
            self._entries.append(entry)
            self.bodies.append(canonical(entry))

    def _tree(self) -> tuple[int, str]:
        return len(self.bodies), b64encode(tree_root(self.bodies)).decode()

    def _entry_at(self, position: int) -> dict[str, Any] | None:
        return self._entries[position - 1] if 0 < position <= len(self._entries) else None


def sample() -> History:
    """The sample history of 2007 to 2010."""
    from bench.workload.sample import sample_history

    history = History()
    for step in sample_history():
        for event in step.events:
            history.record(event, step.role, step.subject)
    return history


def store_at(path: Path) -> Store:
    """A store in a file of its own."""
    return Store(open_engine(f"sqlite:///{path}"))


def bookmark_at(bodies: Sequence[bytes], position: int, before: Bookmark) -> Bookmark:
    """The bookmark that a follower would hand over with the page that ends at a position."""
    frontier = before.tree()
    frontier.extend(leaf_hash(body) for body in bodies[before.position : position])
    note = sign_checkpoint(Checkpoint(ORIGIN, position, frontier.root()), KEY)
    return Bookmark(position, frontier.to_bytes(), note, VERIFIED_AT)


def follow(store: Store, bodies: Sequence[bytes], page: int = 1000) -> Store:
    """Hand over what the store does not have yet."""
    while (before := store.bookmark()).position < len(bodies):
        last = min(len(bodies), before.position + page)
        store.apply(bodies[before.position : last], before.position + 1, bookmark_at(bodies, last, before))
    return store


def tree_root(bodies: Sequence[bytes]) -> bytes:
    """The root over entries."""
    return root_of(map(leaf_hash, bodies))


class Standing:
    """A follower at rest: it has heard a checkpoint and applied everything under it."""

    def __init__(
        self, position: int, stopped: str | None = None, *, heard: bool = True, head: int | None = None
    ) -> None:
        size = position if head is None else head
        checkpoint = Checkpoint(ORIGIN, size, EMPTY_ROOT) if heard else None
        self._status = FollowerStatus(position, checkpoint, size, heard, None, stopped)

    def status(self) -> FollowerStatus:
        """What it knows."""
        return self._status
