"""Behind what was approved: T4 by region, T5 by scope, T6 by area and activity, T7 by Member State."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import NamedTuple

from reporting_service.projections.portfolio import portfolio
from reporting_service.projections.project_money import YearMoney
from reporting_service.projections.project_movements import ProjectMovement, project_movements
from reporting_service.projections.projects import Project, StepMove, projects, step_moves_of_year
from reporting_service.projections.view import View
from reporting_service.reports import by_area, by_region
from reporting_service.reports.approvals import SIGNS, Groups, approvals
from reporting_service.reports.behind.figure import (
    EMPTY,
    Behind,
    Events,
    Sums,
    added,
    formula,
    gathered,
    percentage,
    share,
    stated,
    total,
)
from reporting_service.reports.behind.rule_sets import parameter
from reporting_service.reports.by_scope import CEILINGS
from reporting_service.reports.member_states import membership
from shared.money import ZERO, amount, text
from shared.rules.allocation import LINES

Keep = Callable[[Project], bool]


class Approved(NamedTuple):
    """What one entry did to a year's approvals: to their number and their USD."""

    project: Project
    position: int
    number: int
    usd: Decimal


def approved(view: View, year: int) -> list[Approved]:
    """Every approval, increase and decrease booked in a year, and what took them back."""
    return view.once(("approved", year), lambda: _approved(view, year))


def _approved(view: View, year: int) -> list[Approved]:
    moves = step_moves_of_year(view, year, SIGNS)
    details = projects(view, sorted({move.project for move in moves}))
    return [_effect(details[move.project], move) for move in moves if move.project in details]


def _effect(project: Project, move: StepMove) -> Approved:
    usd = move.sign * SIGNS[move.step.type] * amount(move.step.data["amount"])
    return Approved(project, move.position, move.sign * (move.step.type == "grant.approved"), usd)


def _usd(view: View, year: int, keep: Keep) -> Events:
    return gathered((found.position, found.usd) for found in approved(view, year) if keep(found.project))


def _number(view: View, year: int, keep: Keep) -> Events:
    return gathered((found.position, Decimal(found.number)) for found in approved(view, year) if keep(found.project))


def by_group(table: str, groups: Callable[[View], Groups]) -> Callable[[View, int, str, str], Behind]:
    """The figures of a table whose rows are groups of projects."""

    def behind(view: View, year: int, row: str, column: str) -> Behind:
        of_project = groups(view)

        def in_row(project: Project) -> bool:
            return row == "total" or row in of_project(project)

        if column == "percent":
            parts = {"part": f"{table}/{row}/usd-facility", "whole": f"{table}/total/usd-facility"}
            return share(_usd(view, year, in_row), _usd(view, year, lambda _: True), parts)
        figure, _, line = column.partition("-")
        of = year - 1 if line == "prior" else year
        keep: Keep = lambda project: in_row(project) and line in (project.line, "facility", "prior")  # noqa: E731
        return total((_number if figure == "number" else _usd)(view, of, keep))

    return behind


_BY_REGION = by_group("T4", by_region.groups)
areas = by_group("T6", lambda _: by_area.areas)
activities = by_group("T6-activities", lambda _: by_area.activities)


def regions(view: View, year: int, row: str, column: str) -> Behind:
    """T4: as by any group; an eligible State is counted by the event that made it what it is."""
    if not column.startswith("eligible"):
        return _BY_REGION(view, year, row, column)
    if row == "several":
        return EMPTY
    everywhere = _eligible(view, year, "total")
    own = _eligible(view, year, row)
    if column == "eligible-states":
        return total(own)
    return share(own, everywhere, {"part": f"T4/{row}/eligible-states", "whole": "T4/total/eligible-states"})


def _eligible(view: View, year: int, row: str) -> Events:
    members = membership(view).members
    found: dict[int, Decimal] = {}
    for member in by_region.eligible_members(view, year):
        if row in (member.region, "total"):
            changes = [change for change in members[member.state].statuses if change.effective_on <= f"{year}-12-31"]
            found[changes[-1].position] = Decimal(1)
    return found


def scopes(view: View, year: int, row: str, column: str) -> Behind:
    """T5: approvals by scope and line; an average is that of projects new in the year, increases included."""
    scope, _, line = row.partition("-")
    keep: Keep = lambda project: project.data["scope"] == scope and line in (project.line, "")  # noqa: E731
    prior = column.endswith("-prior")
    of = year - 1 if prior else year
    figure = column.removesuffix("-prior")
    if figure in ("number", "usd"):
        return total((_number if figure == "number" else _usd)(view, of, keep))
    if figure == "average":
        return formula("average: usd / number", _average, _new(view, year, keep), {"number": f"T5/{row}/number"})
    ceiling = _ceiling(view, year, line, scope)
    if figure == "ceiling" or ceiling.is_text:
        return ceiling
    leaves = {**_new(view, year, keep), "ceiling": added(*ceiling.leaves.values())}
    return formula("percent: average / ceiling", _of_ceiling, leaves, _parts(row))


def _parts(row: str) -> dict[str, str]:
    return {"average": f"T5/{row}/average", "ceiling": f"T5/{row}/ceiling"}


def _new(view: View, year: int, keep: Keep) -> dict[str, Events]:
    new = {found.project.code for found in approvals(view, year) if found.new}
    usd = _usd(view, year, lambda project: keep(project) and project.code in new)
    return {"usd": usd, "number": _number(view, year, keep)}


def _average(sums: Sums) -> Decimal | None:
    return Decimal(text(sums["usd"] / sums["number"])) if sums["number"] else None


def _of_ceiling(sums: Sums) -> Decimal | None:
    if not sums["number"]:
        return None
    return percentage({"part": sums["usd"] / sums["number"], "whole": sums["ceiling"]})


def _ceiling(view: View, year: int, line: str, scope: str) -> Behind:
    if line not in LINES:
        return EMPTY
    found = parameter(view, f"{year}-12-31", CEILINGS[line, scope])
    return stated(found.position, found.value) if found else EMPTY


PERIODS = {"": 0, "-prior": 1, "-cumulative": None}
"""The ending of a column to how many years back it is of; None is all years up to the report's."""


def member_states(view: View, year: int, row: str, column: str) -> Behind:
    """T7: a project counts from the event on that gives its approvals of the period a sum other than zero."""
    figure, _, period = column.partition("-")
    back = PERIODS[f"-{period}" if period else ""]
    scope = "regional" if figure == "regional" else "national"
    codes = [code for code, money in portfolio(view).projects.items() if _takes_part(money, row, scope)]
    moved = [found for found in project_movements(view, codes) if _in_period(found.year, year, back)]
    if figure == "usd":
        return total(gathered((found.position, found.flow.granted) for found in moved))
    return total(gathered(_counted(moved)))


def _takes_part(money: YearMoney, state: str, scope: str) -> bool:
    return state in money.profile.states.split() and (money.profile.scope == "regional") == (scope == "regional")


def _in_period(of: int, year: int, back: int | None) -> bool:
    return of <= year if back is None else of == year - back


def _counted(moved: list[ProjectMovement]) -> Iterable[tuple[int, Decimal]]:
    sums: dict[str, Decimal] = {}
    for found in sorted(moved, key=lambda movement: movement.position):
        before = sums.get(found.project, ZERO)
        sums[found.project] = before + found.flow.granted
        yield found.position, Decimal(bool(sums[found.project]) - bool(before))
