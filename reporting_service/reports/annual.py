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
TABLES: dict[str, Callable[[View, int], Table]] = {
    "T1": derivation.table,
    "T2": sources_and_uses.table,
    "T3": delivery.table,
    "T4": by_region.table,
    "T5": by_scope.table,
    "T6": by_area.table,
    "T6-activities": by_area.activity_table,
    "T7": by_state.table,
    "T8": project_list.table,
    "T9": pipeline.table,
    "T9-rules": pipeline.refusal_table,
    "T10": closures.table,
    "T11": arrears.table,
    "T12": donors.table,
    "T13": series.table,
    "T14": exceptions.table,
    "T15": reconciliation.table,
    "T15-sources": reconciliation.control_table,
    "T16": discretionary_income.uses_table,
    "T17": discretionary_income.variance_table,
}
"""By key, in the order of the report; a new table is a new file and a line here."""


def annual_report(view: View, year: int) -> dict[str, Any]:
    """The report document; nothing of clock, lag or page is inside."""
    in_force = rule_set(view, f"{year}-12-31")
    tables = [make(view, year) for make in TABLES.values()]
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
