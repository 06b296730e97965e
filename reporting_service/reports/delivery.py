"""T3: what of the money committed to projects was paid out and spent."""

from collections.abc import Callable
from decimal import Decimal

from reporting_service.projections.adjustments import adjustment_movements
from reporting_service.projections.flows import Flow, flows_by_year, together
from reporting_service.projections.statement import Movement
from reporting_service.projections.view import View
from reporting_service.reports.table import PERCENT, Row, Table, line_cells, line_columns, percent
from shared.money import ZERO
from shared.rules.allocation import LINES

Figure = Callable[[Flow], Decimal]

FIGURES: dict[str, tuple[str, Figure]] = {
    "approved": ("Approved, net of increases and decreases", lambda flow: flow.granted),
    "freed": ("Freed by cancellation or financial closure", lambda flow: flow.freed),
    "disbursed": ("Disbursed", lambda flow: flow.disbursed),
    "spent": ("Spent", lambda flow: flow.spent),
    "recovered": ("Recovered", lambda flow: flow.recovered),
}

RATE = "Delivery rate: spent ÷ (disbursed − recovered); empty where no more was disbursed than came back."
BESIDE_T2 = (
    "A late fact of a closed year counts here in the year in which it is booked, in T2 under prior-period adjustments"
    " only: freed and recovered, less approved, less the adjustments are what T2 shows of projects. Balances of"
    " projects brought in at the cut-over are approved, disbursed and spent here; they move nothing in T2."
)


def table(view: View, year: int) -> Table:
    """The movements of the year, then all years up to its end; the delivery rate is spent ÷ (disbursed − recovered)."""
    in_year, to_date = _in_year(view), _to_date(view)
    rows = [
        Row(key, title, line_cells(year, lambda line, of, of_flow=figure: of_flow(in_year(line, of))))  # type: ignore[misc]
        for key, (title, figure) in FIGURES.items()
    ]
    adjusted = line_cells(year, lambda line, of: sum((moved.amount for moved in adjustments(view, line, of)), ZERO))
    undisbursed = line_cells(year, lambda line, of: to_date(line, of).undisbursed)
    rows += [
        Row("adjustments", "of which prior-period adjustments, effect on available money", adjusted, level="part"),
        Row("undisbursed", "Undisbursed at 31 December", undisbursed, level="sum"),
        Row("delivery-rate", "Delivery rate of the year", _rates(year, in_year), PERCENT),
    ]
    rows += [
        Row(
            f"cumulative-{key}",
            f"{title}, all years",
            line_cells(year, lambda line, of, of_flow=figure: of_flow(to_date(line, of))),  # type: ignore[misc]
        )
        for key, (title, figure) in FIGURES.items()
    ]
    rows.append(Row("cumulative-delivery-rate", "Delivery rate, all years", _rates(year, to_date), PERCENT))
    return Table("T3", "Commitment and disbursement", line_columns(year), tuple(rows), (RATE, BESIDE_T2))


def adjustments(view: View, line: str, year: int) -> list[Movement]:
    """What late facts of projects, or their reversals, of a closed year moved of a line's available money in a year."""
    return [moved for moved in adjustment_movements(view, line, year) if moved.project]


def _in_year(view: View) -> Callable[[str, int], Flow]:
    found = flows_by_year(view)
    return lambda line, year: found.get((line, year), Flow())


def _to_date(view: View) -> Callable[[str, int], Flow]:
    return lambda line, year: flow_to_date(view, line, year)


def flow_to_date(view: View, line: str, year: int) -> Flow:
    """A line's flows of all years up to one."""
    return together([flow for (of, until), flow in flows_by_year(view).items() if of == line and until <= year])


def _rates(year: int, flows: Callable[[str, int], Flow]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for of, suffix in ((year, ""), (year - 1, "-prior")):
        found = {line: flows(line, of) for line in LINES}
        found["facility"] = found["line-1"].plus(found["line-2"])
        for line, flow in found.items():
            cells[line + suffix] = percent(flow.spent, flow.disbursed - flow.recovered)
    return cells
