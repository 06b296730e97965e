"""Behind the pipeline: T9 by step, T9-rules by failing rule."""

from collections.abc import Iterable
from decimal import Decimal

from reporting_service.projections.projects import StepMove, projects, step_moves_of_year
from reporting_service.projections.view import View
from reporting_service.reports.behind.figure import Behind, gathered, total
from reporting_service.reports.pipeline import STEPS, refused_decisions
from shared.money import amount

TYPE_OF_ROW = {key: short for short, (key, _) in STEPS.items()}


def pipeline(view: View, year: int, row: str, column: str) -> Behind:
    """T9: a project counts once, from its first step of the kind on, with all that it asked for."""
    figure, _, line = column.partition("-")
    moves = step_moves_of_year(view, year - 1 if line == "prior" else year, (TYPE_OF_ROW[row],))
    details = projects(view, sorted({move.project for move in moves}))
    asked = {
        code: amount(project.data["requested"]) if figure == "requested" else Decimal(1)
        for code, project in details.items()
        if line in (project.line, "facility", "prior")
    }
    return total(gathered(_counted(moves, asked)))


def _counted(moves: list[StepMove], asked: dict[str, Decimal]) -> Iterable[tuple[int, Decimal]]:
    standing = dict.fromkeys(asked, 0)
    for move in moves:
        if move.project in standing:
            before = standing[move.project]
            standing[move.project] = before + move.sign
            yield move.position, asked[move.project] * (bool(before + move.sign) - bool(before))


def refusals(view: View, year: int, row: str, column: str) -> Behind:
    """T9-rules: each refused decision that names the rule counts one."""
    of = year - 1 if column == "number-prior" else year
    found = (refused for refused in refused_decisions(view) if refused.year == of and row in refused.rules)
    return total({refused.position: Decimal(1) for refused in found})
