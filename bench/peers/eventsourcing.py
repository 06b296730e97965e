"""The event store library used plainly: aggregates saved through its application, on SQLite."""

import os
import tempfile
import time
from pathlib import Path
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from bench.figures import Figure

EVENTS_MAX = 20_000
PER_SAVE = 1_000


class Account(Aggregate):
    """An account that receives."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cents = 0

    @event("Received")
    def receive(self, cents: int, reference: str, on: str) -> None:  # noqa: ARG002 - kept in the event
        """Add to it; no rule, no validation, no seal."""
        self.cents += cents


def eventsourcing(size: int) -> list[Figure]:
    """Events saved in groups of 1,000, and read back into the aggregate."""
    count = max(PER_SAVE, min(size, EVENTS_MAX) // PER_SAVE * PER_SAVE)
    with tempfile.TemporaryDirectory(prefix="fund-bench-") as folder:
        name = str(Path(folder) / "peer.db")
        settings = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": name, "SQLITE_LOCK_TIMEOUT": "30"}
        application: Application[UUID] = Application(env={**os.environ, **settings})
        account = Account("line-1")
        began = time.perf_counter()
        for start in range(0, count, PER_SAVE):
            for number in range(start, start + PER_SAVE):
                account.receive(number, f"GL {number}, illustrative", "2025-12-31")
            application.save(account)
        saved = time.perf_counter() - began
        began = time.perf_counter()
        application.repository.get(account.id)
        replayed = time.perf_counter() - began
        application.close()
    return [
        Figure("eventsourcing, aggregates saved in groups of 1,000", "SQLite", count / saved, "events/s", peer=True),
        Figure("eventsourcing, an aggregate replayed", "SQLite", count / replayed, "events/s", peer=True),
    ]
