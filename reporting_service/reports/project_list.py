"""T8: the projects that held or moved money of the Facility in a year."""

from decimal import Decimal

from reporting_service.projections.flows import Flow, together
from reporting_service.projections.portfolio import portfolio
from reporting_service.projections.projects import Project, projects
from reporting_service.projections.view import View
from reporting_service.reports.table import LINE_TITLES, PERCENT, TEXT, USD, Column, Row, Table, percent
from shared.money import ZERO, text
from shared.rules.allocation import LINES

DESCRIBED = {"title": "Title", "line": "Line", "scope": "Scope", "states": "States", "status": "Status at 31 December"}
MONEY = {
    "approved-year": "Approved in the year",
    "freed-year": "Freed in the year",
    "disbursed-year": "Disbursed in the year",
    "spent-year": "Spent in the year",
    "recovered-year": "Recovered in the year",
    "approved": "Approved to date",
    "freed": "Freed to date",
    "disbursed": "Disbursed to date",
    "spent": "Spent to date",
    "recovered": "Recovered to date",
    "undisbursed": "Undisbursed",
}
MEMO = {"co-funding": "Co-funding (memo)", "follow-on-funding": "Follow-on funding (memo)"}
CELLS = (*DESCRIBED, *MEMO, *MONEY, "delivery-rate")
COLUMNS = (
    *(Column(key, title, TEXT) for key, title in DESCRIBED.items()),
    *(Column(key, title, USD) for key, title in MONEY.items()),
    Column("delivery-rate", "Delivery rate to date", PERCENT),
    *(Column(key, title, USD) for key, title in MEMO.items()),
)


def table(view: View, year: int) -> Table:
    """A project is listed when money of it moved in the year or was still open when it began or ended."""
    flows = listed_flows(view, year)
    details = projects(view, list(flows))
    listed = [(details[code], *flow) for code, flow in flows.items()]
    rows = [_row(project, in_year, to_date, year) for project, in_year, to_date in listed]
    rows += _total_rows(listed)
    notes = (
        "A regional project's money is never split among its States.",
        "Co-funding and follow-on funding are what the project reported: the seed-money effect, outside the books.",
    )
    return Table("T8", "Projects", COLUMNS, tuple(rows), notes)


def listed_flows(view: View, year: int) -> dict[str, tuple[Flow, Flow]]:
    """The projects listed, by code, with their flows of the year and of all years up to its end."""
    found = portfolio(view)
    of_year = ((code, found.projects[code].years) for code in sorted(found.spans.of_year(year)))
    return {code: (years.get(year) or Flow(), to_end_of(years, year)) for code, years in of_year}


def to_end_of(years: dict[int, Flow], year: int) -> Flow:
    """A project's flows of all years up to one."""
    return together([flow for of, flow in years.items() if of <= year])


def _row(project: Project, in_year: Flow, to_date: Flow, year: int) -> Row:
    end = f"{year}-12-31"
    data = project.data
    said = (
        data["title"],
        LINE_TITLES[project.line],
        data["scope"],
        " ".join(data["states"]),
        status_on(project, end),
        data.get("co_funding") or "",
        _follow_on(project, end),
    )
    return Row(project.code, project.code, _cells(said, in_year, to_date))


def _cells(said: tuple[str, ...], in_year: Flow, to_date: Flow) -> dict[str, str]:
    amounts = (*in_year.of_grants, *to_date.of_grants, to_date.undisbursed)
    rate = percent(to_date.spent, to_date.disbursed - to_date.recovered)
    return dict(zip(CELLS, (*said, *map(text, amounts), rate), strict=True))


def status_on(project: Project, date: str) -> str:
    """A project's status on a date: that of its last step booked on or before it."""
    return next((step.status for step in reversed(project.steps) if step.effective_on <= date), "")


def _follow_on(project: Project, date: str) -> str:
    found = [
        Decimal(step.data["follow_on_funding"])
        for step in project.steps
        if step.type == "project.evaluated" and step.effective_on <= date and step.data.get("follow_on_funding")
    ]
    return text(sum(found, ZERO)) if found else ""


def _total_rows(listed: list[tuple[Project, Flow, Flow]]) -> list[Row]:
    blank = ("",) * len((*DESCRIBED, *MEMO))
    sums: dict[str, tuple[Flow, Flow]] = {}
    for line in LINES:
        of_line = [(in_year, to_date) for project, in_year, to_date in listed if project.line == line]
        in_year, to_date = zip(*of_line, strict=True) if of_line else ((), ())
        sums[line] = together(in_year), together(to_date)
    in_year, to_date = zip(*sums.values(), strict=True)
    sums["facility"] = together(in_year), together(to_date)
    return [
        Row(f"_{line}", f"{title}, together", _cells(blank, *sums[line]), level="sum")
        for line, title in LINE_TITLES.items()
    ]
