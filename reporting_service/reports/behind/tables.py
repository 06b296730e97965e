"""By table, what stands behind its figures."""

from collections.abc import Callable

from reporting_service.projections.view import View
from reporting_service.reports.behind import approvals, donors, grants, income, lines, pipeline, remarks, states
from reporting_service.reports.behind.figure import Behind

BEHIND: dict[str, Callable[[View, int, str, str], Behind]] = {
    "T1": income.derivation,
    "T2": lines.sources_and_uses,
    "T3": grants.commitment,
    "T4": approvals.regions,
    "T5": approvals.scopes,
    "T6": approvals.areas,
    "T6-activities": approvals.activities,
    "T7": approvals.member_states,
    "T8": grants.listed_projects,
    "T9": pipeline.pipeline,
    "T9-rules": pipeline.refusals,
    "T10": grants.closures,
    "T11": states.eligibility,
    "T12": donors.contributions,
    "T13": lines.series,
    "T14": remarks.remarks,
    "T15": lines.reconciliation,
    "T15-sources": remarks.control_total,
    "T16": income.uses,
    "T17": income.variance,
}
"""One entry per table of the report; a figure is asked for by view, year, row and column."""
