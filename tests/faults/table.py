"""The table of all that was struck: made from kept lines, printed, and put between two marks of a document."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tests.faults.ground import STORES
from tests.faults.kept import Found, task_of
from tests.faults.lanes import HISTORY, Line

BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
WORDS_MAX = 300
HEAD = ("runs", "faults", "acknowledged", "lost", "doubled", "longest recovery")


def document(found: Found) -> str:
    """The tables in Markdown: by class and store, by fault, what failed, and what an operator reads."""
    good = [line for line in found.lines if "acknowledged" in line]
    by_class = _table(("class", "store", *HEAD), _rows(good, lambda line: (_class(line), NAMES[line["store"]])))
    by_fault = _table(("fault", *HEAD), _rows(good, lambda line: (line["struck"],)))
    return "\n\n".join(
        part for part in (_summary(good, found), _failed(found), by_class, by_fault, _said(good)) if part
    )


def words(failed: Line) -> str:
    """How something failed, on one line."""
    return " ".join(str(failed.get("failed") or f"{failed['lost']} lost, {failed['doubled']} doubled").split())


def write(path: Path, found: Found) -> None:
    """Put the tables between the marks."""
    text = path.read_text()
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    path.write_text(f"{before}{BEGIN}\n\n{document(found)}\n\n{END}{after}")


def _class(line: Line) -> str:
    return str(line["struck"]).split("/")[0]


def _summary(good: Sequence[Line], found: Found) -> str:
    kills = [line for line in good if line["case"] == HISTORY]
    seeds = sorted({line["seed"] for line in good})
    if not seeds:
        return "Nothing was run."
    asked = sum(task.kills for task in found.asked)
    killed = f"{len(kills):,} seeded kills of {asked:,} asked, with {_sum(kills, 'acknowledged'):,} acknowledged events"
    every = f"{_sum(good, 'faults'):,} faults with {_sum(good, 'acknowledged'):,} acknowledged events"
    failed = f"{len(found.failed)} failures, {len(found.gone)} of them gone when run again"
    missing = len(found.asked) - len(found.ended)
    return "\n".join(
        [
            f"Kills: {killed}: {_sum(kills, 'lost')} lost, {_sum(kills, 'doubled')} doubled.",
            f"All: {every}: {_sum(good, 'lost')} lost, {_sum(good, 'doubled')} doubled, {failed}.",
            f"Of {len(found.asked):,} cases and histories asked for, {len(found.ended):,} came to their end"
            + (f"; {missing:,} broke off or were not begun." if missing else "."),
            f"Seeds {seeds[0]} to {seeds[-1]}.",
        ]
    )


def _failed(found: Found) -> str:
    rows = [
        (
            line["struck"],
            NAMES[line["store"]],
            str(line["seed"]),
            "held" if task_of(line) in found.held else "not held",
            words(line)[:WORDS_MAX].replace("|", r"\|"),
        )
        for line in found.failed
    ]
    return _table(("failed", "store", "seed", "run again", "how"), rows) if rows else ""


def _rows(lines: Sequence[Line], key: Callable[[Line], tuple[str, ...]]) -> list[tuple[str, ...]]:
    keys = dict.fromkeys(key(line) for line in lines)
    return [(*found, *_figures([line for line in lines if key(line) == found])) for found in keys]


def _figures(lines: Sequence[Line]) -> tuple[str, ...]:
    sums = [f"{_sum(lines, name):,}" for name in ("faults", "acknowledged", "lost", "doubled")]
    longest = [
        f"{max(times):.1f} s"
        for store in STORES
        if any(times := [line["recovery_seconds"] for line in lines if line["store"] == store])
    ]
    return (f"{len(lines):,}", *sums, " · ".join(longest) or "–")


def _sum(lines: Iterable[Line], name: str) -> int:
    return sum(line[name] for line in lines)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _said(lines: Sequence[Line]) -> str:
    said = dict.fromkeys((line["struck"], line["said"]) for line in lines if line["said"])
    first = dict(reversed(said))
    return _table(("fault", "what an operator reads"), sorted(first.items())) if first else ""
