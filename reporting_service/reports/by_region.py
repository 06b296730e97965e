"""T4: approvals by region, beside the regions' shares of the eligible States."""

from collections import Counter

from reporting_service.projections.projects import Project
from reporting_service.projections.view import View
from reporting_service.reports.approvals import COLUMNS, Groups, group_rows, regions
from reporting_service.reports.member_states import membership
from reporting_service.reports.table import COUNT, PERCENT, Column, Row, Table
from shared.rules.membership import of_eligible_standing, standing
from shared.rules.model import Member
from shared.rules.rulebook import rule_set_on

REGIONS = {
    "africa": "Africa",
    "asia-and-oceania": "Asia and Oceania",
    "europe": "Europe",
    "latin-america-and-the-caribbean": "Latin America and the Caribbean",
    "middle-east": "Middle East",
    "several": "More than one region",
}
ELIGIBLE = (
    Column("eligible-states", "Eligible States at 31 December", COUNT),
    Column("eligible-share", "Share of the eligible States", PERCENT),
)


def table(view: View, year: int) -> Table:
    """Number, USD and share by region; a project of several regions counts in a row of its own."""
    eligible = eligible_by_region(view, year)
    rows = [_with_eligible(row, eligible) for row in group_rows(view, year, REGIONS, groups(view))]
    notes = ("A project whose States lie in more than one region is counted once, in the row of its own.",)
    return Table("T4", "Approvals by region", (*COLUMNS, *ELIGIBLE), tuple(rows), notes)


def groups(view: View) -> Groups:
    """The region of a project: that of its States, or `several`."""
    of_state = regions(view)

    def of_project(project: Project) -> tuple[str]:
        found = {of_state.get(state) for state in project.data["states"]} - {None}
        return (found.pop() or "several",) if len(found) == 1 else ("several",)

    return of_project


def eligible_by_region(view: View, year: int) -> dict[str, int]:
    """The number of States eligible at 31 December, by region."""
    return Counter(member.region for member in eligible_members(view, year))


def eligible_members(view: View, year: int) -> list[Member]:
    """The States eligible at 31 December: Members of an eligible status, EU as the rules say."""
    model, on = membership(view), f"{year}-12-31"
    if not model.rule_sets.rows():
        return []
    said = rule_set_on(model, on).parameters
    members = model.members.rows().items()
    return [member for code, member in members if of_eligible_standing(standing(model, code, on), said)]


def _with_eligible(row: Row, eligible: dict[str, int]) -> Row:
    whole = sum(eligible.values())
    number = whole if row.key == "total" else eligible.get(row.key, 0)
    share = f"{number * 100 / whole:.1f}" if whole else ""
    if row.key == "several":
        return row._replace(cells=row.cells | {"eligible-states": "", "eligible-share": ""})
    return row._replace(cells=row.cells | {"eligible-states": str(number), "eligible-share": share})
