"""The driver: every fault class on every store asked for, a line to replay each failure, and the table of it all."""

import os
import queue
import sys
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.faults import kept, lanes, table
from tests.faults.ground import STORES
from tests.faults.lanes import HISTORY, Line, Task


def tasks_of(only: tuple[str, ...], stores: tuple[str, ...], seeds: range, kills: int, length: int) -> list[Task]:
    """What is to be run: each case under each seed on each store, and histories that share the kills out."""
    names = lanes.chosen(only)
    found = [Task(name, store, seed) for name in names if name != HISTORY for seed in seeds for store in stores]
    found = [task for task in found if lanes.takes_place(task.case, task.store)]
    if HISTORY in names and kills:
        shares = [min(length, kills - start) for start in range(0, kills, length)]
        found += [Task(HISTORY, stores[n % len(stores)], seeds.start + n, share) for n, share in enumerate(shares)]
    return found


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
            for failed in kept.failures([line]):
                console.print(f"{failed['struck']}: {table.words(failed)}", style="red", markup=False, soft_wrap=True)
                console.print(f"  replay: {kept.task_of(failed).replay}", markup=False, soft_wrap=True)


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
@click.option("--resume", is_flag=True, help="Run only what no earlier run has finished without a failure.")
@click.option("--table", "only_table", is_flag=True, help="Run nothing: the table of what the last run was asked for.")
@click.option("--write", type=click.Path(path_type=Path, dir_okay=False), help="Put the table into this document.")
def main(
    only: tuple[str, ...],
    store: str | None,
    seeds: range,
    kills: int,
    length: int,
    abreast: int,
    resume: bool,
    only_table: bool,
    write: Path | None,
) -> None:
    """Strike both real services with every class of fault; exit code 1 when anything was lost, doubled or untrue."""
    if only and (resume or only_table):
        raise click.UsageError("what is chosen with --only is not kept")
    console = Console()
    tasks = tasks_of(only, (store,) if store else STORES, seeds, kills, length)
    if only_table:
        lines = kept.read()
        tasks = kept.last_asked(lines) or tasks
    elif only:
        lines = list(shown(tasks, abreast, console))
    else:
        lines = kept_run(tasks, resume, lambda missing: shown(missing, abreast, console))
    found = kept.found(lines, tasks)
    console.print(table.document(found), markup=False, highlight=False, soft_wrap=True)
    if write:
        table.write(write, found)
    sys.exit(1 if found.failed else 0)


def kept_run(tasks: list[Task], resume: bool, run: Callable[[list[Task]], Iterator[Line]]) -> list[Line]:
    """Run what is missing, keep every line as it comes, and give all that is kept now."""
    try:
        with kept.writing(tasks, resume=resume) as keep:
            done = kept.found(kept.read(), tasks).held
            for line in run([task for task in tasks if task not in done]):
                keep(line)
    except kept.Busy as busy:
        raise click.ClickException(f"{busy}; wait for its end, or choose some cases with --only") from None
    return kept.read()


if __name__ == "__main__":
    main()
