"""Behind T14, the remarks, and T15-sources, what the source systems say they sent."""

from decimal import Decimal

from reporting_service.projections.control_totals import ControlTotal, control_totals, sent
from reporting_service.projections.view import View
from reporting_service.reports.behind.figure import EMPTY, Behind, Sums, difference, formula, said, stated, total
from reporting_service.reports.behind.income import derivation
from reporting_service.reports.behind.lines import over_commitment
from reporting_service.reports.derivation import derivations
from reporting_service.reports.exceptions import Remark, remarks_of
from reporting_service.reports.table import LINE_TITLES
from shared.money import amount
from shared.postings import Entry
from shared.rules.allocation import LINES

ABSENT = "absent: nothing is recorded that says otherwise"


def remarks(view: View, year: int, row: str, column: str) -> Behind:
    """T14: the event that a remark is about, or the figure that it follows from; of a duty not done there is none."""
    remark = remarks_of(view, year)[row]
    if column == "usd" and remark.usd is None:
        return EMPTY
    if remark.position is None:
        return _of_a_figure(view, year, remark, column)
    return stated(remark.position, remark.usd) if column == "usd" else said(remark.position)


def _of_a_figure(view: View, year: int, remark: Remark, column: str) -> Behind:
    if remark.kind == "over-commitment":
        line = next(line for line in LINES if remark.detail.startswith(LINE_TITLES[line]))
        closing = f"T2/closing/{line}"
        return over_commitment(view, (line,), year, closing) if column == "usd" else said(closing=closing)
    if remark.kind != "cap, literal reading":
        return Behind(rule=ABSENT)
    found = derivations(view, year)
    basis = next(key for key in ("revised", "budget") if found[key].get("headroom_all"))
    headroom = f"T1/headroom-all/{basis}"
    if column != "usd":
        return said(headroom=headroom)
    behind = derivation(view, year, "headroom-all", basis)

    def compute(sums: Sums) -> Decimal | None:
        value = behind.compute(sums)
        return None if value is None else -value

    return formula("what the headroom lies below zero", compute, behind.leaves, {"headroom": headroom})


def control_total(view: View, year: int, row: str, column: str) -> Behind:
    """T15-sources: what the source system reported, and each entry that it sent."""
    found = next(total for total in control_totals(view, year) if str(total.position) == row)
    side, _, figure = column.partition("-")
    if not figure:
        return said(found.position)
    reported = {found.position: Decimal(found.reported_count) if figure == "count" else found.reported_amount}
    logged = {entry["position"]: _counted(entry["data"], figure) for entry in _logged(view, found)}
    if side == "difference":
        return difference(reported, logged)
    return total(reported if side == "reported" else logged)


def _logged(view: View, found: ControlTotal) -> list[Entry]:
    return sent(view, found.source, found.type, found.period_start, found.period_end)


def _counted(data: dict[str, str], figure: str) -> Decimal:
    return Decimal(1) if figure == "count" else amount(data.get("amount", "0.00"))
