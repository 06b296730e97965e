"""The one writer: takes all that waits, decides it on the kept model, commits it at once, tells everybody."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

import structlog

from ledger_service.journal.clock import WatchedClock
from ledger_service.journal.commands import Outcome
from ledger_service.journal.deciding import Rules, Turn
from ledger_service.journal.kept import Kept, OutOfStep
from ledger_service.journal.limits import RefusalLimit
from ledger_service.journal.questions import READY, answered
from ledger_service.journal.recorders.interface import (
    CheckpointRow,
    Group,
    JournalRecorder,
    OutcomeUnknown,
    Reader,
    StoreFull,
    StoreUnavailable,
)
from ledger_service.journal.sealing import Sealer, brief
from ledger_service.journal.snapshots import NoSnapshots
from ledger_service.journal.waiting import Posting, Question
from shared.contract.problems import Unavailable

REFUSED_SECONDS = 5.0
"""So long after a group that could not be stored nothing else is tried: something smaller might be stored."""

log = structlog.get_logger("journal")


@dataclass(frozen=True, slots=True)
class Written:
    """What one group did, for the metrics: `types` counts the entries by their public names."""

    requests: int
    types: Counter[str]
    seconds: float
    size: int


@dataclass(slots=True)
class Surroundings:
    """What the writer is given: clock, limits, signature, and who wants to hear of it."""

    sealer: Sealer
    limit: RefusalLimit
    now: Callable[[], datetime]
    published: Callable[[CheckpointRow], None]
    written: Callable[[Written], None]
    snapshots: NoSnapshots


class Writer:
    """Owns the kept model; nobody else touches it."""

    def __init__(self, recorder: JournalRecorder, kept: Kept, rules: Rules, around: Surroundings) -> None:
        self._recorder = recorder
        self._kept = kept
        self._rules = rules
        self._around = around
        self.stopped: str | None = None
        self._refusing: tuple[StoreUnavailable, float] | None = None
        self._clock = WatchedClock(around.now)

    def turn(self, postings: list[Posting], questions: list[Question]) -> None:
        """Deal with what waited: commands first, as one group."""
        if postings:
            self._write(postings)
        if questions:
            self._answer(questions)

    def close(self) -> None:
        """Wait for what is still being kept."""
        self._around.snapshots.wait()

    def _write(self, postings: list[Posting]) -> None:
        started = time.perf_counter()
        before = self._kept.mark()
        sealed: CheckpointRow | None = None
        try:
            self._check_in_step()
            with self._recorder.group() as group:
                self._kept.catch_up(group)
                before = self._kept.mark()
                outcomes, sealed = self._decide(group, postings)
        except Exception as error:  # noqa: BLE001 - every caller is told, the writer goes on
            self._kept.abandon(before)
            self._fail(postings, error)
            return
        self._refusing = None
        types = Counter(map(attrgetter("type"), self._kept.drafts))
        self._kept.publish()
        if sealed is not None:
            self._around.published(sealed)
        for posting, outcome in zip(postings, outcomes, strict=True):
            posting.tell(outcome)
        took = time.perf_counter() - started
        self._around.written(Written(len(postings), types, took, self._kept.position))
        self._clock.watch(self._kept.model.heads.get("recorded_at"))
        self._around.snapshots.offer(self._kept)

    def _decide(self, group: Group, postings: list[Posting]) -> tuple[list[Outcome], CheckpointRow | None]:
        known = group.keys([key for posting in postings for key in posting.command.events.every_key()])
        if known:
            self._kept.bring(group.entries_at([row.position for row in known.values()]))
        head = self._kept.position
        turn = Turn(self._kept, self._rules, known, now=self._around.now, limit=self._around.limit)
        outcomes = [turn.decide(posting.command) for posting in postings]
        sealed = self._around.sealer.append(group, self._kept, turn.keys) if self._kept.drafts else None
        _cover(group, outcomes, head, sealed)
        return outcomes, sealed

    def _check_in_step(self) -> None:
        if self.stopped is not None:
            raise Unavailable(f"The ledger takes nothing: {self.stopped}", 60)

    def _check_store(self) -> None:
        """Unavailable when the last group was not stored: just now, or a write that changes nothing is not either."""
        if self._refusing is None:
            return
        error, at = self._refusing
        if time.monotonic() - at > REFUSED_SECONDS:
            try:
                with self._recorder.group() as group:
                    group.touch()
            except StoreUnavailable as again:
                error = again
            else:
                self._refusing = None
                return
        why = "its disk is full" if isinstance(error, StoreFull) else "its disk fails, or it does not answer"
        raise Unavailable(f"The ledger's database takes nothing: {why}.", 30)

    def _fail(self, postings: list[Posting], error: Exception) -> None:
        told = self._told(error)
        if isinstance(error, StoreUnavailable):
            self._refusing = error, time.monotonic()
        unknown = isinstance(error, OutcomeUnknown)
        what = "whether a group was recorded is not known" if unknown else "a group was not recorded"
        log.error(what, cause=str(error), requests=len(postings))
        for posting in postings:
            posting.tell(told)

    def _told(self, error: Exception) -> Exception:
        """What callers hear; a log out of step stops the journal for good."""
        if isinstance(error, OutOfStep):
            self.stopped = str(error)
            log.critical("the journal has stopped", cause=self.stopped, position=error.position)
            return Unavailable(f"The ledger takes nothing: {self.stopped}", 60)
        if isinstance(error, OutcomeUnknown):
            return Unavailable(
                "The database did not confirm; whether this was recorded is not known. Ask with the same id.", 5
            )
        if isinstance(error, StoreFull):
            return Unavailable("The database's disk is full; nothing was recorded. Ask again with the same id.", 30)
        if isinstance(error, StoreUnavailable):
            return Unavailable("The database does not answer; nothing was recorded. Ask again with the same id.", 2)
        return error

    def _answer(self, questions: list[Question]) -> None:
        before = self._kept.mark()
        try:
            self._check_in_step()
            with self._recorder.reading() as reader:
                self._kept.catch_up(reader)
        except Exception as error:  # noqa: BLE001 - every caller is told, the writer goes on
            self._kept.abandon(before)
            told = self._told(error)
            for question in questions:
                question.tell(told)
            return
        for question in questions:
            try:
                if question.name == READY:
                    self._check_store()
                question.tell(answered(self._kept, question.name, question.arguments))
            except Exception as error:  # noqa: BLE001 - told to who asked
                question.tell(error)


def _cover(reader: Reader, outcomes: list[Outcome], head: int, sealed: CheckpointRow | None) -> None:
    """Give every receipt the smallest signed checkpoint that covers it."""
    receipts = sorted((got for outcome in outcomes for got in outcome.receipts), key=lambda got: got["position"])
    covered, shown = 0, None
    for got in receipts:
        if got["position"] > covered:
            row = sealed if got["position"] > head else reader.checkpoint_covering(got["position"])
            assert row is not None, f"position {got['position']} is under no checkpoint"
            covered, shown = row.size, brief(row)
        got["checkpoint"] = shown
