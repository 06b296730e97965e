"""What each line received and each project was granted, paid and spent, movement by movement, as aid reporters ask it.

The movements of a project sum to its figures in T8, those of a line to the sources of T2 over all years.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from reporting_service.projections import log_copy
from reporting_service.projections.allocations import allocation_moves
from reporting_service.projections.contributions import contribution_moves
from reporting_service.projections.filed import Filed
from reporting_service.projections.portfolio import portfolio
from reporting_service.projections.project_movements import ProjectMovement, project_movements
from reporting_service.projections.projects import Project, projects
from reporting_service.projections.view import View
from reporting_service.reports.project_list import status_on
from reporting_service.reports.table import LINE_TITLES
from shared.money import amount, received_usd
from shared.rules.allocation import LINES


@dataclass(frozen=True)
class Movement:
    """One movement in USD; `kind` is a key of KINDS, `on` its booking date, `donor` who gave it."""

    kind: str
    on: str
    usd: Decimal
    position: int
    description: str
    donor: str | None = None


@dataclass(frozen=True)
class Activity:
    """A line or a project; `parent` is the line that a project draws on. Dates are ISO texts."""

    code: str
    title: str
    description: str
    status: str
    starts_on: str
    ends_on: str | None
    completed_on: str | None
    states: tuple[str, ...]
    parent: str | None
    movements: tuple[Movement, ...]


@dataclass(frozen=True)
class Activities:
    """Every activity of a year's report; `recorded_at` is the UTC instant of the last entry seen."""

    year: int
    position: int
    recorded_at: str | None
    activities: tuple[Activity, ...]


KINDS = ("received", "committed", "pledged", "granted", "disbursed", "spent")
CONTRIBUTED = {
    "contribution.received": ("received", 1, "Direct voluntary contribution received"),
    "contribution.refunded": ("received", -1, "Direct voluntary contribution refunded"),
    "contribution.committed": ("committed", 1, "Direct voluntary contribution committed"),
    "contribution.pledged": ("pledged", 1, "Direct voluntary contribution pledged"),
    "contribution.pledge-reduced": ("pledged", -1, "Pledge reduced"),
}
ALLOCATED = {
    "line.opened": "Balance brought forward from before the log",
    "line.allocated": "Allocation of the year",
    "line.allocation-revised": "Revision of the allocation",
}
MOVED = (
    ("granted", "granted", 1, "Project allocation"),
    ("freed", "granted", -1, "Freed by cancellation or financial closure"),
    ("disbursed", "disbursed", 1, "Disbursement"),
    ("recovered", "disbursed", -1, "Balance recovered"),
    ("spent", "spent", 1, "Expenditure"),
)
"""Flow, kind of movement, sign, what it is called."""
SINCE = {"line-1": "2001-01-01", "line-2": "2008-01-01"}
"""The day from which a line may be funded: effective dates of Resolutions 1035 and 1150."""


def activities(view: View, year: int) -> Activities:
    """Both lines and the projects listed in the year's T8, with every movement of the years up to it."""
    at = log_copy.recorded_at(view.connection, view.position)
    found = (*(_line(view, line, year) for line in LINES), *_projects(view, year))
    return Activities(year, view.position, at, found)


def _line(view: View, line: str, year: int) -> Activity:
    given = [_allocated(fact) for fact in allocation_moves(view) if _concerns(fact, line, year)]
    given += [_contributed(fact) for fact in contribution_moves(view) if _concerns(fact, line, year)]
    title = f"1035 Facility, {LINE_TITLES[line]}"
    about = "Seed money for projects in developing Member States and Member States with economies in transition."
    return Activity(line, title, about, "open", SINCE[line], None, None, (), None, _ordered(given))


def _concerns(fact: Filed, line: str, year: int) -> bool:
    return fact.data["line"] == line and fact.year <= year


def _allocated(fact: Filed) -> Movement:
    usd = fact.sign * amount(fact.data["change"] if "change" in fact.data else fact.data["amount"])
    return Movement("received", fact.effective_on, usd, fact.position, _taken_back(ALLOCATED[fact.type], fact))


def _contributed(fact: Filed) -> Movement:
    kind, sign, title = CONTRIBUTED[fact.type]
    usd = fact.sign * sign * received_usd(fact.data)
    return Movement(kind, fact.effective_on, usd, fact.position, _taken_back(title, fact), fact.data["donor"])


def _taken_back(title: str, fact: Filed) -> str:
    return title if fact.sign > 0 else f"{title}, reversed"


def _projects(view: View, year: int) -> Iterator[Activity]:
    listed = sorted(portfolio(view).spans.of_year(year))
    details = projects(view, listed)
    moved: dict[str, list[Movement]] = {code: [] for code in listed}
    for movement in project_movements(view, listed):
        if movement.year <= year:
            moved[movement.project] += _moved(movement)
    yield from (_project(details[code], year, _ordered(moved[code])) for code in listed)


def _moved(movement: ProjectMovement) -> Iterator[Movement]:
    for flow, kind, sign, title in MOVED:
        usd = sign * getattr(movement.flow, flow)
        if usd:
            yield Movement(kind, movement.effective_on, usd, movement.position, title)


def _project(project: Project, year: int, movements: tuple[Movement, ...]) -> Activity:
    end, data = f"{year}-12-31", project.data
    completed = [step.effective_on for step in project.steps if step.type == "project.completed"]
    return Activity(
        code=project.code,
        title=data["title"],
        description=f"{data['scope'].capitalize()} project of the 1035 Facility, {LINE_TITLES[project.line]}.",
        status=status_on(project, end),
        starts_on=data["starts_on"],
        ends_on=data["ends_on"],
        completed_on=next((day for day in reversed(completed) if day <= end), None),
        states=tuple(data["states"]),
        parent=project.line,
        movements=movements,
    )


def _ordered(found: Iterable[Movement]) -> tuple[Movement, ...]:
    return tuple(sorted((movement for movement in found if movement.usd), key=lambda movement: movement.position))
