"""`python -m tests.fuzz --inputs 1000000 [--only PARSER] [--seed N]`: each parser with so many inputs, and a table."""

import argparse
import sys
import traceback

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.fuzz.making import made
from tests.fuzz.parsers import PARSERS
from tests.fuzz.running import Outcome, bounded, run, trial

LINE = "{:14} {:>10} {:>10} {:>9} {:>10} {:>12} {:>9}"


HEAD = LINE.format("parser", "inputs", "accepted", "seconds", "inputs/s", "slowest ms", "failures")


def told(one: Outcome, seed: int) -> str:
    """What came of one parser, and how to see each of its failures again."""
    rate = f"{one.inputs / max(one.seconds, 0.001):,.0f}"
    failed = sum(failure.times for failure in one.failures.values())
    figures = (f"{one.inputs:,}", f"{one.accepted:,}", f"{one.seconds:.0f}", rate, f"{one.slowest * 1000:.1f}")
    replays = (f"  {found.said} ({found.times} times)\n    {found.replay(seed)}" for found in one.failures.values())
    return "\n".join([LINE.format(one.parser, *figures, failed), *replays])


def replayed(name: str, seed: int, index: int) -> int:
    """Show one input and what comes of it."""
    bounded()
    parser = PARSERS[name]()
    content = made(parser, seed, index)
    print(f"{len(content)} bytes: {content[:2_000]!r}")
    _, wrong = trial(parser, content)
    print(wrong or "nothing is wrong with it")
    if wrong:
        try:
            parser.accepts(content)
        except Exception:
            traceback.print_exc()
    return 1 if wrong else 0


def main() -> int:
    """The exit code: 1 when anything failed."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    options.add_argument("--inputs", type=int, default=10_000, help="for each parser")
    options.add_argument("--only", choices=PARSERS, action="append", help="this parser; may be given again")
    options.add_argument("--seed", type=int, default=1035)
    options.add_argument("--at", type=int, help="show this one input of --only")
    chosen = options.parse_args()
    names = chosen.only or list(PARSERS)
    if chosen.at is not None:
        return replayed(names[0], chosen.seed, chosen.at)
    outcomes = []
    print(HEAD, flush=True)
    columns = (TextColumn("{task.description:14}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        for name in names:
            bar = bars.add_task(name, total=chosen.inputs)
            tell = lambda done, bar=bar: bars.update(bar, completed=done)  # noqa: E731
            outcomes.append(run(name, chosen.seed, chosen.inputs, tell=tell))
            tell(chosen.inputs)
            print(told(outcomes[-1], chosen.seed), flush=True)
    return 1 if any(one.failures for one in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
