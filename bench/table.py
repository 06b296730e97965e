"""The figures of one run: kept as JSON, shown on the screen as a table."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.table import Table

from bench.figures import Figure

COLUMNS = ("Question", "Store", "Measured", "Beside", "Ratio", "Aim")


@dataclass(frozen=True)
class Results:
    """One run: its size, the machine, its figures, which peers were not run and why, and the day (YYYY-MM-DD)."""

    size: int
    rounds: int
    machine: dict[str, str]
    figures: list[Figure]
    not_run: dict[str, str] = field(default_factory=dict)
    minutes: float = 0.0
    date: str = ""

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
    beside = f"{figure.limit} {number(figure.limit_value)} {figure.unit}".strip() if figure.limit else ""
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    reached = {True: " ✓", False: " ✗", None: ""}[figure.holds]
    aim = f"{figure.aim} {figure.unit}{reached}" if figure.aim else ""
    return figure.question, figure.store, measured(figure), beside, ratio, aim


def measured(figure: Figure) -> str:
    """The value, and in brackets what was measured with it."""
    more = "".join(
        f" ({name.rpartition(' ')[0]} {value:,.1f} {name.rpartition(' ')[2]})" for name, value in figure.more.items()
    )
    return f"{number(figure.value)} {figure.unit}{more}".strip()


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
    table.caption = not_run(results)
    return table


def not_run(results: Results) -> str:
    """Which peers were not run and why, as a sentence; nothing when all were."""
    if not results.not_run:
        return ""
    return "Not run: " + "; ".join(f"{name} ({why})" for name, why in results.not_run.items()) + "."
