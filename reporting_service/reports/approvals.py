"""What was approved in a year, project by project: the common ground of the tables by region, scope and area."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from reporting_service.projections.projects import Project, projects, steps_of_year
from reporting_service.projections.view import View
from reporting_service.reports.member_states import membership
from reporting_service.reports.table import COUNT, LINE_TITLES, PERCENT, USD, Column, Row, percent, total
from shared.money import ZERO, amount, text

SIGNS = {"grant.approved": 1, "grant.increased": 1, "grant.decreased": -1}
COLUMNS = (
    *(Column(f"number-{line}", f"{title}, projects", COUNT) for line, title in LINE_TITLES.items()),
    *(Column(f"usd-{line}", title, USD) for line, title in LINE_TITLES.items()),
    Column("percent", "Share of the Facility", PERCENT),
    Column("number-prior", "Year before, projects", COUNT),
    Column("usd-prior", "Year before, Facility", USD),
)
Groups = Callable[[Project], Iterable[str]]
"""The groups that a project counts in."""


@dataclass(frozen=True)
class Approval:
    """A project's approvals of one year: USD net of increases and decreases; `new` if its grant was first approved."""

    project: Project
    usd: Decimal
    new: bool


def approvals(view: View, year: int) -> list[Approval]:
    """Projects with an approval, increase or decrease booked in a year, by their code."""
    return view.once(("approvals", year), lambda: _approvals(view, year))


def _approvals(view: View, year: int) -> list[Approval]:
    sums: dict[str, Decimal] = {}
    new: set[str] = set()
    for code, step in steps_of_year(view, year, SIGNS):
        sums[code] = sums.get(code, ZERO) + SIGNS[step.type] * amount(step.data["amount"])
        if step.type == "grant.approved":
            new.add(code)
    details = projects(view, sorted(sums))
    return [Approval(details[code], sums[code], code in new) for code in sorted(sums)]


def regions(view: View) -> dict[str, str]:
    """The region of each Member State."""
    return {code: member.region for code, member in membership(view).members.rows().items()}


def group_rows(view: View, year: int, titles: dict[str, str], groups: Groups) -> list[Row]:
    """One row per group, then all approvals together; every project counts in each of its groups."""
    now, before = approvals(view, year), approvals(view, year - 1)
    whole = total(found.usd for found in now)
    of_now, of_before = _grouped(now, groups), _grouped(before, groups)
    rows = [
        Row(key, title, _cells(of_now.get(key, []), of_before.get(key, []), whole)) for key, title in titles.items()
    ]
    return [*rows, Row("total", "All approvals", _cells(now, before, whole), level="sum")]


def _grouped(found: list[Approval], groups: Groups) -> dict[str, list[Approval]]:
    grouped: dict[str, list[Approval]] = {}
    for approval in found:
        for key in dict.fromkeys(groups(approval.project)):
            grouped.setdefault(key, []).append(approval)
    return grouped


def _cells(now: list[Approval], before: list[Approval], whole: Decimal) -> dict[str, str]:
    cells: dict[str, str] = {}
    for line in LINE_TITLES:
        own = [found for found in now if line in (found.project.line, "facility")]
        cells[f"number-{line}"] = str(sum(found.new for found in own))
        cells[f"usd-{line}"] = text(total(found.usd for found in own))
    return cells | {
        "percent": percent(total(found.usd for found in now), whole),
        "number-prior": str(sum(found.new for found in before)),
        "usd-prior": text(total(found.usd for found in before)),
    }
