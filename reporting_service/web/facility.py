"""The Facility today: both lines side by side, how this year's money was derived, and what is due."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from werkzeug.wrappers import Response

from reporting_service.api.figures import today
from reporting_service.api.queries import Filters
from reporting_service.projections.duties import pending
from reporting_service.projections.view import View
from reporting_service.reports.delivery import table as delivery
from reporting_service.reports.derivation import STEPS, derivations
from reporting_service.reports.exceptions import overdue
from reporting_service.reports.facility import facility
from reporting_service.reports.lines import available_of
from reporting_service.reports.member_states import member_states
from reporting_service.web.drawing import Bar, waterfall
from reporting_service.web.pages import answer, asked, may, pages, reporting, seen, visit
from shared.money import ZERO, text

NEAR = Decimal("0.75")
"""A State is near Article 4 when its arrears reach three quarters of the threshold."""


@pages.page("/")
def front() -> Response:
    """The way in: the Facility for those who may see it, a welcome for everybody else."""
    if may("/facility"):
        return today_page()
    return answer("welcome.html", status_of=reporting().follower.status())


@pages.page("/facility")
def today_page() -> Response:
    """The Facility in a year."""
    query = asked(Filters)
    with seen(query) as view:
        years = known_years(view)
        year = query["year"] or _present(years)
        steps = derivations(view, year)
        basis = next((key for key in ("revised", "budget") if steps[key]), None)
        return answer(
            "facility.html",
            view,
            query=query,
            year=year,
            over=f"{year}-12-31" < today(view),
            years=years,
            found=facility(view, year).as_dict(),
            paid={row.key: row.cells for row in delivery(view, year).rows},
            basis=basis,
            steps=steps,
            names=STEPS,
            together=_together,
            chart=_chart(steps[basis], year) if basis else None,
            due=_due(view, year),
        )


def _together(figures: Mapping[str, str]) -> str:
    """What came back or moved otherwise, as one figure."""
    return text(sum((Decimal(figures[name]) for name in ("recovered", "freed", "adjusted")), ZERO))


def known_years(view: View) -> list[int]:
    """Years in which money of a line moved, newest first."""
    return sorted({balance.year for balance in available_of(view)}, reverse=True)


def _present(years: list[int]) -> int:
    """The clock's year, or the last one before it that has money."""
    now = reporting().now().year
    return next((year for year in years if year <= now), now)


def _due(view: View, year: int) -> dict[str, Any]:
    on = min(today(view), f"{year}-12-31")
    states = member_states(view, on) if may("/member-states") else []
    return {
        "on": on,
        "duties": list(overdue(view, year)),
        "pending": pending(view),
        "barred": [state for state in states if state.article_4],
        "near": [state for state in states if not state.article_4 and _near(state.arrears)],
    }


def _near(found: Any) -> bool:
    return bool(found.arrears > 0 and found.prior_years >= 2 and found.arrears >= NEAR * found.threshold)


def _chart(steps: Mapping[str, str], year: int) -> Markup:
    """From income to Line 2, as a waterfall in USD."""
    said = visit().said
    figures = {name: float(value) for name, value in steps.items() if _is_number(value)}
    bars = [_added("project_overhead", 0.0, steps, figures)]
    for name in ("unearmarked_contributions", "interest"):
        bars.append(_added(name, bars[-1].end, steps, figures))
    total = figures["discretionary_income"]
    bars.append(_sum("discretionary_income", steps, figures))
    bars.append(_taken("security", total, steps, figures))
    bars.append(_taken("baseline", bars[-1].end, steps, figures))
    bars += [_sum(name, steps, figures) for name in ("excess", "line_2_share", "line_1", "line_2", "facility")]
    title = said.say("How the money of {year} follows from income", year=year)
    return waterfall(bars, "derivation", title, said.say("The figures are in the table beside this chart."))


def _is_number(value: str) -> bool:
    return value.replace("-", "", 1).replace(".", "", 1).isdigit()


def _label(name: str) -> str:
    return visit().said.of(SHORT.get(name, STEPS[name][0]))


def _added(name: str, begin: float, steps: Mapping[str, str], figures: dict[str, float]) -> Bar:
    return Bar(_label(name), begin, begin + figures[name], _figure(steps[name]), "up")


def _taken(name: str, begin: float, steps: Mapping[str, str], figures: dict[str, float]) -> Bar:
    return Bar(_label(name), begin, begin - figures[name], _figure(text(-Decimal(steps[name]))), "down")


def _sum(name: str, steps: Mapping[str, str], figures: dict[str, float]) -> Bar:
    return Bar(_label(name), 0.0, figures[name], _figure(steps[name]), "sum")


def _figure(value: str) -> str:
    return visit().said.figure(value, "USD")


SHORT = {
    "project_overhead": "Project-related overhead",
    "unearmarked_contributions": "Unearmarked contributions",
    "interest": "Interest income",
    "security": "less security",
    "baseline": "less baseline",
    "line_2_share": "Share of the excess",
}
"""Labels that fit beside a bar."""
