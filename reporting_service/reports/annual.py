"""The Council's annual report: a pure function of the log up to a position, and of the year."""

from collections.abc import Callable
from typing import Any

from reporting_service.projections.duties import rule_set
from reporting_service.projections.view import View
from reporting_service.reports import (
    arrears,
    by_area,
    by_region,
    by_scope,
    by_state,
    closures,
    delivery,
    derivation,
    discretionary_income,
    donors,
    exceptions,
    pipeline,
    project_list,
    reconciliation,
    series,
    sources_and_uses,
)
from reporting_service.reports.readings import READINGS
from reporting_service.reports.table import Table

LAYOUT = "annual/1"
YEARS = range(1951, 2100)
TABLES: tuple[Callable[[View, int], Table], ...] = (
    derivation.table,
    sources_and_uses.table,
    delivery.table,
    by_region.table,
    by_scope.table,
    by_area.table,
    by_area.activity_table,
    by_state.table,
    project_list.table,
    pipeline.table,
    pipeline.refusal_table,
    closures.table,
    arrears.table,
    donors.table,
    series.table,
    exceptions.table,
    reconciliation.table,
    reconciliation.control_table,
    discretionary_income.uses_table,
    discretionary_income.variance_table,
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
