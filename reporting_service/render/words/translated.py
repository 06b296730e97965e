"""A report document in another language: titles, notes and coded words; keys and figures stay."""

from typing import Any

from reporting_service.render.words.catalogue import words
from shared.words import Words

FREE_TEXT = frozenset(
    {"title", "name", "states", "donor", "contribution", "reference", "document", "description", "source"}
)
"""Columns of what people wrote: never translated."""


STATES = frozenset({"T7", "T11"})
"""Tables whose rows are Member States, by alpha-3 code."""


def translated(report: dict[str, Any], language: str) -> dict[str, Any]:
    """The report with its texts in a language; where the catalogue is silent, in English."""
    said = words(language)
    tables = {key: _table(table, key, said) for key, table in report["tables"].items()}
    return {**report, "tables": tables, "notes": [said.of(note) for note in report.get("notes", [])]}


def _table(table: dict[str, Any], key: str, said: Words) -> dict[str, Any]:
    columns = table["columns"]
    return {
        **table,
        "title": said.of(table["title"], key),
        "columns": [{**column, "title": said.of(column["title"], f"{key}//{column['key']}")} for column in columns],
        "rows": [_row(row, key, columns, said) for row in table["rows"]],
        "notes": [said.of(note) for note in table.get("notes", [])],
    }


def _row(row: dict[str, Any], table: str, columns: list[dict[str, Any]], said: Words) -> dict[str, Any]:
    cells = dict(row["cells"])
    for column in columns:
        key = column["key"]
        if key in cells:
            cells[key] = cell_text(cells[key], key, row.get("unit", column["unit"]), said)
    return {**row, "title": row_title(table, row["key"], row["title"], said), "cells": cells}


def cell_text(cell: str, column: str, unit: str, said: Words) -> str:
    """What a cell holds, in the reader's language where it is words of ours."""
    return said.of(cell, "value") if cell and unit == "text" and column not in FREE_TEXT else cell


def row_title(table: str, key: str, title: str, said: Words) -> str:
    """What a row is called in the reader's language."""
    named = said.of(title, f"{table}/{key}")
    return said.state(key, named) if table in STATES else named
