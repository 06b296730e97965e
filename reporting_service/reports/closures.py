"""T10: projects that were closed financially or cancelled, and what came back of them."""

from reporting_service.projections.flows import Flow, together
from reporting_service.projections.portfolio import portfolio
from reporting_service.projections.projects import Step, projects, steps_of_year
from reporting_service.projections.view import View
from reporting_service.reports.project_list import to_end_of
from reporting_service.reports.table import LINE_TITLES, TEXT, Column, Row, Table
from shared.money import text
from shared.rules.allocation import LINES

COLUMNS = (
    Column("title", "Title", TEXT),
    Column("line", "Line", TEXT),
    Column("end", "End", TEXT),
    Column("on", "Booked on", TEXT),
    Column("approved", "Approved"),
    Column("disbursed", "Disbursed"),
    Column("spent", "Spent"),
    Column("recovered", "Recovered, returned to its line"),
    Column("freed", "Freed, never disbursed"),
)
ENDS = {"project.financially-closed": "financially closed", "grant.cancelled": "cancelled"}


def table(view: View, year: int) -> Table:
    """Each with its figures of all years up to the end of this one."""
    ended = {move.project: move.step for move in steps_of_year(view, year, ENDS)}
    details, money = projects(view, sorted(ended)), portfolio(view).projects
    rows = []
    flows: dict[str, list[Flow]] = {line: [] for line in LINES}
    for code in sorted(ended):
        flow = to_end_of(money[code].years, year) if code in money else Flow()
        project, step = details[code], ended[code]
        rows.append(Row(code, code, _cells(flow, project.data["title"], project.line, step)))
        flows[project.line].append(flow)
    if rows:
        sums = {line: together(found) for line, found in flows.items()}
        sums["facility"] = together(list(sums.values()))
        rows += [Row(f"_{line}", f"{LINE_TITLES[line]}, together", _cells(sums[line]), level="sum") for line in sums]
    return Table("T10", "Projects ended, balances recovered", COLUMNS, tuple(rows))


def _cells(flow: Flow, title: str = "", line: str = "", step: Step | None = None) -> dict[str, str]:
    return {
        "title": title,
        "line": LINE_TITLES[line] if line else "",
        "end": ENDS[step.type] if step else "",
        "on": step.effective_on if step else "",
        "approved": text(flow.granted),
        "disbursed": text(flow.disbursed),
        "spent": text(flow.spent),
        "recovered": text(flow.recovered),
        "freed": text(flow.freed),
    }
