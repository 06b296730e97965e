"""The journal as the rest of the service sees it: record, ask, read, close."""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, TypeVar

from ledger_service.journal.commands import Command, Outcome
from ledger_service.journal.continuing import check_continued, continued
from ledger_service.journal.deciding import Rules
from ledger_service.journal.kept import Kept, OutOfStep
from ledger_service.journal.limits import RefusalLimit
from ledger_service.journal.opening import read_in
from ledger_service.journal.recorders.interface import CheckpointRow, JournalRecorder, Reader, StoreRefused
from ledger_service.journal.sealing import Sealer
from ledger_service.journal.snapshots import NoSnapshots
from ledger_service.journal.waiting import Waiting
from ledger_service.journal.writer import Surroundings, Writer, Written
from shared.contract.problems import Unavailable
from shared.log_format.checkpoints import Checkpoint
from shared.log_format.notes import SigningKey
from shared.rules.model import Model
from shared.rules.recording import Recorder, first_entries

ANSWER_SECONDS_MAX = 120.0
Answer = TypeVar("Answer")


def utc_now() -> datetime:
    """The present UTC instant."""
    return datetime.now(UTC)


def rules_over(kept: Kept, origin: str) -> Recorder:
    """The rules, deciding on the kept model."""
    return Recorder(kept.model, origin, kept.entry_at, kept.tree)


class Journal:
    """One process's door to a journal: its writer thread, and reading for everybody."""

    def __init__(
        self,
        recorder: JournalRecorder,
        key: SigningKey,
        *,
        now: Callable[[], datetime] = utc_now,
        limit: RefusalLimit | None = None,
        published: Callable[[CheckpointRow], None] = lambda _: None,
        written: Callable[[Written], None] = lambda _: None,
        rules: Callable[[Kept, str], Rules] = rules_over,
        waiting: Waiting | None = None,
        snapshots: NoSnapshots | None = None,
        continues: Checkpoint | None = None,
    ) -> None:
        """Open it: StoreRefused when it is another log's, damaged or out of step; begin it when empty.

        `continues` is the last checkpoint of the log that this one continues, under another key and origin.
        """
        self.recorder = recorder
        self._snapshots = snapshots or NoSnapshots()
        sealer = Sealer(key)
        recorder.prepare(key.name, sealer.link)
        kept = Kept(self._entry_bytes)
        try:
            with recorder.reading() as reader:
                read_in(kept, reader, key.verifier, self._snapshots.fitting(reader))
        except OutOfStep as error:
            raise StoreRefused(str(error)) from error
        deciding = rules(kept, key.name)
        if kept.position == 0:
            self._begin(kept, deciding, sealer, now, continues)
        check_continued(kept.entry_at(1), continues)
        self._waiting = waiting or Waiting()
        self._snapshots.offer(kept)
        around = Surroundings(sealer, limit or RefusalLimit(600), now, published, written, self._snapshots)
        self._writer = Writer(recorder, kept, deciding, self._waiting, around)
        self._writer.start()

    def _begin(
        self, kept: Kept, rules: Rules, sealer: Sealer, now: Callable[[], datetime], continues: Checkpoint | None
    ) -> None:
        """Record what every log begins with, unless another process just did."""
        with self.recorder.group() as group:
            if kept.catch_up(group) == 0 and isinstance(rules, Recorder):
                kept.draft(first_entries(rules, now(), continued(continues)))
                sealer.append(group, kept, {})
        kept.publish()

    def _entry_bytes(self, position: int) -> bytes | None:
        with self.recorder.reading() as reader:
            return reader.entries_at([position]).get(position)

    @property
    def stopped(self) -> str | None:
        """Why nothing is recorded any more, when log and model were found out of step."""
        return self._writer.stopped

    @property
    def queued(self) -> int:
        """How many requests wait for the writer."""
        return len(self._waiting)

    def record(self, command: Command) -> Outcome:
        """Decide and record; raises the command's Problem, or Unavailable when nothing could be recorded."""
        outcome: Outcome = _result(self._waiting.post(command))
        if outcome.problem is not None:
            raise outcome.problem
        return outcome

    def ask(self, question: Callable[[Model], Answer]) -> Answer:
        """Read something off the model as of the last commit of any process."""
        answer: Answer = _result(self._waiting.ask(question))
        return answer

    def reading(self) -> AbstractContextManager[Reader]:
        """A read transaction on the stored journal."""
        return self.recorder.reading()

    def close(self) -> None:
        """Take no more, finish what waits, let go of the store."""
        self._waiting.close()
        self._writer.join()
        self._snapshots.wait()
        self.recorder.close()


def _result(promise: "Future[Any]") -> Any:
    try:
        return promise.result(ANSWER_SECONDS_MAX)
    except TimeoutError:
        raise Unavailable("No answer in time; it may still be recorded. Ask again with the same id.", 5) from None
