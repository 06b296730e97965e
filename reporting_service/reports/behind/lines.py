"""Behind the balances of the lines: T2, T13 and T15."""

from collections.abc import Callable
from decimal import Decimal

from reporting_service.projections.allocations import allocation_moves
from reporting_service.projections.balances import bookings
from reporting_service.projections.contributions import contribution_moves
from reporting_service.projections.flows import Flow, flow_steps
from reporting_service.projections.portfolio import portfolio
from reporting_service.projections.project_movements import ProjectMovement, project_movements
from reporting_service.projections.projects import brought_in
from reporting_service.projections.statement import Movement, all_movements
from reporting_service.projections.view import View
from reporting_service.reports.behind.figure import Behind, Events, Sums, added, difference, formula, gathered, total
from reporting_service.reports.contributions import RECEIPTS
from reporting_service.reports.lines import SOURCES, USES
from shared.money import ZERO, amount, received_usd
from shared.rules.allocation import LINES

Source = Callable[[View, str, int], Events]
"""Events of a line up to a year's end."""


def lines_and_year(column: str, year: int) -> tuple[tuple[str, ...], int]:
    """The lines whose figures a column adds up, and the year that it is of."""
    line = column.removesuffix("-prior")
    return LINES if line == "facility" else (line,), year if line == column else year - 1


def movement_events(view: View, line: str, keep: Callable[[Movement], bool]) -> Events:
    """The movements of a line's available money that `keep` accepts."""
    kept = ((moved.position, moved.amount) for moved in all_movements(view, line) if keep(moved))
    return gathered(kept, zeros=True)


def row_events(view: View, line: str, year: int, *rows: str) -> Events:
    """The movements of some T2 rows of a year; the opening is everything before it."""
    wanted = frozenset(rows)

    def keep(moved: Movement) -> bool:
        if moved.year == year:
            return moved.row in wanted
        return moved.year < year and "opening" in wanted

    return movement_events(view, line, keep)


def closing_events(view: View, line: str, year: int) -> Events:
    """Every movement of a line up to a year's end."""
    return movement_events(view, line, lambda moved: moved.year <= year)


def sources_and_uses(view: View, year: int, row: str, column: str) -> Behind:
    """T2: the movements of a row; of a sum those of the rows that it adds up."""
    lines, of = lines_and_year(column, year)
    if row == "over-committed":
        return over_commitment(view, lines, of, f"T2/closing/{column}")
    rows = {"available": SOURCES, "closing": (*SOURCES, *USES)}.get(row, (row,))
    return total(*(row_events(view, line, of, *rows) for line in lines))


def over_commitment(view: View, lines: tuple[str, ...], year: int, closing: str) -> Behind:
    """By how much the lines' balances lie below zero, each for itself."""
    leaves = {line: closing_events(view, line, year) for line in lines}
    return formula("what each line's closing balance lies below zero", _below_zero, leaves, {"closing": closing})


def _below_zero(sums: Sums) -> Decimal:
    return sum((max(ZERO, -value) for value in sums.values()), ZERO)


SERIES = {
    "allocated": ("allocation", "revisions"),
    "received": ("contributions", "refunds"),
    "approved": ("project-allocations", "increases", "decreases"),
    "closing": (*SOURCES, *USES),
}


def series(view: View, _year: int, row: str, column: str) -> Behind:
    """T13: the movements of the rows of T2 that a column adds up, in the row's year; approvals count positive."""
    figure, _, line = column.partition("-")
    lines = LINES if line == "facility" else (line,)
    found = added(*(row_events(view, of, int(row), *SERIES[figure]) for of in lines))
    return difference({}, found) if figure == "approved" else total(found)


def flow_events(view: View, line: str, keep: Callable[[int], bool], **weights: int) -> Events:
    """What the facts did to some of a line's flows in the years that `keep` accepts."""
    kept = ((step.position, weighed(step.flow, weights)) for step in flow_steps(view, line) if keep(step.year))
    return gathered(kept)


def weighed(flow: Flow, weights: dict[str, int]) -> Decimal:
    """The sum of some figures of a flow, each with its sign."""
    return sum((sign * Decimal(getattr(flow, name)) for name, sign in weights.items()), ZERO)


OPEN = {"granted": 1, "freed": -1, "disbursed": -1}
"""What is granted and neither freed nor disbursed."""


def _by_log(view: View, line: str, year: int) -> Events:
    return flow_events(view, line, lambda of: of <= year, available=1)


def _by_projects(view: View, line: str, year: int) -> Events:
    """What was allocated and given to the line, less what its projects hold."""
    given = [
        (fact.position, fact.sign * amount(fact.data["change"] if "change" in fact.data else fact.data["amount"]))
        for fact in allocation_moves(view)
        if fact.data["line"] == line and fact.year <= year
    ]
    given += [
        (fact.position, fact.sign * RECEIPTS[fact.type] * received_usd(fact.data))
        for fact in contribution_moves(view)
        if fact.data["line"] == line and fact.year <= year and fact.type in RECEIPTS
    ]
    given += [
        (step.position, amount(step.data["approved"]))
        for step in brought_in(view)
        if step.data["line"] == line and step.year <= year
    ]
    held = {"granted": -1, "freed": 1, "recovered": 1}
    given += [(moved.position, weighed(moved.flow, held)) for moved in _moved(view, line) if moved.year <= year]
    return gathered(given)


def _moved(view: View, line: str) -> list[ProjectMovement]:
    codes = [code for code, money in portfolio(view).projects.items() if money.line == line]
    return view.once(("project-movements", line), lambda: list(project_movements(view, codes)))


def _owed_by_log(view: View, line: str, year: int) -> Events:
    return flow_events(view, line, lambda of: of <= year, **OPEN)


def _owed_by_accounts(view: View, line: str, year: int) -> Events:
    account = f"{line}/undisbursed"
    made = (found for found in bookings(view, line) if found.account == account and found.year <= year)
    return gathered((found.position, found.amount) for found in made)


def _owed_by_projects(view: View, line: str, year: int) -> Events:
    return gathered((moved.position, weighed(moved.flow, OPEN)) for moved in _moved(view, line) if moved.year <= year)


def _all_postings(view: View, line: str, year: int) -> Events:
    made = ((found.position, found.amount) for found in bookings(view, line) if found.year <= year)
    return gathered(made, zeros=True)


COUNTED: dict[str, Source] = {
    "log": _by_log,
    "t2": closing_events,
    "t8": _by_projects,
    "undisbursed-log": _owed_by_log,
    "undisbursed-accounts": _owed_by_accounts,
    "undisbursed-projects": _owed_by_projects,
    "debits-less-credits": _all_postings,
}
COMPARED = {
    "difference-log-t2": ("log", "t2"),
    "difference-t2-t8": ("t2", "t8"),
    "difference-undisbursed-log": ("undisbursed-log", "undisbursed-accounts"),
    "difference-undisbursed-t8": ("undisbursed-accounts", "undisbursed-projects"),
}


def reconciliation(view: View, year: int, row: str, column: str) -> Behind:
    """T15: each count's own events; of a difference both counts', event by event."""
    lines, of = lines_and_year(column, year)
    if row in COUNTED:
        return total(*(COUNTED[row](view, line, of) for line in lines))
    one, other = (added(*(COUNTED[count](view, line, of) for line in lines)) for count in COMPARED[row])
    return difference(one, other)
