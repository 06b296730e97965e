"""`python -m tests.audit.edits --edits 10000 --seed 1035`: seeded edits of stored data, and how each was found."""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.audit import on_bundles, on_ledger, resigned
from tests.audit.finding import BY_ITSELF, Edit, NothingChanged
from tests.audit.ground import Ground
from tests.audit.on_copies import OF as COPY
from tests.audit.on_copies import Copies

KINDS = ("flip", "delete", "swap", "insert", "truncate")
Maker = Callable[[random.Random], Edit]


def makers(ground: Ground, folder: Path) -> dict[tuple[str, str], Maker]:
    """What makes an edit of each kind."""
    copies, rewriting = Copies(ground), resigned.Rewriting(ground, folder)
    found: dict[tuple[str, str], Maker] = {}
    for kind in KINDS:
        found[on_ledger.OF, kind] = partial(on_ledger.edit_rows, ground, kind)
        found[COPY, kind] = partial(copies.edit, kind)
        found[on_bundles.OF, kind] = partial(on_bundles.edit_bundle, ground, kind)
    found[on_ledger.OF, "older copy"] = partial(on_ledger.edit_to_an_older_copy, ground)
    found[on_bundles.OF, "older copy"] = partial(on_bundles.edit_to_an_older_bundle, ground)
    found[on_ledger.OF, resigned.KIND] = partial(resigned.edit_entry_and_sign, ground)
    found[on_ledger.OF, "history rewritten"] = rewriting.edit_history
    found[on_bundles.OF, "history rewritten"] = rewriting.edit_bundle
    return dict(sorted(found.items()))


def edits(count: int, seed: int, folder: Path) -> Iterator[Edit]:
    """So many edits, as many of each kind."""
    ground = Ground(folder)
    try:
        made, chance = list(makers(ground, folder).values()), random.Random(seed)
        for number in range(count):
            yield _made(made[number % len(made)], chance)
    finally:
        ground.close()


def _made(maker: Maker, chance: random.Random) -> Edit:
    while True:
        try:
            return maker(chance)
        except NothingChanged:
            continue


def table(found: list[Edit]) -> str:
    """How many of each kind, how many were found, by whom, and how often the position was named."""
    heads = ("edited", "how", "edits", "found", "by own check", "by others", "position named")
    lines = ["{:15} {:18} {:>6} {:>6} {:>13} {:>10} {:>15}".format(*heads)]
    totals: Counter[str] = Counter()
    for key in sorted({(edit.of, edit.kind) for edit in found}):
        these = [edit for edit in found if (edit.of, edit.kind) == key]
        row = Counter(edits=len(these))
        for edit in these:
            row["found"] += edit.found is not None
            row["self"] += edit.found is not None and edit.found.by == BY_ITSELF
            row["others"] += edit.found is not None and edit.found.by != BY_ITSELF
            row["placed"] += edit.position is not None
            row["named"] += edit.named
        totals += row
        lines.append(_line(*key, row))
    return "\n".join([*lines, _line("all", "", totals)])


def _line(of: str, kind: str, row: Counter[str]) -> str:
    named = f"{row['named']} of {row['placed']}"
    return f"{of:15} {kind:18} {row['edits']:6} {row['found']:6} {row['self']:13} {row['others']:10} {named:>15}"


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.audit.edits", description=__doc__)
    options.add_argument("--edits", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=1035)
    chosen = options.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="edits-") as folder:
        found = list(edits(chosen.edits, chosen.seed, Path(folder)))
    print(table(found))
    missed = [edit for edit in found if edit.found is None]
    for edit in missed[:20]:
        print(f"NOT FOUND: {edit}")
    unnamed = [edit for edit in found if edit.position is not None and not edit.named]
    for edit in unnamed[:20]:
        print(f"position not named: {edit}")
    print(f"seed {chosen.seed}, {time.monotonic() - began:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
