"""The driver: every fault class on every store asked for, a line to replay each failure, and the table of it all."""

import json
import os
import queue
import sys
from collections.abc import Iterator
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.faults import lanes, table
from tests.faults.ground import STORES
from tests.faults.lanes import HISTORY, Line, Task

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "var" / "faults" / "results.jsonl"


def tasks_of(only: tuple[str, ...], stores: tuple[str, ...], seeds: range, kills: int, length: int) -> list[Task]:
    """What is to be run: each case under each seed on each store, and histories that share the kills out."""
    names = lanes.chosen(only)
    found = [Task(name, store, seed) for name in names if name != HISTORY for seed in seeds for store in stores]
    found = [task for task in found if lanes.takes_place(task.case, task.store)]
    if HISTORY in names and kills:
        shares = [min(length, kills - start) for start in range(0, kills, length)]
        found += [Task(HISTORY, stores[n % len(stores)], seeds.start + n, share) for n, share in enumerate(shares)]
    return found


def kept() -> list[Line]:
    """The lines of tasks that earlier runs finished without a failure."""
    lines = [json.loads(line) for line in KEPT.read_text().splitlines()] if KEPT.exists() else []
    done = {_key(line) for line in lines if "done" in line} - {_key(line) for line in table.failures(lines)}
    return [line for line in lines if _key(line) in done]


def _key(line: Line) -> tuple[Any, ...]:
    return tuple(line[name] for name in ("case", "store", "seed", "kills"))


def run(tasks: list[Task], abreast: int) -> Iterator[Line]:
    """Every line of every task, as it comes; so many lanes for each store, all side by side."""
    context = get_context("spawn")
    told = context.Queue()
    running = []
    for store in dict.fromkeys(task.store for task in tasks):
        own = [task for task in tasks if task.store == store]
        for lane in range(min(abreast, len(own))):
            arguments = (store, own[lane::abreast], os.getpid(), told)
            running.append(context.Process(target=lanes.run, args=arguments))
            running[-1].start()
    left = len(tasks)
    while left:
        try:
            line = told.get(timeout=1)
        except queue.Empty:
            assert all(lane.is_alive() or lane.exitcode == 0 for lane in running), "a lane has ended early"
            continue
        left -= "done" in line
        yield line
    for lane in running:
        lane.join()


def shown(tasks: list[Task], abreast: int, console: Console) -> Iterator[Line]:
    """The same with a bar for each store, and a line for each failure."""
    columns = (TextColumn("{task.description:32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        stores = dict.fromkeys(task.store for task in tasks)
        bar = {
            store: bars.add_task(store, total=sum(task.kills or 1 for task in tasks if task.store == store))
            for store in stores
        }
        for line in run(tasks, abreast):
            yield line
            if "acknowledged" in line:
                bars.update(bar[line["store"]], advance=1, description=f"{line['store']} {line['struck']}")
            elif not console.is_terminal:
                console.print(f"{line['store']} {line['case']} {line['seed']}: done", highlight=False)
            for failed in table.failures([line]):
                words = failed.get("failed") or f"{failed['lost']} lost, {failed['doubled']} doubled"
                console.print(f"{failed['struck']}: {words}", style="red", markup=False, soft_wrap=True)
                console.print(f"  replay: {Task(*_key(failed)).replay}", markup=False, soft_wrap=True)


def _range(_context: click.Context, _option: click.Parameter, text: str) -> range:
    first, _, last = text.partition(":")
    if not first.isdigit() or not (last or first).isdigit():
        raise click.BadParameter("is FIRST:END, such as 1035:1045")
    return range(int(first), int(last) if last else int(first) + 1)


@click.command()
@click.option("--only", multiple=True, help="Cases to run, such as disk/full, 'network/*' or kills; by default all.")
@click.option("--store", type=click.Choice(STORES), help="One store; by default both, side by side.")
@click.option("--seeds", default="1035:1036", show_default=True, callback=_range, help="FIRST:END.")
@click.option("--kills", default=80, show_default=True, help="How many kills the histories share out.")
@click.option("--length", default=40, show_default=True, help="How many kills a history has.")
@click.option("--lanes", "abreast", default=1, show_default=True, help="Pairs of services on each store at once.")
@click.option("--resume", is_flag=True, help="Run only what no earlier run has finished.")
@click.option("--write", type=click.Path(path_type=Path, dir_okay=False), help="Put the table into this document.")
def main(
    only: tuple[str, ...],
    store: str | None,
    seeds: range,
    kills: int,
    length: int,
    abreast: int,
    resume: bool,
    write: Path | None,
) -> None:
    """Strike both real services with every class of fault; exit code 1 when anything was lost, doubled or untrue."""
    console = Console()
    tasks = tasks_of(only, (store,) if store else STORES, seeds, kills, length)
    chosen = {_key(asdict(task)) for task in tasks}
    before = kept()
    lines = [line for line in before if resume and _key(line) in chosen]
    done = {_key(line) for line in lines}
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    others = [line for line in before if _key(line) not in chosen]
    KEPT.write_text("".join(f"{json.dumps(line)}\n" for line in [*others, *lines]))
    with KEPT.open("a", buffering=1) as file:
        for line in shown([task for task in tasks if _key(asdict(task)) not in done], abreast, console):
            file.write(f"{json.dumps(line)}\n")
            lines.append(line)
    console.print(table.document(lines), markup=False, highlight=False, soft_wrap=True)
    if write:
        table.write(write, lines)
    sys.exit(1 if table.failures(lines) else 0)


if __name__ == "__main__":
    main()
