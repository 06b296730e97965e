"""Trying a parser with many inputs in a process of its own, which the one that started it watches."""

import multiprocessing
import os
import resource
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import structlog

from shared.process import die_with_parent
from tests.fuzz.making import made
from tests.fuzz.parser import SECONDS_MAX, Parser
from tests.fuzz.parsers import PARSERS

STUCK_SECONDS = 30.0
"""Without a next input for so long, whatever the processor did meanwhile: the process is ended."""
MEMORY_BYTES_MAX = 4 << 30
KINDS_MAX = 20


class Slow(BaseException):
    """An input took more than SECONDS_MAX of processor time."""


@dataclass(frozen=True)
class Failure:
    """Something that should not have come out, the first input it came from and how often it came."""

    parser: str
    index: int
    said: str
    times: int = 1

    def replay(self, seed: int) -> str:
        """The command that shows it again."""
        return f"python -m tests.fuzz --only {self.parser} --seed {seed} --at {self.index}"


@dataclass
class Outcome:
    """What came of a parser's inputs."""

    parser: str
    inputs: int = 0
    accepted: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    failures: dict[str, Failure] = field(default_factory=dict)

    def failed(self, failure: Failure) -> None:
        """Keep a failure, the first of its kind."""
        kind = failure.said.partition("): ")[0]
        known = self.failures.get(kind)
        self.failures[kind] = Failure(**{**vars(known), "times": known.times + 1}) if known else failure


def trial(parser: Parser, content: bytes) -> tuple[bool, str | None]:
    """Whether an input was accepted, and what is wrong if something is."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS_MAX)
    try:
        return parser.accepts(content), None
    except (Exception, Slow) as error:
        return False, _said(error)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _said(error: BaseException) -> str:
    where = traceback.extract_tb(error.__traceback__)[-1]
    said = f"{type(error).__name__} in {where.name} ({where.filename.rpartition('/')[2]}:{where.lineno}): {error}"
    return said[:400].encode("ascii", "backslashreplace").decode()


def unsaid(*_: Any) -> Any:
    """A processor that drops every line of the log."""
    raise structlog.DropEvent


def bounded() -> None:
    """Bound what an input may take in this process, and let nothing log."""
    structlog.configure(processors=[unsaid])

    def slow(*_: Any) -> None:
        raise Slow(f"more than {SECONDS_MAX} s of processor time")

    signal.signal(signal.SIGPROF, slow)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, resource.RLIM_INFINITY))


def _work(name: str, seed: int, first: int, count: int, counters: Any, told: Connection) -> None:
    """In the process of its own: the counters are input's number, inputs accepted, microseconds of the slowest."""
    die_with_parent(os.getppid())
    bounded()
    parser = PARSERS[name]()
    for index in range(first, first + count):
        counters[0] = index
        content = made(parser, seed, index)
        began = time.process_time()
        accepted, wrong = trial(parser, content)
        counters[1] += accepted
        counters[2] = max(counters[2], int((time.process_time() - began) * 1e6))
        if wrong is not None:
            told.send(Failure(name, index, wrong))
    counters[0] = first + count


def run(name: str, seed: int, count: int, first: int = 0, tell: Callable[[int], None] = lambda _done: None) -> Outcome:
    """Try a parser with so many inputs; a process that dies or gets stuck is a failure, and the next one goes on."""
    outcome, began, last = Outcome(name), time.monotonic(), first + count
    while first < last and len(outcome.failures) < KINDS_MAX:
        first = _until_it_ends(outcome, seed, first, last - first, tell)
    outcome.seconds = time.monotonic() - began
    return outcome


def _until_it_ends(outcome: Outcome, seed: int, first: int, count: int, tell: Callable[[int], None]) -> int:
    """Run one process; the number of the input to go on with."""
    counters = multiprocessing.RawArray("Q", [first, 0, 0])
    receiving, sending = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=_work, args=(outcome.parser, seed, first, count, counters, sending), daemon=True
    )
    process.start()
    sending.close()
    stuck = _watch(process, counters, receiving, outcome, tell)
    process.join()
    reached = int(counters[0])
    outcome.accepted += int(counters[1])
    outcome.slowest = max(outcome.slowest, counters[2] / 1e6)
    if reached < first + count:
        why = f"no end after {STUCK_SECONDS} s" if stuck else f"the process ended with {process.exitcode}"
        outcome.failed(Failure(outcome.parser, reached, why))
        reached += 1
    outcome.inputs += reached - first
    return reached


def _watch(process: Any, counters: Any, told: Connection, outcome: Outcome, tell: Callable[[int], None]) -> bool:
    """Hear what is told until the process ends; whether it had to be ended."""
    seen, moved_at = -1, time.monotonic()
    while process.is_alive() or told.poll():
        try:
            while told.poll(0.2):
                outcome.failed(told.recv())
        except EOFError:
            return False
        if counters[0] != seen:
            seen, moved_at = int(counters[0]), time.monotonic()
            tell(seen)
        elif time.monotonic() - moved_at > STUCK_SECONDS:
            process.kill()
            return True
    return False
