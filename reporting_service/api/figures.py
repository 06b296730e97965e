"""Doors to figures: the Facility, statements, projects, Member States, contributions, the trial balance."""

import re
from typing import Any

from flask import Response

from reporting_service.api.exchange import answer, seen
from reporting_service.api.queries import Filters, ProjectFilters, Routes, StatementFilters
from reporting_service.api.reporting import reporting
from reporting_service.api.shapes import (
    ContributionsAnswer,
    FacilityAnswer,
    MemberStatesAnswer,
    ProjectAnswer,
    ProjectsAnswer,
    StatementAnswer,
    TrialBalanceAnswer,
)
from reporting_service.projections.view import View
from reporting_service.reports.contributions import contributions
from reporting_service.reports.facility import facility
from reporting_service.reports.member_states import member_states
from reporting_service.reports.projects import project_detail, project_list
from reporting_service.reports.statement import statement
from reporting_service.reports.trial_balance import trial_balance, trial_balance_document
from shared.contract.problems import NotFound
from shared.rules.allocation import LINES

routes = Routes("figures", __name__, url_prefix="/v1", description="What stands in the books, as known at any position")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,31}")


@routes.get("/facility")
@routes.query(Filters)
@routes.answers(200, FacilityAnswer)
def facility_year(query: dict[str, Any]) -> Response:
    """Both lines' figures of a year and their sum: Line 1 + Line 2 = Facility.

    Without `year`, that of `as_of`, or the current UTC year, as the ledger answers.
    """
    with seen(query) as view:
        year = query["year"] or (int(query["as_of"][:4]) if query["as_of"] else reporting().now().year)
        return answer(view, facility(view, year).as_dict())


@routes.get("/lines/<line>/statement")
@routes.query(StatementFilters)
@routes.answers(200, StatementAnswer)
def line_statement(query: dict[str, Any], line: str) -> Response:
    """What moved a line's available money, in the order of the log, with the running balance."""
    if line not in LINES:
        raise NotFound("The lines are line-1 and line-2.")
    with seen(query) as view:
        page = statement(view, line, query["year"], query["after"], query["limit"])
        return answer(view, page.as_dict(view))


@routes.get("/projects")
@routes.query(ProjectFilters)
@routes.answers(200, ProjectsAnswer)
def projects(query: dict[str, Any]) -> Response:
    """Projects by code, with their money; with `year`, those that moved money in it, and that year's figures."""
    with seen(query) as view:
        return answer(view, project_list(view, query["year"], query["after"], query["limit"]))


@routes.get("/projects/<code>")
@routes.query(Filters)
@routes.answers(200, ProjectAnswer)
def project(query: dict[str, Any], code: str) -> Response:
    """One project with its money per year and every step of its life; with `year`, the books of its end."""
    if not CODE.fullmatch(code):
        raise NotFound("This is no project code.")
    with seen(_end_of_year(query)) as view:
        found = project_detail(view, code)
        if found is None:
            raise NotFound(f"Project {code} is not known at position {view.position}.")
        return answer(view, found)


@routes.get("/member-states")
@routes.query(Filters)
@routes.answers(200, MemberStatesAnswer)
def states_on_a_date(query: dict[str, Any]) -> Response:
    """Member States on a date: standing, dues in CHF, Article 4, and the lines open to each.

    The date is `as_of`, or 31 December of `year`, or the day on which the last entry was recorded.
    """
    with seen(query) as view:
        on = query["as_of"] or (f"{query['year']}-12-31" if query["year"] else today(view))
        found = [state.as_dict() for state in member_states(view, on)]
        return answer(view, {"on": on, "member_states": found})


@routes.get("/contributions")
@routes.query(Filters)
@routes.answers(200, ContributionsAnswer)
def all_contributions(query: dict[str, Any]) -> Response:
    """Pledged, received and refunded per contribution and currency; with `year`, the facts of that year."""
    with seen(query) as view:
        found = [contribution.as_dict() for contribution in contributions(view, query["year"])]
        return answer(view, {"contributions": found})


@routes.get("/trial-balance")
@routes.query(Filters)
@routes.answers(200, TrialBalanceAnswer)
def accounts(query: dict[str, Any]) -> Response:
    """Every account now, or at the end of `year`: debits equal credits in each line and together."""
    with seen(query) as view:
        return answer(view, trial_balance_document(trial_balance(view, query["year"])))


def today(view: View) -> str:
    """The UTC day of the last entry seen; before the first entry, today."""
    return view.recorded_on() or f"{reporting().now():%Y-%m-%d}"


def _end_of_year(query: dict[str, Any]) -> dict[str, Any]:
    """A year's filter as the date of its end, where none earlier is asked for."""
    if query["year"] is None:
        return query
    end = f"{query['year']}-12-31"
    return query | {"as_of": min(query["as_of"] or end, end)}
