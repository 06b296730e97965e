"""`make bench`: every figure beside its limit, measured on this machine, on both stores, as one table."""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bench.figures import ROUNDS, Figure
from bench.load import Generator, generator
from bench.machine import machine
from bench.pair import Pair
from bench.peers import PEERS, Absent
from bench.questions.following import following
from bench.questions.keeping import keeping
from bench.questions.offline import offline
from bench.questions.posting import batches, singles
from bench.questions.proving import proving
from bench.questions.reading import reading
from bench.questions.rebuilding import rebuilding
from bench.questions.starting import starting
from bench.questions.turning import turning
from bench.readme import FOLDER, write_figures
from bench.stage import Stage
from bench.stores import KINDS
from bench.table import Results, as_table

SIZE = 100_000
SMALLEST = 10_000
WIDTH = 170
Question = Callable[[Stage, Pair], Iterator[Figure]]

WITH_REPORTING: dict[str, Question] = {
    "reading": reading,
    "turning": turning,
    "offline": offline,
    "rebuilding": rebuilding,
    "proving": proving,
    "keeping": keeping,
    "following": following,
}
"""Asked while both services run."""
ALONE: dict[str, Question] = {"starting": starting, "singles": singles, "batches": batches}
"""Asked of the ledger alone, so that two cores are enough for it and its clients."""
AT_EVERY_SIZE = frozenset({"reading", "starting"})


@contextmanager
def stage(kind: str, events: int, load: Generator, rounds: int, share: float) -> Iterator[Stage]:
    """A store of its own in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="fund-bench-"))
    try:
        with KINDS[kind](folder) as store:
            yield Stage(store, events, load, rounds, share)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def ask(at: Stage, names: frozenset[str]) -> Iterator[Figure]:
    """The figures of the questions named, on one stage."""
    with at.services() as pair:
        at.post_history(pair)
        for name, question in WITH_REPORTING.items():
            if name in names:
                yield from question(at, pair)
    with at.services(reporting=False) as pair:
        for name, question in ALONE.items():
            if name in names:
                yield from question(at, pair)


def sizes(size: int) -> list[int]:
    """The lengths of history that are measured: 10,000, 100,000 … up to the one asked for."""
    found = [size]
    while found[0] > SMALLEST:
        found.insert(0, found[0] // 10)
    return found


def measure(
    size: int, names: frozenset[str], stores: list[str], rounds: int = ROUNDS, share: float = 1.0
) -> Iterator[Figure]:
    """Every figure asked for, as it is measured."""
    with generator() as load:
        for kind in stores:
            for events in sizes(size):
                wanted = names if events == size else names & AT_EVERY_SIZE
                if wanted:
                    with stage(kind, events, load, rounds, share) as at:
                        yield from ask(at, wanted)


def compared(size: int, names: frozenset[str]) -> tuple[list[Figure], dict[str, str]]:
    """The peers' figures, and why the others were not run."""
    figures, not_run = [], {}
    for name, peer in PEERS.items():
        if name in names:
            try:
                figures += peer(size)
            except Absent as absent:
                not_run[name] = str(absent)
    return figures, not_run


def kept_as(size: int, *, whole: bool) -> str:
    """The name under which a run is kept; one that asked only a part never takes the place of a whole one."""
    if not whole:
        return "part.json"
    return "results.json" if size == SIZE else f"results-{size}.json"


def main() -> int:
    """Measure, print the table, keep the results; a whole run also writes its figures into bench/README.md."""
    every = [*WITH_REPORTING, *ALONE, *PEERS]
    options = argparse.ArgumentParser(prog="make bench", description=__doc__)
    options.add_argument("--size", type=int, default=SIZE, help=f"events of history (default {SIZE:,})")
    options.add_argument("--rounds", type=int, default=ROUNDS, help=f"medians of so many (default {ROUNDS})")
    options.add_argument("--share", type=float, default=1.0, help="share of the full load that is sent")
    options.add_argument("--only", nargs="*", choices=every, default=every)
    options.add_argument("--store", nargs="*", choices=list(KINDS), default=list(KINDS))
    options.add_argument("--output", type=Path, help="a file for the results (default: one in bench/)")
    chosen = options.parse_args()
    whole = (set(chosen.only), set(chosen.store), chosen.rounds, chosen.share) == (set(every), set(KINDS), ROUNDS, 1.0)
    names, began = frozenset(chosen.only), time.monotonic()
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    figures: list[Figure] = []
    for figure in measure(chosen.size, names, chosen.store, chosen.rounds, chosen.share):
        console.print(f"{figure.store:10} {figure.question}: {figure.value:,.1f} {figure.unit}", style="dim")
        figures.append(figure)
    peers, not_run = compared(chosen.size, names)
    minutes = (time.monotonic() - began) / 60
    today = datetime.now(UTC).date().isoformat()
    results = Results(chosen.size, chosen.rounds, machine(), figures + peers, not_run, round(minutes, 1), today)
    output = chosen.output or FOLDER / kept_as(chosen.size, whole=whole)
    output.write_text(json.dumps(results.as_dict(), indent=1, ensure_ascii=False) + "\n")
    console.print(as_table(results))
    if whole and output.parent == FOLDER:
        write_figures()
    return 0


if __name__ == "__main__":
    sys.exit(main())
