"""The journal whose writer is a process of its own: the doors and the rules each have a core to themselves."""

import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import count
from threading import Thread
from typing import Any

import structlog

from ledger_service.journal.channel import Channel, Message, message
from ledger_service.journal.commands import Answer, Command
from ledger_service.journal.promise import NOT_ANSWERED, QUESTION_SECONDS_MAX, Promise
from ledger_service.journal.recorders.interface import JournalRecorder, Reader, StoreRefused, StoreUnavailable
from ledger_service.journal.writer import Written
from shared.contract.problems import Unavailable, unpacked

log = structlog.get_logger("journal")
REFUSALS: dict[str, type[Exception]] = {kind.__name__: kind for kind in (StoreRefused, StoreUnavailable)}
"""Why a writer's process may not start, by the names it says."""
Heard = Promise[Message]


class RemoteJournal:
    """A door to the writer in a process of its own, which ends when this one does."""

    def __init__(
        self,
        recorder: JournalRecorder,
        module: str,
        *,
        written: Callable[[Written], None],
        published: Callable[[], None],
        lost: Callable[[], None],
        posts_in_work: Callable[[], int] = lambda: 0,
    ) -> None:
        """Start `python -m module PARENT DESCRIPTOR BULK`; `lost` is called when it ends on its own.

        `posts_in_work` counts those that wait for it together with those on their way to it: for these the writer waits
        a little.

        Batches have a way of their own, so that no single event waits behind one that has not been read yet.
        """
        self.recorder = recorder
        self.stopped: str | None = None
        self._written = written
        self._published = published
        self._lost = lost
        self._numbers = count(1)
        self._pending: dict[int, Heard] = {}
        self._closing = False
        self._is_lost = False
        self._posts_in_work = posts_in_work
        ours, theirs = zip(*(socket.socketpair() for _ in range(2)), strict=True)
        descriptors = [end.fileno() for end in theirs]
        arguments = [sys.executable, "-m", module, str(os.getpid()), *map(str, descriptors)]
        self._process = subprocess.Popen(arguments, pass_fds=descriptors, stdin=subprocess.DEVNULL)
        for end in theirs:
            end.close()
        self._channel, self._bulk = map(Channel, ours)
        self._hearing = Thread(target=self._hear, name="journal-hearing", daemon=True)

    def open(self) -> None:
        """Wait until the journal is open; StoreRefused or StoreUnavailable when it cannot be."""
        heard: list[Message] = []
        while not heard and not self._channel.ended:
            heard = list(self._channel.received(wait=True))
        said = heard[0][0] if heard else {}
        if "ready" not in said:
            self.close()
            kind = REFUSALS.get(said.get("refused", ""), StoreUnavailable)
            raise kind(said.get("cause", "The writer's process ended before the journal was open."))
        self._hearing.start()

    @property
    def pid(self) -> int:
        """The writer's process."""
        return self._process.pid

    @property
    def queued(self) -> int:
        """How many requests wait for an answer."""
        return len(self._pending)

    def record(self, command: Command) -> Answer:
        """Decide and record."""
        said = {
            "subject": command.subject,
            "roles": list(command.roles),
            "batch": command.batch,
            "dry_run": command.dry_run,
            "marks": len(command.events.marks),
        }
        through = self._bulk if command.batch else self._channel
        told, body = self._asked(Promise(), through, said, command.events.marks + command.events.body)
        return Answer(told["status"], body, told["position"])

    def ask(self, name: str, *arguments: Any, seconds: float = QUESTION_SECONDS_MAX) -> bytes:
        """The answer to a question."""
        if self._is_lost:
            raise Unavailable("The journal's writer has ended. Ask again.", 2)
        promise: Heard = Promise(seconds, NOT_ANSWERED)
        return self._asked(promise, self._channel, {"ask": name, "arguments": arguments})[1]

    def _asked(self, promise: Heard, through: Channel, said: dict[str, Any], about: bytes = b"") -> Message:
        number = next(self._numbers)
        self._pending[number] = promise
        try:
            if self._closing:
                raise Unavailable("The service is stopping.", 1)
            if self._is_lost:
                raise Unavailable("The journal's writer has ended; nothing was recorded. Ask again.", 2)
            whole = message({"number": number, "in_work": self._posts_in_work(), **said}, about)
            through.send_within(promise.left, whole)
            return promise.result()
        except TimeoutError:
            raise Unavailable("The journal's writer does not get on; this did not reach it. Ask again.", 5) from None
        except OSError as error:
            raise _unknown() from error
        finally:
            self._pending.pop(number, None)

    def _hear(self) -> None:
        """Pass on what the writer tells, until it says nothing more."""
        try:
            while not self._channel.ended:
                for said, about in self._channel.received(wait=True):
                    self._pass_on(said, about)
        finally:
            self._is_lost = True
            for number in list(self._pending):
                if promise := self._pending.pop(number, None):
                    promise.tell(_unknown())
            if not self._closing:
                log.critical("the writer's process has ended, or is not understood", exit_code=self._process.poll())
                self._lost()

    def _pass_on(self, said: dict[str, Any], about: bytes) -> None:
        if "number" in said:
            if promise := self._pending.pop(said["number"], None):
                promise.tell(unpacked(said["problem"]) if "problem" in said else (said, about))
        elif "written" in said:
            requests, types, seconds, size = said["written"]
            self._published()
            self._written(Written(requests, Counter(types), seconds, size))
        else:
            self.stopped = said["stopped"]

    def reading(self) -> AbstractContextManager[Reader]:
        """A read transaction on the stored journal."""
        return self.recorder.reading()

    def close(self) -> None:
        """Take no more, let the writer finish what waits, let go of the store."""
        if self._closing:
            return
        self._closing = True
        for channel in (self._channel, self._bulk):
            channel.finish()
        if self._hearing.is_alive():
            self._hearing.join()
        self._process.wait()
        for channel in (self._channel, self._bulk):
            channel.close()
        self.recorder.close()


def _unknown() -> Unavailable:
    return Unavailable("The journal's writer ended; whether this was recorded is not known. Ask with the same id.", 5)
