"""A figure as its reader's language has it: its names, what it says, how it follows."""

from collections.abc import Mapping
from typing import Any

from reporting_service.render.frame import printed
from reporting_service.reports.derivation import STEPS
from reporting_service.reports.table import TEXT
from reporting_service.web.pages import visit

UNBOUNDED = "none"
"""What a recorded derivation holds for a cap that its rules do not have; the report has a dash there."""


def in_words(told: Mapping[str, Any], *values: str) -> dict[str, Any]:
    """A told figure with its table, row, column and the members `values` translated as in its table; None stays."""
    key, _, rest = told["figure"].partition("/")
    row, _, column = rest.rpartition("/")
    rows = [{"key": row, "title": told["row"], "cells": {column: told[name] or ""}} for name in values]
    columns = [{"key": column, "title": told["column"], "unit": told["unit"]}]
    shown = translate({"key": key, "title": told["table"], "columns": columns, "rows": rows})
    said = {
        name: None if told[name] is None else found["cells"][column]
        for name, found in zip(values, shown["rows"], strict=True)
    }
    names = {"table": shown["title"], "row": shown["rows"][0]["title"], "column": shown["columns"][0]["title"]}
    return {**told, **names, **said}


def translate(table: dict[str, Any]) -> dict[str, Any]:
    """A table of a report document in the reader's language, as the report's page has it."""
    found: dict[str, Any] = printed({"tables": {table["key"]: table}}, visit().said.language)["tables"][table["key"]]
    return found


def steps_in_words(steps: Mapping[str, Any]) -> dict[str, str]:
    """A recorded derivation in the order of the formula: the name of each step, and its figure or word."""
    ordered = {name: steps[name] for name in STEPS if name in steps} | dict(steps)
    return dict(_step(name, str(value)) for name, value in ordered.items())


def _step(name: str, value: str) -> tuple[str, str]:
    said = visit().said
    if name not in STEPS:
        return said.of(name, "parameter"), said.of(value, "value")
    title, unit = STEPS[name]
    if unit == TEXT:
        return said.of(title), said.of(value, "value")
    return said.of(title), said.figure("" if value == UNBOUNDED else value, unit or "USD")
