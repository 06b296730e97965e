"""All projects' money together: sums by line and by State, and which projects a year concerns."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from reporting_service.projections.flows import Flow
from reporting_service.projections.project_money import YearMoney, all_money, money_moved
from reporting_service.projections.spans import Mark, Spans
from reporting_service.projections.view import View
from shared.money import ZERO


class Part(NamedTuple):
    """What a State has in national projects, by number and USD, and in regional ones, by number alone.

    A project counts in a year in which its grants do not cancel out; `so_far` says by how many the number of projects
    whose grants of all years do not cancel out has grown.
    """

    national: int = 0
    usd: Decimal = ZERO
    regional: int = 0
    national_so_far: int = 0
    regional_so_far: int = 0

    def plus(self, other: "Part", sign: int = 1) -> "Part":
        """Both together, or this one without the other."""
        return Part(
            self.national + sign * other.national,
            self.usd + sign * other.usd,
            self.regional + sign * other.regional,
            self.national_so_far + sign * other.national_so_far,
            self.regional_so_far + sign * other.regional_so_far,
        )


class Portfolio(NamedTuple):
    """Projects by code; flows by line and year; parts by State and year; the projects of a year. USD throughout."""

    projects: Mapping[str, YearMoney]
    sums: Mapping[tuple[str, int], Flow]
    parts: Mapping[str, Mapping[int, Part]]
    spans: Spans[str]

    def moved(self, changed: Mapping[str, YearMoney]) -> "Portfolio":
        """The same after the money of some projects is another."""
        sums = dict(self.sums)
        parts = dict(self.parts)
        states = {state for money in changed.values() for state in money.profile.states.split()}
        own = {state: dict(parts.get(state, {})) for state in states}
        for code, now in changed.items():
            for money, sign in ((self.projects.get(code), -1), (now, 1)):
                if money is not None:
                    _sum_up(money, sign, sums, own)
        before = {code: _marks(self.projects[code]) for code in changed if code in self.projects}
        spans = self.spans.changed(before, {code: _marks(now) for code, now in changed.items()})
        return Portfolio({**self.projects, **changed}, sums, parts | own, spans)


NOTHING = Portfolio({}, {}, {}, Spans())


def portfolio(view: View) -> Portfolio:
    """All projects' money as the view knows it."""
    if view.as_of is not None:
        return view.once("portfolio", lambda: NOTHING.moved(all_money(view)))
    return view.read_on("portfolio", NOTHING, lambda known, after: _on(view, known, after))


def _on(view: View, known: Portfolio, after: int) -> Portfolio:
    changed = money_moved(view, known.projects, after) if after else all_money(view)
    return known.moved(changed) if changed else known


def _sum_up(
    money: YearMoney, sign: int, sums: dict[tuple[str, int], Flow], parts: Mapping[str, dict[int, Part]]
) -> None:
    for year, flow in money.years.items():
        of_line = sums.get((money.line, year), Flow())
        sums[money.line, year] = of_line.plus(flow) if sign > 0 else of_line.minus(flow)
    states = money.profile.states.split()
    for year, part in _parts(money):
        for state in states:
            of_state = parts[state]
            of_state[year] = of_state.get(year, Part()).plus(part, sign)


def _parts(money: YearMoney) -> Iterator[tuple[int, Part]]:
    before = ZERO
    for year, flow in sorted(money.years.items()):
        after = before + flow.granted
        number, more = int(flow.granted != 0), int(after != 0) - int(before != 0)
        if money.profile.scope == "regional":
            yield year, Part(regional=number, regional_so_far=more)
        else:
            yield year, Part(national=number, usd=flow.granted, national_so_far=more)
        before = after


def _marks(money: YearMoney) -> list[Mark]:
    to_date, marks = Flow(), []
    for year, flow in sorted(money.years.items()):
        to_date = to_date.plus(flow)
        marks.append(Mark(year, to_date.is_open))
    return marks
