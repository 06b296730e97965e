"""T15: the same balances counted three ways, each from another read model, and the source systems' own totals."""

from collections.abc import Callable
from decimal import Decimal

from reporting_service.projections.allocations import allocation_moves
from reporting_service.projections.balances import balances, total
from reporting_service.projections.control_totals import control_totals
from reporting_service.projections.flows import Flow
from reporting_service.projections.portfolio import portfolio
from reporting_service.projections.projects import brought_in
from reporting_service.projections.view import View
from reporting_service.reports.contributions import gifts
from reporting_service.reports.delivery import flow_to_date
from reporting_service.reports.lines import line_rows
from reporting_service.reports.project_list import to_end_of as sums_to_date
from reporting_service.reports.table import COUNT, TEXT, USD, Column, Row, Table, line_cells, line_columns
from shared.money import ZERO, amount, text

Figure = Callable[[str, int], Decimal]


def table(view: View, year: int) -> Table:
    """Balances carried forward and open commitments; a difference other than 0.00 is a defect."""
    by_log: Figure = lambda line, of: flow_to_date(view, line, of).available  # noqa: E731
    by_t2: Figure = lambda line, of: line_rows(view, line, of)["closing"]  # noqa: E731
    by_projects: Figure = lambda line, of: sources(view, line, of) - commitments(view, line, of)  # noqa: E731
    owed_by_log: Figure = lambda line, of: flow_to_date(view, line, of).undisbursed  # noqa: E731
    owed_by_accounts: Figure = lambda line, of: undisbursed(view, line, of)  # noqa: E731
    owed_by_projects: Figure = lambda line, of: owed(view, line, of)  # noqa: E731
    rows = (
        _row(year, "log", "Balance by the log: every fact by its own amount", by_log),
        _row(year, "t2", "Balance by T2: the postings", by_t2),
        _row(year, "t8", "Balance by T8: what was allocated and given, less what projects hold", by_projects),
        _row(year, "difference-log-t2", "Difference, log and T2", _difference(by_log, by_t2)),
        _row(year, "difference-t2-t8", "Difference, T2 and T8", _difference(by_t2, by_projects)),
        _row(year, "undisbursed-log", "Undisbursed by the log", owed_by_log),
        _row(year, "undisbursed-accounts", "Undisbursed by the postings", owed_by_accounts),
        _row(year, "undisbursed-projects", "Undisbursed by T8", owed_by_projects),
        _row(
            year,
            "difference-undisbursed-log",
            "Difference, log and postings",
            _difference(owed_by_log, owed_by_accounts),
        ),
        _row(
            year,
            "difference-undisbursed-t8",
            "Difference, postings and T8",
            _difference(owed_by_accounts, owed_by_projects),
        ),
        _row(
            year,
            "debits-less-credits",
            "All debits less all credits",
            lambda line, of: debits_less_credits(view, line, of),
        ),
    )
    return Table("T15", "Reconciliation", line_columns(year), rows)


def _row(year: int, key: str, title: str, figure: Figure) -> Row:
    differs = key.startswith(("difference", "debits"))
    return Row(key, title, line_cells(year, figure), level="sum" if differs else "plain")


def _difference(one: Figure, other: Figure) -> Figure:
    return lambda line, year: one(line, year) - other(line, year)


def sources(view: View, line: str, year: int) -> Decimal:
    """Allocations, opening balance and contributions of a line up to a year's end, from the facts as filed, in USD."""
    by_year = view.once("sources", lambda: _sources(view))
    return sum((value for (of_line, of), value in by_year.items() if of_line == line and of <= year), ZERO)


def _sources(view: View) -> dict[tuple[str, int], Decimal]:
    sums = dict(gifts(view).sums)
    for fact in allocation_moves(view):
        key = (fact.data["line"], fact.year)
        given = amount(fact.data["change"] if "change" in fact.data else fact.data["amount"])
        sums[key] = sums.get(key, ZERO) + fact.sign * given
    return sums


def commitments(view: View, line: str, year: int) -> Decimal:
    """What the projects of a line hold of its money: granted since the cut-over, less freed and recovered, in USD."""
    flow = projects_to_date(view, line, year)
    brought = (
        amount(step.data["approved"])
        for step in view.once("brought-in", lambda: brought_in(view))
        if step.data["line"] == line and step.year <= year
    )
    return flow.granted - flow.freed - flow.recovered - sum(brought, ZERO)


def projects_to_date(view: View, line: str, year: int) -> Flow:
    """The sum of what is kept of each project of a line, up to a year's end."""
    sums = portfolio(view).sums
    return sums_to_date({of: flow for (of_line, of), flow in sums.items() if of_line == line}, year)


def undisbursed(view: View, line: str, year: int) -> Decimal:
    """The balance of the account of undisbursed grants at a year's end, in USD."""
    account = f"{line}/undisbursed"
    return total(balances(view), lambda balance: balance.account == account and balance.year <= year)


def owed(view: View, line: str, year: int) -> Decimal:
    """What the projects of a line were granted and not paid at a year's end, in USD."""
    return projects_to_date(view, line, year).undisbursed


def debits_less_credits(view: View, line: str, year: int) -> Decimal:
    """The sum of all accounts of a line at a year's end: zero, always."""
    return total(balances(view), lambda balance: balance.line == line and balance.year <= year)


CONTROL_COLUMNS = (
    Column("type", "Event type", TEXT),
    Column("period", "Period", TEXT),
    Column("reported-count", "Reported, number", COUNT),
    Column("log-count", "In the log, number", COUNT),
    Column("difference-count", "Difference, number", COUNT),
    Column("reported-amount", "Reported", USD),
    Column("log-amount", "In the log", USD),
    Column("difference-amount", "Difference", USD),
)


def control_table(view: View, year: int) -> Table:
    """What each source system says it sent in a period that ends in the year, beside what the log holds."""
    rows = tuple(
        Row(
            str(found.position),
            found.source,
            {
                "type": found.type,
                "period": f"{found.period_start} to {found.period_end}",
                "reported-count": str(found.reported_count),
                "log-count": str(found.log_count),
                "difference-count": str(found.reported_count - found.log_count),
                "reported-amount": text(found.reported_amount),
                "log-amount": text(found.log_amount),
                "difference-amount": text(found.reported_amount - found.log_amount),
            },
        )
        for found in control_totals(view, year)
    )
    notes = ("A row's key is the position of the report; reversed entries count, since they were sent.",)
    return Table("T15-sources", "Control totals of the source systems", CONTROL_COLUMNS, rows, notes)
