"""The journal as the rest of the service sees it: record, ask, read, close."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from threading import Thread
from typing import Any, Protocol

from ledger_service.journal.commands import Answer, Command, Outcome, answer_of
from ledger_service.journal.continuing import check_continued, continued
from ledger_service.journal.deciding import Rules
from ledger_service.journal.kept import Kept, OutOfStep
from ledger_service.journal.limits import RefusalLimit
from ledger_service.journal.opening import read_in
from ledger_service.journal.promise import NOT_ANSWERED, QUESTION_SECONDS_MAX, Promise
from ledger_service.journal.recorders.interface import CheckpointRow, JournalRecorder, Reader, StoreRefused
from ledger_service.journal.sealing import Sealer
from ledger_service.journal.snapshots import NoSnapshots
from ledger_service.journal.waiting import Posting, Question, Waiting
from ledger_service.journal.writer import Surroundings, Writer, Written
from shared.log_format.checkpoints import Checkpoint
from shared.log_format.notes import SigningKey
from shared.rules.recording import Recorder, first_entries


class Journal(Protocol):
    """A door to a journal. The writer behind it may be a thread of this process or a process of its own."""

    recorder: JournalRecorder

    @property
    def stopped(self) -> str | None:
        """Why nothing is recorded any more, when log and model were found out of step."""

    @property
    def queued(self) -> int:
        """How many requests wait for the writer."""

    def record(self, command: Command) -> Answer:
        """Decide and record; raises the command's Problem, or Unavailable when nothing could be recorded."""

    def ask(self, name: str, *arguments: Any, seconds: float = QUESTION_SECONDS_MAX) -> bytes:
        """The answer to one of the QUESTIONS, as JSON, as of the last commit of any process."""

    def reading(self) -> AbstractContextManager[Reader]:
        """A read transaction on the stored journal."""

    def close(self) -> None:
        """Take no more, finish what waits, let go of the store."""


def utc_now() -> datetime:
    """The present UTC instant."""
    return datetime.now(UTC)


def rules_over(kept: Kept, origin: str) -> Recorder:
    """The rules, deciding on the kept model."""
    return Recorder(kept.model, origin, kept.entry_at, kept.tree)


def opened(
    recorder: JournalRecorder,
    key: SigningKey,
    *,
    now: Callable[[], datetime] = utc_now,
    limit: RefusalLimit | None = None,
    published: Callable[[CheckpointRow], None] = lambda _: None,
    written: Callable[[Written], None] = lambda _: None,
    rules: Callable[[Kept, str], Rules] = rules_over,
    snapshots: NoSnapshots | None = None,
    continues: Checkpoint | None = None,
) -> Writer:
    """The writer of a stored journal: StoreRefused when it is another log's, damaged or out of step; begun when
    empty. `continues` is the last checkpoint of the log that this one continues, under another key and origin."""
    snapshots, sealer = snapshots or NoSnapshots(), Sealer(key)
    recorder.prepare(key.name, sealer.link)
    kept = Kept(_entry_bytes(recorder))
    try:
        with recorder.reading() as reader:
            read_in(kept, reader, key.verifier, snapshots.fitting(reader))
    except OutOfStep as error:
        raise StoreRefused(str(error)) from error
    deciding = rules(kept, key.name)
    if kept.position == 0:
        with recorder.group() as group:
            if kept.catch_up(group) == 0 and isinstance(deciding, Recorder):
                kept.draft(first_entries(deciding, now(), continued(continues)))
                sealer.append(group, kept, {})
        kept.publish()
    check_continued(kept.entry_at(1), continues)
    snapshots.offer(kept)
    around = Surroundings(sealer, limit or RefusalLimit(600), now, published, written, snapshots)
    return Writer(recorder, kept, deciding, around)


def _entry_bytes(recorder: JournalRecorder) -> Callable[[int], bytes | None]:
    def read(position: int) -> bytes | None:
        with recorder.reading() as reader:
            return reader.entries_at([position]).get(position)

    return read


class ThreadedJournal:
    """A journal whose writer is a thread of this process."""

    def __init__(self, recorder: JournalRecorder, writer: Writer) -> None:
        self.recorder = recorder
        self._waiting = Waiting()
        self._writer = writer
        self._thread = Thread(target=self._run, name="journal-writer", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while (taken := self._waiting.take()) is not None:
            self._writer.turn(*taken)

    @property
    def stopped(self) -> str | None:
        """Why nothing is recorded any more."""
        return self._writer.stopped

    @property
    def queued(self) -> int:
        """How many requests wait for the writer."""
        return len(self._waiting)

    def record(self, command: Command) -> Answer:
        """Decide and record."""
        promise: Promise[Outcome] = Promise()
        self._waiting.post(Posting(command, promise.tell))
        outcome = promise.result()
        if outcome.problem is not None:
            raise outcome.problem
        return answer_of(outcome, command.batch)

    def ask(self, name: str, *arguments: Any, seconds: float = QUESTION_SECONDS_MAX) -> bytes:
        """The answer to a question."""
        promise: Promise[bytes] = Promise(seconds, NOT_ANSWERED)
        self._waiting.ask(Question(name, list(arguments), promise.tell))
        return promise.result()

    def reading(self) -> AbstractContextManager[Reader]:
        """A read transaction on the stored journal."""
        return self.recorder.reading()

    def close(self) -> None:
        """Take no more, finish what waits, let go of the store."""
        self._waiting.close()
        self._thread.join()
        self._writer.close()
        self.recorder.close()
