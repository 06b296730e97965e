"""Where two reports differ first: by figure where both are reports, else by byte."""

from collections.abc import Iterator
from typing import Any

from reporting_service.bundle.findings import named, quoted
from shared.contract.problems import Malformed
from shared.contract.strict_json import parse

_NOTHING = object()


def first_byte(content: bytes, expected: bytes) -> int:
    """Where two texts differ first, from 0; the length of the shorter when one begins the other."""
    if content == expected:
        return len(content)
    both = zip(content, expected, strict=False)
    return next((at for at, (one, other) in enumerate(both) if one != other), min(len(content), len(expected)))


def first_figure(content: bytes, expected: bytes, report: dict[str, Any]) -> tuple[str | None, str]:
    """The id of the first figure that differs, such as T2/closing/line-1, and what differs in a sentence."""
    try:
        found = parse(content)
    except Malformed:
        found = None
    if isinstance(found, dict):
        for figure, value in _figures(report):
            said = _at(found, figure)
            if said != value:
                return "/".join(figure), f"the report says {_told(said)}, the entries give {_told(value)}"
        for name in sorted({*found, *report} - {"tables"}):
            if found.get(name) != report.get(name):
                return None, f"report.json says another {named(name)} than the entries give"
    return None, f"report.json is not the one that the entries make, from byte {first_byte(content, expected)}"


def _figures(report: dict[str, Any]) -> Iterator[tuple[tuple[str, str, str], Any]]:
    for key, table in report["tables"].items():
        for row in table["rows"]:
            for column, value in row["cells"].items():
                yield (key, row["key"], column), value


def _told(value: Any) -> str:
    return "nothing" if value is _NOTHING else quoted(value)


def _at(report: dict[str, Any], figure: tuple[str, str, str]) -> Any:
    table, row_key, column = figure
    try:
        row = next(row for row in report["tables"][table]["rows"] if row["key"] == row_key)
        return row["cells"][column]
    except (LookupError, TypeError, StopIteration):
        return _NOTHING
