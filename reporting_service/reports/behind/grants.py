"""Behind the money of projects: T3, T8 and T10."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from reporting_service.projections.project_movements import project_movements
from reporting_service.projections.projects import Project, Step, projects, steps_of_year
from reporting_service.projections.view import View
from reporting_service.reports.behind.figure import EMPTY, Behind, Events, added, gathered, said, share, stated, total
from reporting_service.reports.behind.lines import OPEN, flow_events, lines_and_year, weighed
from reporting_service.reports.closures import ENDS
from reporting_service.reports.delivery import adjustments
from reporting_service.reports.project_list import listed_flows
from reporting_service.reports.table import LINE_TITLES

WEIGHTS = {
    "approved": {"granted": 1},
    "freed": {"freed": 1},
    "disbursed": {"disbursed": 1},
    "spent": {"spent": 1},
    "recovered": {"recovered": 1},
    "undisbursed": OPEN,
}
"""A money column of a table to the flows that it adds up."""
NET = {"disbursed": 1, "recovered": -1}
"""What was paid and did not come back: what delivery is measured against."""
Years = Callable[[int], bool]


def commitment(view: View, year: int, row: str, column: str) -> Behind:
    """T3: the facts of the year, or of all years; a delivery rate is made of two figures."""
    lines, of = lines_and_year(column, year)
    if row == "adjustments":
        found = (moved for line in lines for moved in adjustments(view, line, of))
        return total(gathered((moved.position, moved.amount) for moved in found))
    figure = row.removeprefix("cumulative-")
    to_date = figure != row or figure == "undisbursed"
    years: Years = (lambda at: at <= of) if to_date else (lambda at: at == of)

    def events(**weights: int) -> Events:
        return added(*(flow_events(view, line, years, **weights) for line in lines))

    if figure != "delivery-rate":
        return total(events(**WEIGHTS[figure]))
    prefix = "cumulative-" if to_date else ""
    return share(events(spent=1), events(**NET), _delivery("T3/{}/" + column, prefix))


def _delivery(figure: str, prefix: str = "") -> dict[str, str]:
    return {
        "part": figure.format(f"{prefix}spent"),
        "whole": figure.format(f"{prefix}disbursed"),
        "whole, less": figure.format(f"{prefix}recovered"),
    }


def project_events(view: View, codes: Iterable[str], keep: Years, **weights: int) -> Events:
    """What the facts did to some projects' money in the years that `keep` accepts."""
    moved = (found for found in project_movements(view, list(codes)) if keep(found.year))
    return gathered((found.position, weighed(found.flow, weights)) for found in moved)


def listed_projects(view: View, year: int, row: str, column: str) -> Behind:
    """T8: a project's facts, or those of all projects listed of a line."""
    codes = _listed(view, year, row)
    figure = column.removesuffix("-year")
    years: Years = (lambda at: at <= year) if figure == column else (lambda at: at == year)
    if figure in WEIGHTS:
        return total(project_events(view, codes, years, **WEIGHTS[figure]))
    if figure == "delivery-rate":
        spent, net = (project_events(view, codes, years, **weights) for weights in ({"spent": 1}, NET))
        return share(spent, net, _delivery(f"T8/{row}/{{}}"))
    return EMPTY if row.startswith("_") else _described(projects(view, [row])[row], column, f"{year}-12-31")


def _listed(view: View, year: int, row: str) -> list[str]:
    if not row.startswith("_"):
        return [row]
    found = list(listed_flows(view, year))
    return _of_line(projects(view, found).values(), row)


def _of_line(found: Iterable[Project], row: str) -> list[str]:
    line = row.removeprefix("_")
    assert line in LINE_TITLES
    return [project.code for project in found if line in (project.line, "facility")]


def _described(project: Project, column: str, end: str) -> Behind:
    before = [step for step in project.steps if step.effective_on <= end]
    if column == "status":
        return said(*(step.position for step in before[-1:]))
    if column == "follow-on-funding":
        return _follow_on(before)
    if column == "co-funding":
        return stated(project.steps[0].position, project.data.get("co_funding"))
    return said(project.steps[0].position)


def _follow_on(steps: list[Step]) -> Behind:
    evaluated = [step for step in steps if step.type == "project.evaluated" and step.data.get("follow_on_funding")]
    found = {step.position: Decimal(step.data["follow_on_funding"]) for step in evaluated}
    return total(found) if found else EMPTY


def closures(view: View, year: int, row: str, column: str) -> Behind:
    """T10: the facts of the projects ended in the year; of words the step that ended it, or the submission."""
    ended = {move.project: move.step for move in steps_of_year(view, year, ENDS)}
    details = projects(view, sorted(ended))
    if column in WEIGHTS:
        codes = _of_line(details.values(), row) if row.startswith("_") else [row]
        return total(project_events(view, codes, lambda at: at <= year, **WEIGHTS[column]))
    if row.startswith("_"):
        return EMPTY
    return said(ended[row].position if column in ("end", "on") else details[row].steps[0].position)
