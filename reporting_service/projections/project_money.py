"""What each project was granted, paid, has spent and given back, per year, with totals after each position."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Index, Integer, Table, Text, func, select

from reporting_service.projections.fact import Fact
from reporting_service.projections.flows import EFFECTS, FREEING, Flow, moved_by
from reporting_service.projections.tables import DERIVED, Rows, Totals
from reporting_service.projections.view import View
from shared.money import ZERO, text
from shared.postings import ProjectBalances

years = Table(
    "project_years",
    DERIVED,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("project", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("line", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("states", Text, nullable=False),
    sqlite_with_rowid=False,
)
money = Table(
    "project_money",
    DERIVED,
    Column("project", Text, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("effective_on", Text, nullable=False),
    Column("granted", Text, nullable=False),
    Column("freed", Text, nullable=False),
    Column("disbursed", Text, nullable=False),
    Column("spent", Text, nullable=False),
    Column("recovered", Text, nullable=False),
    Index("project_money_position", "position"),
    sqlite_with_rowid=False,
)
freed_table = Table(
    "freed",
    DERIVED,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("amount", Text, nullable=False),
)


class Profile(NamedTuple):
    """What does not change of a project: its line, its scope, and its States' codes with spaces between."""

    line: str
    scope: str
    states: str


class ProjectMoney:
    """The projection, and the books that postings are made from."""

    types = frozenset(short for short in EFFECTS if short.startswith(("grant.", "project.", "expenditure.")))

    def __init__(self) -> None:
        self._profiles: dict[str, Profile] = {}
        self._totals: dict[str, Totals] = {}
        self._years: dict[tuple[str, int], Totals] = {}
        self._freed: dict[int, Decimal] = {}

    def recall(self, connection: Connection) -> None:
        """Take up every project's totals, and what each cancellation and closure freed."""
        for project, year, _, _, _, *figures in _read(connection, None):
            values = [ZERO, *map(Decimal, figures)]
            self._years[project, year] = Totals(values)
            total = self._totals.setdefault(project, Totals(Flow()))
            for place, value in enumerate(values):
                total.add(place, value)
        for position, amount in connection.execute(select(freed_table)):
            self._freed[position] = Decimal(amount)

    def begins(self, code: str, data: dict[str, Any]) -> None:
        """Note the line on which a project draws, its scope and its States."""
        self._profiles[code] = Profile(data["line"], data["scope"], " ".join(data["states"]))

    def line_of(self, fact: Fact) -> str:
        """The line that a fact belongs to."""
        code = fact.data.get("project")
        return self._profiles[code].line if code else str(fact.data["line"])

    def project(self, code: str) -> ProjectBalances:
        """A project's balances so far; granted net of what was freed."""
        flow = self._flow(code)
        line = self._profiles[code].line
        return ProjectBalances(line, flow.granted - flow.freed, flow.disbursed, flow.spent, flow.recovered)

    def _flow(self, code: str) -> Flow:
        total = self._totals.get(code)
        return Flow(*total.values) if total else Flow()

    def freed_at(self, position: int) -> Decimal | None:
        """What the cancellation or closure at a position freed."""
        return self._freed.get(position)

    def freed_by(self, fact: Fact) -> Decimal:
        """What a cancellation or closure sets free: once, the grant less what was disbursed."""
        if fact.short not in FREEING:
            return ZERO
        recorded = self._freed.get(fact.entry["position"])
        if recorded is not None:
            return recorded
        flow = self._flow(fact.data["project"])
        return flow.granted - flow.freed - flow.disbursed

    def fold(self, fact: Fact, rows: Rows) -> None:
        """Add the fact to its project's year."""
        code = fact.data["project"]
        freed = self.freed_by(fact)
        if fact.short in FREEING and fact.position not in self._freed and fact.sign > 0:
            self._freed[fact.position] = freed
            rows["freed"].append((fact.position, text(freed)))
        total, in_year = self._totals.get(code), self._years.get((code, fact.year))
        if total is None:
            total = self._totals[code] = Totals(Flow())
        if in_year is None:
            in_year = self._years[code, fact.year] = Totals(Flow())
            rows["project_years"].append((fact.year, code, fact.position, *self._profiles[code]))
        for place, value in moved_by(fact, freed):
            total.add(place, value)
            in_year.add(place, value)
        rows["project_money"].append((code, fact.year, fact.position, fact.on, *in_year.texts[1:]))


