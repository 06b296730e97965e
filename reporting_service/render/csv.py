"""The report as a zip of CSV files, one a table, described by a Frictionless tabular data package."""

import csv
import json
import re
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from reporting_service.render.figures import harmless, number_of
from reporting_service.render.words import translated

KEY_FIELDS = ("row", "row_title", "unit")
APOSTROPHE = (
    "A text that a spreadsheet would take for a formula has an apostrophe before it: drop the first apostrophe to have"
    " the text as recorded. Figures are decimals with a point; an empty cell has no figure."
)
PROFILE = "tabular-data-package"
NAME = re.compile(r"[^a-z0-9-]+")
MOMENT = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the zip: equal bytes for equal reports."""


def report_csv(report: dict[str, Any], language: str = "en") -> bytes:
    """The zip of a report document; the keys of rows and columns are the same in every language."""
    shown = translated(report, language)
    files = {f"{_name(key)}.csv": _rows(table) for key, table in report["tables"].items()}
    files["datapackage.json"] = json.dumps(_package(shown), indent=2, ensure_ascii=False).encode() + b"\n"
    buffer = BytesIO()
    with ZipFile(buffer, "w") as zipped:
        for name in sorted(files):
            info = ZipInfo(name, MOMENT)
            info.compress_type, info.external_attr, info.create_system = ZIP_DEFLATED, 0o644 << 16, 3
            zipped.writestr(info, files[name])
    return buffer.getvalue()


def _name(table: str) -> str:
    return NAME.sub("-", table.lower())


def _rows(table: dict[str, Any]) -> bytes:
    out = StringIO(newline="")
    writer = csv.writer(out)
    columns = table["columns"]
    writer.writerow([*KEY_FIELDS, *(column["key"] for column in columns)])
    for row in table["rows"]:
        cells = (_cell(row["cells"].get(column["key"], ""), row.get("unit", column["unit"])) for column in columns)
        writer.writerow([harmless(row["key"]), harmless(row["title"]), row.get("unit", ""), *cells])
    return out.getvalue().encode("utf-8", "replace")


def _cell(cell: str, unit: str) -> str:
    return cell if number_of(cell, unit) is not None else harmless(cell)


def _package(report: dict[str, Any]) -> dict[str, Any]:
    year = report["year"]
    return {
        "profile": PROFILE,
        "name": f"annual-report-{year}",
        "title": f"1035 Facility, annual report for financial year {year}",
        "description": APOSTROPHE,
        "year": year,
        "layout": report["layout"],
        "edition": report["edition"],
        "position": report["position"],
        "checkpoint": report["checkpoint"],
        "rule_set": report["rule_set"],
        "notes": report["notes"],
        "resources": [_resource(key, table) for key, table in report["tables"].items()],
    }


def _resource(key: str, table: dict[str, Any]) -> dict[str, Any]:
    described = [
        {"name": "row", "type": "string", "description": "the row's key; a figure's id is table/row/column"},
        {"name": "row_title", "type": "string"},
        {"name": "unit", "type": "string", "description": "where the row's differs from its columns'"},
    ]
    fields = [_field(column, table["rows"]) for column in table["columns"]]
    return {
        "profile": "tabular-data-resource",
        "name": _name(key),
        "path": f"{_name(key)}.csv",
        "title": table["title"],
        "description": " ".join(table["notes"]),
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": {"fields": [*described, *fields], "primaryKey": ["row"], "missingValues": [""]},
    }


def _field(column: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A column of numbers in which a row holds words is of any type."""
    kinds = {_kind(column["unit"]), *(_kind(row["unit"]) for row in rows if "unit" in row)}
    if kinds == {"number", "integer"}:
        kinds = {"number"}
    return {
        "name": column["key"],
        "type": kinds.pop() if len(kinds) == 1 else "any",
        "title": column["title"],
        "unit": column["unit"],
    }


def _kind(unit: str) -> str:
    return {"text": "string", "date": "date", "number": "integer"}.get(unit, "number")
