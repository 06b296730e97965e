"""A year's Discretionary Income: approved budget bases, and actual income and its uses with running totals."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Integer, Table, Text, func, select

from reporting_service.projections.fact import Fact
from reporting_service.projections.filed import Filed, FiledFacts, filed, filed_table
from reporting_service.projections.tables import DERIVED, Rows
from reporting_service.projections.view import View
from shared.money import ZERO, received_usd, text
from shared.rules.income import security_usd

bases = filed_table("income_bases")
actuals = Table(
    "income_actuals",
    DERIVED,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("effective_on", Text, nullable=False),
    Column("project_overhead", Text, nullable=False),
    Column("security", Text, nullable=False),
    Column("unearmarked", Text, nullable=False),
    Column("interest", Text, nullable=False),
    Column("staff", Text, nullable=False),
    Column("support", Text, nullable=False),
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


_KINDS = {"project-overhead": "project_overhead", "unearmarked-contribution": "unearmarked", "interest": "interest"}
_PURPOSES = {"staff-position": "staff", "administrative-support": "support"}


class IncomeActuals:
    """The projection: running totals per year in which the income was earned."""

    types = frozenset({"income.received", "overhead.applied"})

    def __init__(self) -> None:
        self._totals: dict[int, Actual] = {}

    def recall(self, connection: Connection) -> None:
        """Take up every year's totals."""
        last = select(actuals.c.year, func.max(actuals.c.position).label("position")).group_by(actuals.c.year)
        latest = last.subquery()
        same = (actuals.c.year == latest.c.year) & (actuals.c.position == latest.c.position)
        for row in connection.execute(select(actuals).join(latest, same)):
            self._totals[row.year] = Actual(*map(Decimal, row[3:]))

    def fold(self, fact: Fact, rows: Rows) -> None:
        """Add a receipt or an application of overhead to its year."""
        data = fact.data
        year = data["year"]
        before = self._totals.get(year, Actual())
        named = _KINDS[data["kind"]] if fact.short == "income.received" else _PURPOSES[data["purpose"]]
        changes = {named: fact.sign * received_usd(data)}
        if "security_part" in data:
            changes["security"] = fact.sign * security_usd(data)
        after = before._replace(**{name: getattr(before, name) + change for name, change in changes.items()})
        self._totals[year] = after
        rows["income_actuals"].append((year, fact.position, fact.on, *map(text, after)))


def income_bases() -> FiledFacts:
    """The projection of approved budget bases, filed under their year."""
    return FiledFacts(bases, {"income.budgeted"}, lambda fact: str(fact.data["year"]))


def bases_of(view: View, year: int) -> list[Filed]:
    """A year's budget bases that stand, in the order of the log."""
    return filed(view, bases, str(year))


def actual_of(view: View, year: int) -> Actual:
    """A year's actual income so far."""
    chosen = select(actuals).where(actuals.c.year == year, actuals.c.position <= view.position)
    if view.as_of is None:
        last = view.connection.execute(chosen.order_by(actuals.c.position.desc()).limit(1)).all()
        return _booked_by(last, None)
    return _booked_by(view.connection.execute(chosen.order_by(actuals.c.position)), view.as_of)


def _booked_by(rows: Iterable[Any], as_of: str | None) -> Actual:
    kept = before = Actual()
    for row in rows:
        after = Actual(*map(Decimal, row[3:]))
        if as_of is None or row.effective_on <= as_of:
            kept = Actual(*(have + new - old for have, new, old in zip(kept, after, before, strict=True)))
        before = after
    return kept
