"""The figures of the last runs, written into bench/README.md: after `make bench`, or by `python -m bench.readme`.

A run is kept in bench/results.json, one of another length of history in bench/results-LENGTH.json beside it.
"""

import re
from pathlib import Path

from bench.figures import Figure
from bench.table import Results, measured, not_run, number

FOLDER = Path(__file__).parent
PAGE = FOLDER / "README.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
COLUMNS = ("Question", "Store", "Ours", "Limit", "Ratio", "Aim", "Holds")
RULE = "|---|---|---|---|---:|---|---|"
MORE_MAX = 3
"""A figure with more beside it than this stands alone here; `make bench` prints all of it."""
NONE_YET = "No run is kept here yet: `make bench` takes the figures."


def results_in(folder: Path) -> list[Results]:
    """The runs that are kept in a folder, the shortest history first."""
    found = [Results.read(path) for path in (folder / "results.json", *folder.glob("results-*.json")) if path.exists()]
    return sorted(found, key=lambda results: results.size)


def as_markdown(results: Results) -> str:
    """One run: when, on what, and its table."""
    machine = ", ".join(f"{name} {said}" for name, said in results.machine.items())
    taken = f"Taken on {results.date}" if results.date else "Taken"
    head = f"{taken} in {results.minutes:g} minutes, medians of {results.rounds}, on: {machine}."
    lines = [f"### {results.size:,} events of history", "", head, "", _row(COLUMNS), RULE]
    lines += [_row(_cells(figure)) for figure in results.figures]
    return "\n".join([*lines, "", not_run(results)]).strip()


def _cells(figure: Figure) -> tuple[str, ...]:
    ours = measured(figure if len(figure.more) <= MORE_MAX else figure.without_more())
    limit = f"{figure.limit} {number(figure.limit_value)} {figure.unit}".strip() if figure.limit else ""
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    aim = f"{figure.aim} {figure.unit}".strip() if figure.aim else ""
    holds = {True: "yes", False: "**no**", None: ""}[figure.holds]
    return figure.question, figure.store, ours, limit, ratio, aim, holds


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def with_figures(page: str, runs: list[Results]) -> str:
    """The page with these runs in its block; ValueError when it has none."""
    if not re.search(f"{BEGIN}.*{END}", page, re.DOTALL):
        raise ValueError(f"the page has no block from {BEGIN} to {END}")
    said = "\n\n".join(map(as_markdown, runs)) or NONE_YET
    return re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n\n{said}\n\n{END}", page, flags=re.DOTALL)


def write_figures(folder: Path = FOLDER, page: Path = PAGE) -> None:
    """Put the runs kept in a folder into the page."""
    page.write_text(with_figures(page.read_text(), results_in(folder)))


if __name__ == "__main__":
    write_figures()
