"""The writer's side of the channel: takes what was sent, gives the writer its turns, sends what it tells."""

import time
from collections.abc import Callable
from select import select
from typing import Any

import structlog

from ledger_service.journal.channel import Channel, message
from ledger_service.journal.commands import Command, Outcome, Posted, answer_of
from ledger_service.journal.waiting import Posting, Question, Waiting
from ledger_service.journal.writer import Writer, Written
from shared.contract.problems import Problem, packed

log = structlog.get_logger("journal")
GATHER_SECONDS = 0.005
"""Groups begin at least this far apart while more than a few posts are in work: each costs the same again, in the doors
too, and whoever is on their way comes along (PostgreSQL's commit_delay and commit_siblings)."""
FEW = 8
FAULT = Problem("This is a fault of the service. It has been logged.")


class Desk:
    """What waits for the writer and what is to be sent, of one service's doors."""

    def __init__(self, channel: Channel, bulk: Channel) -> None:
        """Batches come through `bulk`, all else through `channel`, and so do all answers."""
        self._channel = channel
        self._bulk = bulk
        self._waiting = Waiting()
        self._sending: list[bytes] = []
        self._in_work = 0
        self._turned = 0.0

    def written(self, group: Written) -> None:
        """Pass on what a group did."""
        self._sending.append(message({"written": [group.requests, group.types, group.seconds, group.size]}))

    def serve(self, writer: Writer) -> None:
        """Deal with what comes until the other ends are closed and nothing waits."""
        while len(self._waiting) or not (self._channel.ended and self._bulk.ended):
            self._look(wait=not len(self._waiting))
            if self._in_work > FEW:
                self._gather()
            self._turned = time.monotonic()
            if len(self._waiting) and (taken := self._waiting.take()):
                writer.turn(*taken)
            if writer.stopped is not None:
                self._sending.append(message({"stopped": writer.stopped}))
            self._send()

    def _look(self, *, wait: bool) -> None:
        """Take what has come."""
        ways = [way for way in (self._channel, self._bulk) if not way.ended]
        ready, _, _ = select(ways, (), (), None if wait else 0)
        for way in ready:
            for said, about in way.received(wait=False):
                self._take(said, about)

    def _gather(self) -> None:
        """Let some time go by since the last turn began, and take what came meanwhile."""
        time.sleep(max(0.0, self._turned + GATHER_SECONDS - time.monotonic()))
        self._look(wait=False)

    def _send(self) -> None:
        if self._sending:
            sending, self._sending = self._sending, []
            self._channel.send(*sending)

    def _take(self, said: dict[str, Any], about: bytes) -> None:
        number, self._in_work = said["number"], said["in_work"]
        try:
            if "ask" in said:
                self._waiting.ask(Question(said["ask"], said["arguments"], self._teller(number, _question_answered)))
            else:
                command = _command(said, about)
                told = self._teller(number, lambda outcome: _recorded(outcome, command.batch))
                self._waiting.post(Posting(command, told))
        except Problem as refused:
            self._sending.append(message({"number": number, "problem": packed(refused)}))

    def _teller(self, number: int, answer: Callable[[Any], tuple[dict[str, Any], bytes]]) -> Callable[[Any], None]:
        def tell(outcome: Any) -> None:
            problem = outcome.problem if isinstance(outcome, Outcome) else outcome
            if isinstance(problem, Exception):
                self._sending.append(message({"number": number, "problem": packed(_problem(problem))}))
                return
            try:
                said, about = answer(outcome)
            except Exception as error:  # noqa: BLE001 - told to this caller alone, the writer goes on
                said, about = {"problem": packed(_problem(error))}, b""
            self._sending.append(message({"number": number, **said}, about))

        return tell


def _command(said: dict[str, Any], about: bytes) -> Command:
    marks = said["marks"]
    posted = Posted(about[marks:], about[:marks])
    return Command(posted, said["subject"], frozenset(said["roles"]), said["batch"], said["dry_run"])


def _recorded(outcome: Outcome, batch: bool) -> tuple[dict[str, Any], bytes]:
    answer = answer_of(outcome, batch)
    return {"status": answer.status, "position": answer.position}, answer.body


def _question_answered(answer: bytes) -> tuple[dict[str, Any], bytes]:
    return {}, answer


def _problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    log.error("a request failed", exc_info=error)
    return FAULT
