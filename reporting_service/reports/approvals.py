"""What was approved in a year, project by project: the common ground of the tables by region, scope and area."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import NamedTuple

from reporting_service.projections.projects import Project, projects, steps_of_year
from reporting_service.projections.view import View
from reporting_service.reports.member_states import membership
from reporting_service.reports.table import COUNT, LINE_TITLES, PERCENT, USD, Column, Row, percent, total
from shared.money import ZERO, amount, text
from shared.rules.allocation import LINES

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


class Approval(NamedTuple):
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
    for code, _, _, step in steps_of_year(view, year, SIGNS):
        sums[code] = sums.get(code, ZERO) + SIGNS[step.type] * amount(step.data["amount"])
        if step.type == "grant.approved":
            new.add(code)
    details = projects(view, list(sums))
    return [Approval(details[code], usd, code in new) for code, usd in sorted(sums.items())]


def regions(view: View) -> dict[str, str]:
    """The region of each Member State."""
    return {code: member.region for code, member in membership(view).members.rows().items()}


def group_rows(view: View, year: int, titles: dict[str, str], groups: Groups) -> list[Row]:
    """One row per group, then all approvals together; every project counts in each of its groups."""
    now, before = approvals(view, year), approvals(view, year - 1)
    whole = _usd(now)
    of_now, of_before = grouped(now, groups), grouped(before, groups)
    rows = [Row(key, title, _cells(of_now[key], of_before[key], whole)) for key, title in titles.items()]
    return [*rows, Row("total", "All approvals", _cells(now, before, whole), level="sum")]


def grouped(found: list[Approval], groups: Groups) -> defaultdict[str, list[Approval]]:
    """Approvals by group; each stands once in every group of its project."""
    by_group = defaultdict[str, list[Approval]](list)
    for approval in found:
        for key in dict.fromkeys(groups(approval.project)):
            by_group[key].append(approval)
    return by_group


def _cells(now: list[Approval], before: list[Approval], whole: Decimal) -> dict[str, str]:
    own = {line: [found for found in now if found.project.line == line] for line in LINES} | {"facility": now}
    cells: dict[str, str] = {}
    for line, found in own.items():
        cells |= {f"number-{line}": _number(found), f"usd-{line}": text(_usd(found))}
    prior = {"number-prior": _number(before), "usd-prior": text(_usd(before))}
    return cells | {"percent": percent(_usd(now), whole)} | prior


def _number(found: list[Approval]) -> str:
    return str(sum([one.new for one in found]))


def _usd(found: list[Approval]) -> Decimal:
    return total([one.usd for one in found])
