"""Dates: which day a fact is of, which day it is booked on, and that none lies in the future."""

from typing import Any

from shared.contract.events import EVENT_TYPES
from shared.rules.case import Case, Entry
from shared.rules.model import Model
from shared.rules.refusals import Finding, rule

MAY_BE_FUTURE = {"effective_from", "due_on", "review_by", "starts_on", "ends_on"}
OWN_DATE = {
    "rules.adopted": "effective_from",
    "rules.reviewed": "reviewed_on",
    "member-state.admitted": "admitted_on",
    "member-state.status-changed": "effective_on",
    "assessment.issued": "due_on",
    "assessment.paid": "received_on",
    "vote.changed": "effective_on",
    "line.opened": "as_of",
    "project.migrated": "as_of",
    "income.received": "received_on",
    "project.submitted": "submitted_on",
    "project.completed": "completed_on",
    "grant.approved": "approved_on",
    "grant.increased": "approved_on",
    "grant.decreased": "approved_on",
    "grant.disbursed": "paid_on",
    "expenditure.reported": "period_end",
    "grant.balance-returned": "returned_on",
    "grant.cancelled": "cancelled_on",
    "project.financially-closed": "closed_on",
    "control-total.reported": "period_end",
}
"""The date field of a type where it is not `on`."""

EARNED_IN = ("income.received", "overhead.applied")
"""Facts of the financial year that they name, which has begun when they are recorded."""

YEAR_END = {"year.closed", "report.issued", "report.noted"}


def own_date(short: str, data: dict[str, Any], recorded_on: str) -> str:
    """The day that a fact is of; the day of recording where it carries none."""
    if short == "income.budgeted":
        return f"{data['year']}-01-01" if data["basis"] == "programme-and-budget" else str(data["approved_on"])
    if short in YEAR_END:
        return f"{data['year']}-12-31"
    return str(data.get(OWN_DATE.get(short, "on"), recorded_on))


def closed_through(model: Model, line: str | None) -> int | None:
    """The last closed year: of all, or for a line the year of its opening balance if later."""
    closed: int | None = model.heads.get("closed_through")
    opened: int | None = model.heads.get(f"opened/{line}") if line else None
    return max(closed, opened) if closed and opened else closed or opened


def booked(model: Model, data: dict[str, Any], on: str, line: str | None) -> str:
    """The booking date: the fact's day, or 1 January of the earliest open year for an adjustment."""
    closed = closed_through(model, line)
    return f"{closed + 1}-01-01" if "adjusts_year" in data and closed is not None else on


@rule("fact/not-in-the-future")
def not_in_the_future(case: Case) -> Finding | None:
    """No fact is dated after the UTC day of its recording."""
    short, data, today = case.short, case.data, case.recorded_on
    latest = {name: data[name] for name in PAST_DATES[short] if name in data and data[name] > today}
    for given in data.get("endorsements", ()):
        if given["on"] > today:
            latest[f"endorsements/{given['state']}"] = given["on"]
    if short == "year.closed" and case.on > today:
        latest["year"] = case.on
    if short in EARNED_IN and data["year"] > int(today[:4]):
        latest["year"] = str(data["year"])
    if not latest:
        return None
    return case.finding(
        "fact/not-in-the-future",
        False,
        {"recorded_on": case.recorded_on, **latest},
        f"Recorded on {case.recorded_on}, the fact is dated later.",
        f"dates up to {case.recorded_on}",
    )


def _is_past_date(name: str) -> bool:
    dated = name.endswith("_on") or name in ("on", "as_of", "period_start", "period_end")
    return dated and name not in MAY_BE_FUTURE


PAST_DATES = {kind.short: tuple(filter(_is_past_date, kind.schema.fields)) for kind in EVENT_TYPES.values()}
"""By type, the members of its data that are dates of what has happened."""


def year_of(entry_or_case_data: dict[str, Any], effective_on: str) -> int:
    """A fact's year: of its booking for an adjustment, else its own `year`, else of its booking."""
    if "adjusts_year" in entry_or_case_data:
        return int(effective_on[:4])
    return int(entry_or_case_data.get("year") or effective_on[:4])


def bound_year(case: Case) -> int:
    """The year that closing would bind: of the fact's own day, or of the entry that it reverses."""
    if case.short == "entry.reversed" and case.referred is not None:
        return _reversed_year(case.referred)
    return int(case.data.get("year") or case.on[:4])


def _reversed_year(entry: Entry) -> int:
    return int(entry["data"].get("year") or entry["effective_on"][:4])
