"""The Council's annual report: a pure function of the log up to a position, and of the year."""

from collections.abc import Callable
from typing import Any

from reporting_service.projections.duties import rule_set
from reporting_service.projections.view import View
from reporting_service.reports import delivery, derivation, project_list, reconciliation, sources_and_uses
from reporting_service.reports.readings import READINGS
from reporting_service.reports.table import Table

LAYOUT = "annual/1"
YEARS = range(1951, 2100)
TABLES: tuple[Callable[[View, int], Table], ...] = (
    derivation.table,
    sources_and_uses.table,
    delivery.table,
    project_list.table,
    reconciliation.table,
    reconciliation.control_table,
)
"""One entry per table, in the order of the report; a new table is a new file and a line here."""


def annual_report(view: View, year: int) -> dict[str, Any]:
    """The report document; nothing of clock, lag or page is inside."""
    in_force = rule_set(view, f"{year}-12-31")
    tables = [make(view, year) for make in TABLES]
    return {
        "year": year,
        "layout": LAYOUT,
        "edition": None,
        "position": view.position,
        "checkpoint": view.checkpoint(),
        "rule_set": in_force.version if in_force else None,
        "tables": {table.key: table.as_dict() for table in tables},
        "notes": list(READINGS),
    }
