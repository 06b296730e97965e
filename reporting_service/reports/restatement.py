"""What moved in a year's report since an edition, figure by figure and event by event, and why?"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reporting_service.projections import log_copy
from reporting_service.projections.adjustments import adjustments_of
from reporting_service.projections.filed import Filed
from reporting_service.projections.view import View
from reporting_service.reports.annual import annual_report
from reporting_service.reports.behind.figure import EMPTY, Behind, changes
from reporting_service.reports.behind.tables import BEHIND
from reporting_service.reports.drill_down import events, written
from reporting_service.reports.editions import Edition
from reporting_service.reports.exceptions import moved_by
from reporting_service.reports.table import TEXT
from shared.money import ZERO, text
from shared.rules.allocation import LINES


@dataclass(frozen=True)
class Cell:
    """A printed cell, the titles around it and its unit."""

    table: str
    row: str
    column: str
    titles: tuple[str, str, str]
    unit: str
    value: str


Cells = dict[str, Cell]


def cells(report: dict[str, Any]) -> Cells:
    """Every cell of a report by its figure's id, in the report's order."""
    return {
        f"{key}/{row['key']}/{column['key']}": Cell(
            key,
            row["key"],
            column["key"],
            (table["title"], row["title"], column["title"]),
            row.get("unit", column["unit"]),
            row["cells"][column["key"]],
        )
        for key, table in report["tables"].items()
        for row in table["rows"]
        for column in table["columns"]
    }


@dataclass(frozen=True)
class Moved:
    """A figure that says something else now; None where it was not printed then, or is not printed now."""

    figure: str
    old: Cell | None
    new: Cell | None

    @property
    def cell(self) -> Cell:
        """Whichever there is, the newer first."""
        found = self.new or self.old
        assert found is not None
        return found


def moved_since(view: View, year: int, size: int) -> list[Moved]:
    """The figures of a year's report that differ from those of the first `size` entries."""
    return view.once(("moved", year, size), lambda: _moved(view, year, size))


def _moved(view: View, year: int, size: int) -> list[Moved]:
    return differing(cells(annual_report(view.at(size), year)), cells(annual_report(view, year)))


def differing(old: Cells, new: Cells) -> list[Moved]:
    """The figures of two reports that differ, in the newer one's order; a cell that says nothing is as good as none."""
    found = [Moved(figure, old.get(figure), new.get(figure)) for figure in dict.fromkeys((*new, *old))]
    return [moved for moved in found if (_value(moved.old) or "") != (_value(moved.new) or "")]


def _value(cell: Cell | None) -> str | None:
    return None if cell is None else cell.value


def marks(view: View, year: int, size: int) -> dict[str, Moved]:
    """What moved by its figure, for a page that marks it."""
    return {moved.figure: moved for moved in moved_since(view, year, size)}


def restatement(view: View, year: int, since: Edition, after: int, limit: int) -> dict[str, Any]:
    """A page of the figures that moved since an edition, behind the first `after` of them, and the late facts."""
    moved = moved_since(view, year, since.size)
    page = moved[after : after + limit]
    late = [fact for fact in adjustments_of(view, year) if fact.position > since.size]
    return {
        "year": year,
        "since": {
            "edition": since.number,
            "document": since.document,
            "position": since.size,
            "issued_position": since.issued,
        },
        "number": len(moved),
        "figures": [_explained(view, year, since.size, found) for found in page],
        "late_facts": [_late(view, fact) for fact in late],
        "next": after + limit if after + limit < len(moved) else None,
    }


def _explained(view: View, year: int, size: int, moved: Moved) -> dict[str, Any]:
    cell = moved.cell
    before = _behind(view.at(size), year, moved.old)
    now = _behind(view, year, moved.new)
    told = {
        "figure": moved.figure,
        **dict(zip(("table", "row", "column"), cell.titles, strict=True)),
        "unit": cell.unit,
        "old": _value(moved.old),
        "new": _value(moved.new),
    }
    if cell.unit == TEXT:
        said = _said(view.at(size), year, before) ^ _said(view, year, now)
        later = {position for position in said if position > size} or said
        return {
            **told,
            "difference": None,
            "events": _with_reasons(view, dict.fromkeys(sorted(later)), cell.unit, size),
        }
    found = changes(before, now)
    amounts: dict[int, Decimal | None] = {change.position: change.amount for change in found if change.amount}
    difference = sum((change.amount for change in found), ZERO)
    return {
        **told,
        "difference": written(difference, cell.unit),
        "events": _with_reasons(view, amounts, cell.unit, size),
    }


def _behind(view: View, year: int, cell: Cell | None) -> Behind:
    return EMPTY if cell is None else BEHIND[cell.table](view, year, cell.row, cell.column)


def _said(view: View, year: int, behind: Behind) -> set[int]:
    """The events behind a text, those of the figures that it follows from included."""
    found = set(behind.positions())
    for part in behind.parts.values():
        table, _, rest = part.partition("/")
        row, _, column = rest.rpartition("/")
        found |= _said(view, year, BEHIND[table](view, year, row, column))
    return found


def _with_reasons(view: View, amounts: dict[int, Decimal | None], unit: str, size: int) -> list[dict[str, Any]]:
    entries = log_copy.entries_at(view.connection, list(amounts))
    return [
        {**told, "recorded_before": told["position"] <= size, "why": why(entries[told["position"]])}
        for told in events(view, amounts, unit)
    ]


def why(entry: dict[str, Any]) -> dict[str, Any]:
    """What an entry itself says of its reason: a late fact, a reversal, and its reason or reference."""
    data = entry["data"]
    reason = next((data[name] for name in ("reason", "reference", "document", "decision") if data.get(name)), None)
    reverses = data["position"] if entry["type"] == "fund1035.entry.reversed.v1" else None
    return {"adjusts_year": data.get("adjusts_year"), "reverses": reverses, "reason": reason}


ROWS = {
    "contribution.received": "contributions",
    "contribution.refunded": "refunds",
    "grant.approved": "project-allocations",
    "grant.increased": "increases",
    "grant.decreased": "decreases",
    "grant.cancelled": "freed",
    "project.financially-closed": "freed",
    "grant.balance-returned": "recovered",
}
"""The row of T2 in which a fact would count, had it come in time."""


def _late(view: View, fact: Filed) -> dict[str, Any]:
    """A late fact: where it is booked, and the row of the closed year's T2 in which it would count."""
    entry = log_copy.entry_at(view.connection, fact.position)
    assert entry is not None
    inner = entry
    if fact.type == "entry.reversed":
        inner = log_copy.entry_at(view.connection, fact.data["position"]) or entry
    (told,) = events(view, {fact.position: moved_by(view, fact)}, "USD")
    stream = inner["stream"]
    return {
        **told,
        "amount": text(moved_by(view, fact)),
        "line": stream if stream in LINES else None,
        "row": ROWS.get(inner["type"][9:-3]),
        "booked_in": fact.year,
        "why": why(entry),
    }
