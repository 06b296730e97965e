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
        if row.get("unit", column["unit"]) == "text" and key not in FREE_TEXT and cells.get(key):
            cells[key] = said.of(cells[key], "value")
    title = said.of(row["title"], f"{table}/{row['key']}")
    if table in STATES:
        title = said.state(row["key"], title)
    return {**row, "title": title, "cells": cells}
