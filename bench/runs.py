"""A run under load: a row for each minute, verdicts against the aims; on the screen, as JSON, in bench/README.md."""

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median_low
from typing import Any

from rich.console import Console, Group
from rich.table import Table

from bench.figures import percentile
from bench.machine import machine
from bench.open_loop import Window, together
from bench.stores import KINDS
from bench.table import number
from bench.watching import Seen, Watch

FOLDER = Path(__file__).parent
PAGE = FOLDER / "README.md"
MEGABYTE = 1_000_000
NONE_YET = "No run is kept here yet."


@dataclass(frozen=True)
class Row:
    """What happened in one minute: counts, latencies in ms, usual bytes by process, and the largest queue and lag."""

    minute: int
    seconds: int
    offered: int
    accepted: int
    shed: int
    others: int
    p50: float
    p99: float
    shed_p99: float
    ready_p99: float
    queued: int
    lag: int
    position: int
    bytes: dict[str, int]


@dataclass(frozen=True)
class Verdict:
    """A figure, its aim ("≤ 5", or nothing), and a word on it."""

    name: str
    value: float
    aim: str
    more: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the aim is reached; None without one."""
        if not self.aim:
            return None
        comparison, _, bound = self.aim.partition(" ")
        return self.value >= float(bound) if comparison == "≥" else self.value <= float(bound)


@dataclass(frozen=True)
class Run:
    """One run on one store: what was done, what happened, and what to think of it."""

    name: str
    store: str
    said: dict[str, str]
    rows: list[Row]
    verdicts: list[Verdict]
    machine: dict[str, str] = field(default_factory=machine)
    date: str = field(default_factory=lambda: datetime.now(UTC).date().isoformat())

    @property
    def holds(self) -> bool:
        """Whether every aim was reached."""
        return all(verdict.holds is not False for verdict in self.verdicts)

    @classmethod
    def read(cls, path: Path) -> "Run":
        """The run that was written there."""
        said: dict[str, Any] = json.loads(path.read_text())
        rows = [Row(**row) for row in said.pop("rows")]
        return cls(**said | {"rows": rows, "verdicts": [Verdict(**one) for one in said["verdicts"]]})


def rows_of(windows: list[Window], watch: Watch, began: float, minute: float) -> list[Row]:
    """Seconds of a load that began at a (monotonic) moment, with what was seen meanwhile, by the minute."""
    width = max(1, round(minute))
    chunks = [windows[at : at + width] for at in range(0, len(windows), width)]
    return [
        _row(
            number + 1, len(chunk), together(chunk), watch.between(began + number * width, began + (number + 1) * width)
        )
        for number, chunk in enumerate(chunks)
    ]


def _row(minute: int, seconds: int, window: Window, seen: list[Seen]) -> Row:
    ready = [1000 * one.ready_seconds for one in seen if one.ready_seconds is not None]
    return Row(
        minute,
        seconds,
        window.offered,
        len(window.accepted),
        len(window.shed),
        sum(window.others.values()),
        round(window.ms(0.5), 2),
        round(window.ms(0.99), 2),
        round(window.shed_ms(0.99), 2),
        round(percentile(ready, 0.99), 1) if ready else 0.0,
        max((one.queued for one in seen), default=0),
        max((one.lag for one in seen), default=0),
        seen[-1].position if seen else 0,
        _usual([one.bytes for one in seen]),
    )


def _usual(looks: list[dict[str, int]]) -> dict[str, int]:
    """The median of each process's memory: what one moment's requests take on top is not growth."""
    names = looks[-1] if looks else {}
    return {name: median_low(look.get(name, 0) for look in looks) for name in names}


def _columns(run: Run) -> list[str]:
    names = ["minute", "offered/s", "accepted", "shed", "other", "p50 ms", "p99 ms", "shed p99 ms", "/readyz p99 ms"]
    return [*names, "queue", "lag", *(f"{name} MB" for name in run.rows[-1].bytes)]


def _cells(run: Run) -> Iterator[list[str]]:
    for row in run.rows:
        counts = [f"{count:,}" for count in (row.accepted, row.shed, row.others)]
        times = [f"{ms:.1f}" for ms in (row.p50, row.p99, row.shed_p99, row.ready_p99)]
        memory = [f"{row.bytes.get(name, 0) / MEGABYTE:.0f}" for name in run.rows[-1].bytes]
        offered = f"{row.offered / row.seconds:,.0f}"
        yield [str(row.minute), offered, *counts, *times, str(row.queued), f"{row.lag:,}", *memory]


def _verdict_cells(run: Run) -> Iterator[tuple[str, ...]]:
    for one in run.verdicts:
        holds = {True: "yes", False: "**no**", None: ""}[one.holds]
        yield one.name, number(one.value), " – ".join(filter(None, (one.aim, one.more))), holds


def as_table(run: Run) -> Group:
    """For the screen."""
    verdicts = Table(title=f"{run.name}, {run.store}", title_justify="left")
    minutes = Table(*_columns(run)) if run.rows else ""
    for cells in _cells(run):
        minutes.add_row(*cells)  # type: ignore[union-attr]
    for column in ("Figure", "Measured", "Aim", "Holds"):
        verdicts.add_column(column)
    for verdict in _verdict_cells(run):
        verdicts.add_row(*verdict)
    return Group(*(f"{name}: {words}" for name, words in run.said.items()), minutes, verdicts)


def as_markdown(run: Run) -> str:
    """For the page."""
    on = ", ".join(f"{name} {said}" for name, said in run.machine.items())
    said = [f"- {name}: {words}" for name, words in run.said.items()]
    columns = _columns(run) if run.rows else []
    minutes = ["", _line(columns), _line(["---:"] * len(columns)), *map(_line, _cells(run))] if columns else []
    verdicts = [_line(("Figure", "Measured", "Aim", "Holds")), "|---|---|---|---|", *map(_line, _verdict_cells(run))]
    head = f"#### On {run.store}\n\nTaken on {run.date} on: {on}."
    return "\n".join([head, "", *said, "", *verdicts, *minutes])


def _line(cells: Any) -> str:
    return f"| {' | '.join(cells)} |"


def keep(run: Run, folder: Path | None = None) -> None:
    """Write a run as JSON; into the page too unless it is kept in a folder of one's own."""
    (folder or FOLDER).mkdir(parents=True, exist_ok=True)
    path = (folder or FOLDER) / f"{run.name}-{run.store.lower()}.json"
    path.write_text(json.dumps(asdict(run), indent=1, ensure_ascii=False) + "\n")
    if folder is None:
        PAGE.write_text(with_runs(PAGE.read_text(), run.name, runs_in(FOLDER, run.name)))


