"""Lanes: one process per store, in which the cases of that store are run one after the other."""

import importlib
import random
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

from bench.leash import die_with
from tests.databases import Server
from tests.faults import process
from tests.faults.ground import Case, Ground, Outcome, server_for

CLASSES = ("process", "disk", "network", "clock", "concurrency", "evolution")
HISTORY = "kills"
Line = dict[str, Any]
"""One result as it is kept: the task's fields, what was struck, and its outcome or how it failed."""


@dataclass(frozen=True)
class Task:
    """One case on one store under one seed; for a history of kills, how many."""

    case: str
    store: str
    seed: int
    kills: int = 0

    @property
    def replay(self) -> str:
        """The command that runs it again."""
        more = f" --kills {self.kills} --length {self.kills}" if self.kills else ""
        return (
            f"python -m tests.faults --only {self.case} --store {self.store} --seeds {self.seed}:{self.seed + 1}{more}"
        )


def cases() -> dict[str, Case]:
    """Every case by its name, `class/case`."""
    modules = {name: importlib.import_module(f"tests.faults.{name}") for name in CLASSES}
    return {f"{name}/{case}": found for name, module in modules.items() for case, found in module.CASES.items()}


def chosen(patterns: tuple[str, ...]) -> list[str]:
    """The names that any pattern matches; without one all, those in the histories of kills left out."""
    named = [HISTORY, *cases()]
    if patterns:
        return [name for name in named if any(fnmatch(name, pattern) for pattern in patterns)]
    return [name for name in named if name.removeprefix("process/") not in process.KILLS]


def takes_place(case: str, store: str) -> bool:
    """Whether a case strikes something that a store has; ONLY of its class names those of one store alone."""
    kind, _, name = case.partition("/")
    only: dict[str, str] = getattr(importlib.import_module(f"tests.faults.{kind}"), "ONLY", {})
    return only.get(name, store) == store


def run(store: str, tasks: list[Task], parent: int, told: "Queue[Line]") -> None:
    """Run a store's tasks; every line goes into `told`, and one with `done` after each task."""
    die_with(parent)
    with server_for(store) as server:
        for task in tasks:
            for line in results(task, server):
                told.put(asdict(task) | line)
            told.put(asdict(task) | {"done": True})


def results(task: Task, server: Server | None) -> Iterator[Line]:
    """The lines of one task; a failure is one too, and leaves its folder behind."""
    folder = Path(tempfile.mkdtemp(prefix="fund-faults-"))
    ground = Ground(task.store, folder, server)
    try:
        yield from _hits(task, ground)
    except Exception as error:
        yield {"struck": task.case, "failed": f"{type(error).__name__}: {error}", "folder": str(folder)}
        ground.close()
    else:
        ground.close()
        shutil.rmtree(folder)


def _hits(task: Task, ground: Ground) -> Iterator[Line]:
    chance = random.Random(task.seed)
    if task.case != HISTORY:
        yield _line(task.case, cases()[task.case](ground, chance))
        return
    for hit in process.history(ground, task.seed, process.plan(chance, task.kills)):
        yield _line(f"process/{hit.kind}", hit.outcome)


def _line(struck: str, outcome: Outcome) -> Line:
    return {"struck": struck} | asdict(outcome)
