"""The source systems' own totals, beside what the log holds of the same source, type and period."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select

from reporting_service.projections import log_copy
from reporting_service.projections.duties import duties_of
from reporting_service.projections.filed import Filed
from reporting_service.projections.view import View
from shared.money import ZERO, amount
from shared.postings import Entry
from shared.rules.dates import own_date


class ControlTotal(NamedTuple):
    """Number and sum of amounts (in the type's own currency) as reported and as logged; `type` is the full name."""

    position: int
    source: str
    type: str
    period_start: str
    period_end: str
    reported_count: int
    reported_amount: Decimal
    log_count: int
    log_amount: Decimal


def control_totals(view: View, year: int) -> list[ControlTotal]:
    """Those whose period ends in the year, in the order of the log."""
    reported = [fact for fact in duties_of(view, "control-total.reported") if fact.data["period_end"][:4] == str(year)]
    return [_compared(view, fact) for fact in reported]


def _compared(view: View, fact: Filed) -> ControlTotal:
    data = fact.data
    logged = sent(view, data["source"], data["type"], data["period_start"], data["period_end"])
    return ControlTotal(
        fact.position,
        data["source"],
        data["type"],
        data["period_start"],
        data["period_end"],
        data["count"],
        amount(data["amount"]),
        len(logged),
        sum((amount(entry["data"].get("amount", "0.00")) for entry in logged), ZERO),
    )


def sent(view: View, source: str, kind: str, start: str, end: str) -> list[Entry]:
    """The entries of a type (full name) that a source sent, of the days of a period, both included."""
    return list(_sent(view, source, kind, start, end))


def _sent(view: View, source: str, kind: str, start: str, end: str) -> Iterator[Entry]:
    entries = log_copy.entries
    chosen = select(entries.c.body).where(
        entries.c.position <= view.position, entries.c.type == kind, entries.c.source == source
    )
    for body in view.connection.execute(chosen).scalars():
        entry = log_copy.decode(body)
        if start <= own_date(entry["type"][9:-3], entry["data"], entry["recorded_at"][:10]) <= end:
            yield entry
