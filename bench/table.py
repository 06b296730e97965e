"""The figures of one run as a table: on the screen, and in bench/README.md (`python -m bench.table`)."""

import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.table import Table

from bench.figures import Figure

FOLDER = Path(__file__).parent
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
COLUMNS = ("Question", "Store", "Measured", "Beside", "Ratio", "Aim")


@dataclass(frozen=True)
class Results:
    """One run: its size, the machine, its figures, and which peers were not run and why."""

    size: int
    rounds: int
    machine: dict[str, str]
    figures: list[Figure]
    not_run: dict[str, str] = field(default_factory=dict)
    minutes: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """For results.json."""
        return vars(self) | {"figures": [figure.as_dict() for figure in self.figures]}

    @classmethod
    def read(cls, path: Path) -> "Results":
        """The run that was written there."""
        said = json.loads(path.read_text())
        names = Figure.__dataclass_fields__
        figures = [Figure(**{k: v for k, v in row.items() if k in names}) for row in said.pop("figures")]
        return cls(**said, figures=figures)


def cells(figure: Figure) -> tuple[str, ...]:
    """One row."""
    more = "".join(
        f" ({name.rpartition(' ')[0]} {value:,.1f} {name.rpartition(' ')[2]})" for name, value in figure.more.items()
    )
    beside = f"{figure.limit} {number(figure.limit_value)} {figure.unit}".strip() if figure.limit else ""
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    reached = {True: " ✓", False: " ✗", None: ""}[figure.holds]
    aim = f"{figure.aim} {figure.unit}{reached}" if figure.aim else ""
    return figure.question, figure.store, f"{number(figure.value)} {figure.unit}{more}".strip(), beside, ratio, aim


def number(value: float) -> str:
    """Three digits that mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def as_table(results: Results) -> Table:
    """For the screen."""
    table = Table(title=f"{results.size:,} events of history, medians of {results.rounds}", title_justify="left")
    for column in COLUMNS:
        table.add_column(column, justify="right" if column == "Ratio" else "left")
    for figure in results.figures:
        table.add_row(*cells(figure), style="italic" if figure.peer else None)
    table.caption = _not_run(results)
    return table


def as_markdown(results: Results) -> str:
    """For bench/README.md."""
    about = ", ".join(f"{name} {said}" for name, said in results.machine.items())
    head = f"{results.size:,} events of history, medians of {results.rounds}, {results.minutes:g} minutes. {about}."
    lines = [head, "", f"| {' | '.join(COLUMNS)} |", "|---|---|---:|---|---:|---|"]
    lines += [f"| {' | '.join(cells(figure))} |" for figure in results.figures]
    return "\n".join([*lines, "", _not_run(results)]).strip()


def _not_run(results: Results) -> str:
    if not results.not_run:
        return ""
    return "Not run: " + "; ".join(f"{name} ({why})" for name, why in results.not_run.items()) + "."


def main() -> int:
    """Put the last run's figures into bench/README.md."""
    page = FOLDER / "README.md"
    table = as_markdown(Results.read(FOLDER / "results.json"))
    before = page.read_text()
    made = re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n\n{table}\n\n{END}", before, flags=re.DOTALL)
    page.write_text(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
