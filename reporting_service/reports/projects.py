"""Which projects are there, where do they stand, and what happened to one of them?"""

from typing import Any

from reporting_service.projections.flows import Flow
from reporting_service.projections.portfolio import portfolio
from reporting_service.projections.project_money import money_of
from reporting_service.projections.projects import Project, Step, project_codes, projects
from reporting_service.projections.view import View
from reporting_service.reports.table import percent
from shared.money import text

DESCRIBED = ("title", "scope", "states", "line", "area", "activities", "requested", "starts_on", "ends_on")
OPTIONAL = ("follow_up_of", "co_funding", "submitted_on")


def project_list(view: View, year: int | None, after: str, limit: int) -> dict[str, Any]:
    """A page of projects behind a code; with a year, those that moved money in it, with that year's figures."""
    money = portfolio(view).projects
    moved = {code: found.years for code, found in money.items()}
    codes = [code for code in project_codes(view) if code > after and (year is None or year in moved.get(code, {}))]
    page = codes[:limit]
    found = projects(view, page)
    return {
        "projects": [_listed(found[code], moved.get(code, {}), year) for code in page],
        "next": page[-1] if len(codes) > limit else None,
    }


def project_detail(view: View, code: str) -> dict[str, Any] | None:
    """One project with its money per year and every step; None where it is not known."""
    found = projects(view, [code]).get(code)
    if found is None:
        return None
    money = money_of(view, code)
    years = money.years if money else {}
    return {
        "project": _listed(found, years, None),
        "years": {str(year): figures(flow) for year, flow in sorted(years.items())},
        "steps": [_step(step) for step in found.steps],
    }


def figures(flow: Flow) -> dict[str, str]:
    """A project's money as texts in USD; the delivery rate in per cent."""
    return {
        "approved": text(flow.granted),
        "freed": text(flow.freed),
        "disbursed": text(flow.disbursed),
        "spent": text(flow.spent),
        "recovered": text(flow.recovered),
        "undisbursed": text(flow.undisbursed),
        "delivery_rate": percent(flow.spent, flow.disbursed - flow.recovered),
    }


def _listed(project: Project, years: dict[int, Flow], year: int | None) -> dict[str, Any]:
    flow = Flow()
    for of, found in years.items():
        if year is None or of == year:
            flow = flow.plus(found)
    described = {name: project.data[name] for name in DESCRIBED}
    optional = {name: project.data.get(name) for name in OPTIONAL}
    return {"project": project.code, "status": project.status, **described, **optional, **figures(flow)}


def _step(step: Step) -> dict[str, Any]:
    return {
        "position": step.position,
        "type": step.type,
        "effective_on": step.effective_on,
        "status": step.status,
        "recorded_by": step.subject,
        "data": step.data,
    }
