"""T5: national and regional projects, their average size, and how much of the ceiling it takes.

An average counts increases and decreases, as the ceiling does.
"""

from decimal import Decimal

from reporting_service.projections.duties import rule_set
from reporting_service.projections.view import View
from reporting_service.reports.approvals import Approval, approvals
from reporting_service.reports.table import COUNT, LINE_TITLES, PERCENT, USD, Column, Row, Table, percent, total
from shared.money import ZERO, amount, text
from shared.rules.allocation import LINES

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
    now, before = approvals(view, year), approvals(view, year - 1)
    rows = [_row(view, year, line, scope, now, before) for line in LINES for scope in SCOPES]
    rows += [_together(scope, now, before) for scope in SCOPES]
    notes = ("The ceiling is that of the rule set in force at year end; empty where a line has none.",)
    return Table("T5", "National and regional projects", COLUMNS, tuple(rows), notes)


def _row(view: View, year: int, line: str, scope: str, now: list[Approval], before: list[Approval]) -> Row:
    rules = rule_set(view, f"{year}-12-31")
    said = rules.parameters[CEILINGS[line, scope]] if rules else None
    cells = _cells(_of(now, scope, line), _of(before, scope, line), amount(said) if said else None)
    return Row(f"{scope}-{line}", f"{LINE_TITLES[line]}, {SCOPES[scope].lower()}", cells)


def _together(scope: str, now: list[Approval], before: list[Approval]) -> Row:
    return Row(scope, f"{SCOPES[scope]}, Facility", _cells(_of(now, scope), _of(before, scope), None), level="sum")


def _of(found: list[Approval], scope: str, line: str | None = None) -> list[Approval]:
    return [
        approval
        for approval in found
        if approval.project.data["scope"] == scope and line in (None, approval.project.line)
    ]


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
