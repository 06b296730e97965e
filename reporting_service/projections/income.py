"""A year's Discretionary Income: approved budget bases, and actual income and its uses with running totals."""

from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Column, Connection, Integer, Table, Text, and_, func, select

from reporting_service.projections.fact import Fact
from reporting_service.projections.filed import Filed, FiledFacts, filed, filed_table, moves
from reporting_service.projections.tables import DERIVED, Rows
from reporting_service.projections.view import View
from shared.money import ZERO, received_usd, text
from shared.rules.income import security_usd

bases = filed_table("income_bases")
actuals = Table(
    "income_actuals",
    DERIVED,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("effective_on", Text, nullable=False),
    Column("total", Text, nullable=False),
    sqlite_with_rowid=False,
)


class Actual(NamedTuple):
    """Income received for a year and overhead applied, in USD; overhead includes security."""

    project_overhead: Decimal = ZERO
    security: Decimal = ZERO
    unearmarked: Decimal = ZERO
    interest: Decimal = ZERO
    staff: Decimal = ZERO
    support: Decimal = ZERO


KINDS = {
    "project-overhead": "project_overhead",
    "security": "security",
    "unearmarked-contribution": "unearmarked",
    "interest": "interest",
    "staff-position": "staff",
    "administrative-support": "support",
}
"""Kind of income, or purpose of applied overhead, to its figure."""


class IncomeActuals:
    """The projection: running totals per year in which the income was earned, and kind."""

    types = frozenset({"income.received", "overhead.applied"})

    def __init__(self) -> None:
        self._totals: dict[tuple[int, str], Decimal] = {}

    def recall(self, connection: Connection) -> None:
        """Take up every year's totals."""
        of_key = select(actuals.c.year, actuals.c.kind, func.max(actuals.c.position).label("position"))
        latest = of_key.group_by(actuals.c.year, actuals.c.kind).subquery()
        same = and_(*(actuals.c[name] == latest.c[name] for name in ("year", "kind", "position")))
        for row in connection.execute(select(actuals).join(latest, same)):
            self._totals[row.year, row.kind] = Decimal(row.total)

    def fold(self, fact: Fact, rows: Rows) -> None:
        """Add a receipt or an application of overhead to its year."""
        data = fact.data
        kind = data["kind"] if fact.short == "income.received" else data["purpose"]
        self._add(fact, kind, received_usd(data), rows)
        if "security_part" in data:
            self._add(fact, "security", security_usd(data), rows)

    def _add(self, fact: Fact, kind: str, value: Decimal, rows: Rows) -> None:
        year = fact.data["year"]
        total = self._totals[year, kind] = self._totals.get((year, kind), ZERO) + fact.sign * value
        rows["income_actuals"].append((year, kind, fact.position, fact.on, text(total)))


def income_bases() -> FiledFacts:
    """The projection of approved budget bases, filed under their year."""
    return FiledFacts(bases, {"income.budgeted"}, lambda fact: str(fact.data["year"]))


def bases_of(view: View, year: int) -> list[Filed]:
    """A year's budget bases that stand, in the order of the log."""
    return filed(view, bases, str(year))


def actual_of(view: View, year: int) -> Actual:
    """A year's actual income so far."""
    made = lambda: Actual(**{name: _total(view, year, kind) for kind, name in KINDS.items()})  # noqa: E731
    return view.once(("actual", year), made)


def _total(view: View, year: int, kind: str) -> Decimal:
    c = actuals.c
    chosen = select(c.effective_on, c.total).where(c.year == year, c.kind == kind, c.position <= view.position)
    if view.as_of is None:
        last = view.connection.execute(chosen.order_by(c.position.desc()).limit(1)).first()
        return Decimal(last.total) if last else ZERO
    kept = before = ZERO
    for on, told in view.connection.execute(chosen.order_by(c.position)):
        after = Decimal(told)
        if on <= view.as_of:
            kept += after - before
        before = after
    return kept


class IncomeStep(NamedTuple):
    """What one entry did to a year's figure, in USD."""

    position: int
    amount: Decimal


def income_steps(view: View, year: int, figure: str) -> list[IncomeStep]:
    """The steps of one figure of a year's actual income (a field of Actual)."""
    c = actuals.c
    kind = next(kind for kind, name in KINDS.items() if name == figure)
    chosen = select(c.position, c.total).where(c.year == year, c.kind == kind, c.position <= view.position)
    before, steps = ZERO, []
    for position, told in view.connection.execute(chosen.order_by(c.position)):
        after = Decimal(told)
        steps.append(IncomeStep(position, after - before))
        before = after
    return steps


def basis_moves(view: View, year: int) -> list[Filed]:
    """A year's budget bases and their reversals, in the order of the log."""
    return moves(view, bases, str(year))
