"""What an edition printed otherwise, or printed and is gone now, in the reader's words."""

from collections.abc import Iterable
from itertools import groupby

from reporting_service.render.frame import written
from reporting_service.render.words import Words, cell_text, row_title
from reporting_service.reports.restatement import Cell, Moved


def marks(moved: Iterable[Moved], said: Words) -> dict[str, str]:
    """By figure that is printed otherwise now, what is said beside it."""
    return {one.figure: said.say("changed, was {old}", old=_was(one.old, said)) for one in moved if one.new is not None}


def _was(cell: Cell | None, said: Words) -> str:
    return _shown(cell, said) if cell is not None and cell.value else said.say("not printed")


def withdrawn(moved: Iterable[Moved], said: Words) -> dict[str, list[str]]:
    """By table, a sentence for each row with figures that are no longer printed: what was printed."""
    gone = [one.old for one in moved if one.new is None and one.old is not None]
    told: dict[str, list[str]] = {}
    for (table, row), found in groupby(gone, lambda cell: (cell.table, cell.row)):
        cells = list(found)
        title = row_title(table, row, cells[0].titles[1], said)
        figures = said.say("; ").join(f"{_column(cell, said)} {_shown(cell, said)}" for cell in cells)
        told.setdefault(table, []).append(said.say("No longer printed: {row}: {figures}.", row=title, figures=figures))
    return told


def _column(cell: Cell, said: Words) -> str:
    return said.of(cell.titles[2], f"{cell.table}//{cell.column}")


def _shown(cell: Cell, said: Words) -> str:
    told = written(cell.table, cell.column, cell_text(cell.value, cell.column, cell.unit, said), said)
    return said.figure(told, cell.unit)
