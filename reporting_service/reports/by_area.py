"""T6: approvals by area of work, and by activity of the strategy."""

from reporting_service.projections.projects import Project
from reporting_service.projections.view import View
from reporting_service.reports.approvals import COLUMNS, group_rows
from reporting_service.reports.table import Table

AREAS = {
    "migration-and-development": "Migration and development",
    "facilitating-migration": "Facilitating migration",
    "regulating-migration": "Regulating migration",
    "forced-migration": "Forced migration",
    "cross-cutting": "Cross-cutting",
}
ACTIVITIES = {str(number): f"Activity {number}" for number in range(1, 13)}


def areas(project: Project) -> tuple[str]:
    """A project's one area of work."""
    return (project.data["area"],)


def activities(project: Project) -> tuple[str, ...]:
    """The activities of the strategy that a project names."""
    return tuple(map(str, project.data["activities"]))


def table(view: View, year: int) -> Table:
    """Number, USD and share by area of work; each project has one."""
    rows = group_rows(view, year, AREAS, areas)
    return Table("T6", "Approvals by area of work", COLUMNS, tuple(rows))


def activity_table(view: View, year: int) -> Table:
    """The same by activity of the strategy; a project counts with all its money in each that it names."""
    rows = group_rows(view, year, ACTIVITIES, activities)
    notes = (
        "A project counts in each activity of the strategy (Part I) that it names: the rows add up to more than all.",
    )
    return Table("T6-activities", "Approvals by activity of the strategy", COLUMNS, tuple(rows), notes)
