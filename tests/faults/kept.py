"""What runs have found, kept line by line under var/faults: one run writes at a time, and no failure is forgotten.

A line says how one strike came out, that a task ended (`done`), or, at the beginning of each run, what is `asked`.
A task that broke off or failed may be run again; what is counted of it is its last attempt that ended, and every
failure of any attempt.
"""

import fcntl
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from pathlib import Path

from tests.faults.lanes import Line, Task

FOLDER = Path(__file__).resolve().parents[2] / "var" / "faults"
RESULTS = "results.jsonl"


class Busy(Exception):
    """Another run writes here."""


@dataclass
class Attempt:
    """What one run has told of one task."""

    lines: list[Line] = field(default_factory=list)
    ended: bool = False


@dataclass(frozen=True)
class Found:
    """What was asked, how much of it came to its end, and what is counted."""

    asked: Sequence[Task]
    ended: frozenset[Task]
    """Asked, and run to the end; the last time without a failure, or with one."""
    lines: Sequence[Line]
    failed: Sequence[Line]
    """Every failure, whatever became of its task later."""
    held: frozenset[Task]
    """Tasks that ended without a failure the last time."""

    @property
    def gone(self) -> list[Line]:
        """The failures of tasks that held when they were run again."""
        return [line for line in self.failed if task_of(line) in self.held]


def task_of(line: Line) -> Task:
    """The task that a line is about."""
    return Task(line["case"], line["store"], line["seed"], line["kills"])


def failures(lines: Iterable[Line]) -> list[Line]:
    """Lines that say that something does not hold."""
    return [line for line in lines if line.get("failed") or line.get("lost") or line.get("doubled")]


def found(lines: Sequence[Line], asked: Sequence[Task]) -> Found:
    """What kept lines say of the tasks that are asked for; of failures, all."""
    attempts = _attempts(lines)
    last = {task: _last(tries) for task, tries in attempts.items()}
    failed = failures(line for tries in attempts.values() for one in tries for line in one.lines)
    counted = [line for task in asked if task in last for line in last[task].lines]
    ended = frozenset(task for task in asked if task in last and last[task].ended)
    held = frozenset(task for task, one in last.items() if one.ended and not failures(one.lines))
    known = {id(line) for line in counted}
    return Found(asked, ended, [*counted, *(line for line in failed if id(line) not in known)], failed, held)


def _last(tries: list[Attempt]) -> Attempt:
    return next((one for one in reversed(tries) if one.ended), tries[-1])


def _attempts(lines: Iterable[Line]) -> dict[Task, list[Attempt]]:
    attempts: dict[Task, list[Attempt]] = {}
    running: dict[Task, Attempt] = {}
    for line in lines:
        if "asked" in line:
            running.clear()
            continue
        task = task_of(line)
        if task not in running:
            running[task] = Attempt()
            attempts.setdefault(task, []).append(running[task])
        if "done" in line:
            running.pop(task).ended = True
        else:
            running[task].lines.append(line)
    return attempts


def last_asked(lines: Iterable[Line]) -> list[Task] | None:
    """What the last run was asked for, if any said so."""
    asked = [line["asked"] for line in lines if "asked" in line]
    return [Task(*fields) for fields in asked[-1]] if asked else None


def read() -> list[Line]:
    """Every kept line; a last one that broke off is left out."""
    path = FOLDER / RESULTS
    whole = path.read_text().rpartition("\n")[0] if path.exists() else ""
    return [json.loads(line) for line in whole.splitlines()]


@contextmanager
def writing(asked: Sequence[Task], *, resume: bool) -> Iterator[Callable[[Line], None]]:
    """Gives what keeps a line. What earlier runs kept is gone on with, or set aside under another name; Busy when
    another run writes here."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(f"another run writes into {FOLDER}") from None
        path = FOLDER / RESULTS
        if resume:
            _cut(path)
        elif path.exists():
            path.rename(_free())
        with path.open("a", buffering=1) as file:

            def keep(line: Line) -> None:
                file.write(f"{json.dumps(line)}\n")

            keep({"asked": [astuple(task) for task in asked]})
            yield keep


def _cut(path: Path) -> None:
    """Take away what is left of a line that broke off."""
    if path.exists():
        with path.open("r+b") as file:
            file.truncate(file.read().rfind(b"\n") + 1)


def _free() -> Path:
    return FOLDER / f"results-{len(list(FOLDER.glob('results-*.jsonl'))) + 1}.jsonl"
