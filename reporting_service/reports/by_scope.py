"""T5: national and regional projects, their average size, and how much of the ceiling it takes.

An average counts increases and decreases, as the ceiling does.
"""

from decimal import Decimal

from reporting_service.projections.duties import rule_set
from reporting_service.projections.projects import Project
from reporting_service.projections.view import View
from reporting_service.reports.approvals import Approval, approvals, grouped
from reporting_service.reports.table import COUNT, LINE_TITLES, PERCENT, USD, Column, Row, Table, percent, total
from shared.money import ZERO, amount, text

CEILINGS = {
    ("line-1", "national"): "line_1_national_ceiling",
    ("line-1", "regional"): "line_1_regional_ceiling",
    ("line-2", "national"): "national_ceiling",
    ("line-2", "regional"): "regional_ceiling",
}
SCOPES = {"national": "National", "regional": "Regional"}
COLUMNS = (
    Column("number", "Projects approved", COUNT),
    Column("usd", "Approved, net"),
    Column("average", "Average approval of projects new in the year, increases and decreases included", USD),
    Column("ceiling", "Ceiling of a project"),
    Column("share", "Average as a share of the ceiling", PERCENT),
    Column("number-prior", "Year before, projects", COUNT),
    Column("usd-prior", "Year before, approved"),
)


def table(view: View, year: int) -> Table:
    """Per line and scope: number, USD, average of the projects new in the year, and the ceiling."""
    now, before = (grouped(approvals(view, of), _groups) for of in (year, year - 1))
    rules, rows = rule_set(view, f"{year}-12-31"), list[Row]()
    for (line, scope), parameter in CEILINGS.items():
        key, said = f"{scope}-{line}", rules.parameters[parameter] if rules else None
        cells = _cells(now[key], before[key], amount(said) if said else None)
        rows.append(Row(key, f"{LINE_TITLES[line]}, {SCOPES[scope].lower()}", cells))
    for scope, title in SCOPES.items():
        rows.append(Row(scope, f"{title}, Facility", _cells(now[scope], before[scope], None), level="sum"))
    notes = ("The ceiling is that of the rule set in force at year end; empty where a line has none.",)
    return Table("T5", "National and regional projects", COLUMNS, tuple(rows), notes)


def _groups(project: Project) -> tuple[str, str]:
    scope = project.data["scope"]
    return scope, f"{scope}-{project.line}"


def _cells(now: list[Approval], before: list[Approval], ceiling: Decimal | None) -> dict[str, str]:
    new = [found for found in now if found.new]
    average = total(found.usd for found in new) / len(new) if new else ZERO
    return {
        "number": str(len(new)),
        "usd": text(total(found.usd for found in now)),
        "average": text(average) if new else "",
        "ceiling": text(ceiling) if ceiling is not None else "",
        "share": percent(average, ceiling) if ceiling and new else "",
        "number-prior": str(sum(found.new for found in before)),
        "usd-prior": text(total(found.usd for found in before)),
    }
