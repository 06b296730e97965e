"""Each single movement of projects' money: the steps between the totals that project_money keeps."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select

from reporting_service.projections.flows import Flow
from reporting_service.projections.project_money import money
from reporting_service.projections.view import View
from shared.money import ZERO

AT_ONCE = 500


class ProjectMovement(NamedTuple):
    """What one entry did to a project's money, in USD; what takes an entry back has the opposite sign."""

    project: str
    year: int
    position: int
    effective_on: str
    flow: Flow


def project_movements(view: View, codes: Sequence[str]) -> Iterator[ProjectMovement]:
    """Every movement of some projects as the view knows them, by project, year and position."""
    for at in range(0, len(codes), AT_ONCE):
        for found in _read(view, codes[at : at + AT_ONCE]):
            if view.as_of is None or found.effective_on <= view.as_of:
                yield found


def _read(view: View, codes: Sequence[str]) -> Iterator[ProjectMovement]:
    chosen = select(money).where(money.c.project.in_(codes), money.c.position <= view.position)
    rows = view.connection.execute(chosen.order_by(*money.c[:3]))
    for (project, year), totals in groupby(rows, key=lambda row: (row.project, row.year)):
        before = Flow()
        for row in totals:
            after = Flow(ZERO, *map(Decimal, row[4:]))
            yield ProjectMovement(project, year, row.position, row.effective_on, after.minus(before))
            before = after
