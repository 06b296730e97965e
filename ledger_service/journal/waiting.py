"""Requests waiting for the writer: single events go first, bulk gets its turn, and there is an end to the queue."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition
from typing import Any

from ledger_service.journal.commands import Command, Outcome
from shared.contract.problems import Unavailable

GROUP_REQUESTS_MAX = 512
BULK_EVENTS_MAX = 2_000
"""More batches than fit into this are another group: larger ones gain nothing, and single events would wait longer."""
BULK_EVENTS_BETWEEN_SINGLES = 1_000
WAITING_REQUESTS_MAX = 4_096
"""More than the door of `ledger serve` ever lets in."""
WAITING_EVENTS_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Posting:
    """A command, and who is told its outcome, or why there is none."""

    command: Command
    tell: Callable[[Outcome | Exception], None]


@dataclass(frozen=True, slots=True)
class Question:
    """Something to be read off the committed model by name, and who is told the answer."""

    name: str
    arguments: list[Any]
    tell: Callable[[bytes | Exception], None]


class Waiting:
    """The bounded queue in front of the one writer."""

    def __init__(self, requests_max: int = WAITING_REQUESTS_MAX, events_max: int = WAITING_EVENTS_MAX) -> None:
        self._requests_max = requests_max
        self._events_max = events_max
        self._singles: deque[Posting] = deque()
        self._bulk: deque[Posting] = deque()
        self._questions: deque[Question] = deque()
        self._events = 0
        self._bulk_is_next = False
        self._closed = False
        self._changed = Condition()

    def __len__(self) -> int:
        return len(self._singles) + len(self._bulk) + len(self._questions)

    def post(self, posting: Posting) -> None:
        """Queue a command; Unavailable (503) when the queue is full or the service is stopping."""
        command = posting.command
        with self._changed:
            self._check()
            if self._events and self._events + len(command.events) > self._events_max:
                raise Unavailable("Too much is waiting to be recorded.", 1)
            self._events += len(command.events)
            (self._bulk if command.batch else self._singles).append(posting)
            self._changed.notify()

    def ask(self, question: Question) -> None:
        """Queue a question to the committed model; Unavailable (503) like `post`."""
        with self._changed:
            self._check()
            self._questions.append(question)
            self._changed.notify()

    def _check(self) -> None:
        if self._closed:
            raise Unavailable("The service is stopping.", 1)
        if len(self) >= self._requests_max:
            raise Unavailable("Too many requests are waiting.", 1)

    def take(self) -> tuple[list[Posting], list[Question]] | None:
        """What the next turn deals with, waiting for something; None when closed and empty."""
        with self._changed:
            while not len(self):
                if self._closed:
                    return None
                self._changed.wait()
            postings = self._take_bulk() if self._is_bulks_turn() else self._take_singles()
            self._events -= sum(len(posting.command.events) for posting in postings)
            questions = list(self._questions)
            self._questions.clear()
            return postings, questions

    def _is_bulks_turn(self) -> bool:
        return bool(self._bulk) and (self._bulk_is_next or not self._singles)

    def _take_singles(self) -> list[Posting]:
        self._bulk_is_next = True
        return [self._singles.popleft() for _ in range(min(GROUP_REQUESTS_MAX, len(self._singles)))]

    def _take_bulk(self) -> list[Posting]:
        """At least one batch, and more while they stay below a limit: a low one when single events wait."""
        room = BULK_EVENTS_BETWEEN_SINGLES if self._singles else BULK_EVENTS_MAX
        self._bulk_is_next = False
        taken = [self._bulk.popleft()]
        room -= len(taken[0].command.events)
        while self._bulk and (room := room - len(self._bulk[0].command.events)) >= 0:
            taken.append(self._bulk.popleft())
        return taken

    def close(self) -> None:
        """Take nothing more; what waits is still dealt with."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