def runs_in(folder: Path, name: str) -> list[Run]:
    """The runs of a kind that are kept in a folder, SQLite's last."""
    return [Run.read(path) for path in sorted(folder.glob(f"{name}-*.json"), reverse=True)]


def with_runs(page: str, name: str, runs: list[Run]) -> str:
    """The page with these runs in the block of this kind; ValueError when it has none."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    if not re.search(f"{begin}.*{end}", page, re.DOTALL):
        raise ValueError(f"the page has no block from {begin} to {end}")
    said = "\n\n".join(map(as_markdown, runs)) or NONE_YET
    return re.sub(f"{begin}.*{end}", lambda _: f"{begin}\n\n{said}\n\n{end}", page, flags=re.DOTALL)


def measure_each(
    bench: str, about: str | None, unit: str, default: float, measured: Callable[[str, float], Run]
) -> int:
    """The command line of a bench under load: measure on each store, print, keep; 1 when an aim was missed.

    `measured` is given a store's kind and how many of `unit` the load lasts.
    """
    options = argparse.ArgumentParser(prog=f"python -m bench.{bench}", description=about)
    options.add_argument(f"--{unit}", dest="length", type=float, default=default, help=f"of load (default {default:g})")
    options.add_argument("--store", nargs="*", choices=list(KINDS), default=["sqlite"])
    options.add_argument("--output", type=Path, help="a folder for the results (default: bench/, and into the page)")
    chosen = options.parse_args()
    console, held = Console(width=None if sys.stdout.isatty() else 170), True
    for kind in chosen.store:
        run = measured(kind, chosen.length)
        console.print(as_table(run))
        keep(run, chosen.output)
        held = held and run.holds
    return 0 if held else 1