class YearMoney(NamedTuple):
    """A project's profile and its flows by year, in USD."""

    profile: Profile
    years: dict[int, Flow]

    @property
    def line(self) -> str:
        """The line it draws on."""
        return self.profile.line


def _read(connection: Connection, position: int | None, **only: Any) -> Sequence[Any]:
    last = select(func.max(money.c.position)).where(money.c.project == years.c.project, money.c.year == years.c.year)
    chosen = select(money.c.project, money.c.year, *years.c[3:], *money.c[4:])
    if position is not None:
        last = last.where(money.c.position <= position)
        chosen = chosen.where(years.c.position <= position)
    if "project" in only:
        chosen = chosen.where(years.c.project == only["project"])
    same = (money.c.project == years.c.project) & (money.c.year == years.c.year)
    found = chosen.join(years, same).where(money.c.position == last.correlate(years).scalar_subquery())
    return connection.execute(found.order_by(money.c.project, money.c.year)).all()


def all_money(view: View) -> dict[str, YearMoney]:
    """Per project, by its code, as the view knows them, read anew."""
    return _grouped(_flows(view, None))


def money_of(view: View, project: str) -> YearMoney | None:
    """A project's, as the view knows it; None before its first money."""
    return view.once(("money", project), lambda: _grouped(_flows(view, project)).get(project))


def money_moved(view: View, known: Mapping[str, YearMoney], after: int) -> dict[str, YearMoney]:
    """The projects whose totals moved behind a position, as they are now, by what was known of them there."""
    same = (money.c.project == years.c.project) & (money.c.year == years.c.year)
    chosen = select(money.c.project, money.c.year, *years.c[3:], *money.c[4:]).join(years, same)
    moved = chosen.where(money.c.position > after, money.c.position <= view.position).order_by(money.c.position)
    changed: dict[str, YearMoney] = {}
    for code, year, *profile, granted, freed, disbursed, spent, recovered in view.connection.execute(moved):
        flow = Flow(ZERO, *map(Decimal, (granted, freed, disbursed, spent, recovered)))
        before = changed.get(code) or known.get(code) or YearMoney(Profile(*profile), {})
        changed[code] = YearMoney(before.profile, {**before.years, year: flow})
    return changed


def _flows(view: View, project: str | None) -> Iterator[tuple[str, int, Profile, Flow]]:
    if view.as_of:
        yield from _booked_by(view, project)
        return
    only = {} if project is None else {"project": project}
    for code, year, line, scope, states, *figures in _read(view.connection, view.position, **only):
        yield code, year, Profile(line, scope, states), Flow(ZERO, *map(Decimal, figures))


def _booked_by(view: View, project: str | None) -> Iterator[tuple[str, int, Profile, Flow]]:
    """From the steps between totals, because a booking date may lie anywhere in the order of the log."""
    same = (money.c.project == years.c.project) & (money.c.year == years.c.year)
    chosen = select(money.c.project, money.c.year, *years.c[3:], *money.c[3:]).join(years, same)
    chosen = chosen.where(money.c.position <= view.position).order_by(*money.c[:3])
    if project is not None:
        chosen = chosen.where(money.c.project == project)
    for (code, year, *profile), rows in groupby(view.connection.execute(chosen), key=lambda row: tuple(row[:5])):
        before = kept = Flow()
        for row in rows:
            after = Flow(ZERO, *map(Decimal, row[6:]))
            if view.as_of is None or row[5] <= view.as_of:
                kept = kept.plus(after.minus(before))
            before = after
        yield code, year, Profile(*profile), kept


def _grouped(found: Iterable[tuple[str, int, Profile, Flow]]) -> dict[str, YearMoney]:
    grouped: dict[str, YearMoney] = {}
    for code, year, profile, flow in found:
        grouped.setdefault(code, YearMoney(profile, {})).years[year] = flow
    return grouped
