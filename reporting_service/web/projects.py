"""Projects: the list, one project's whole life, and contributions to the Facility itself."""

from typing import Any

from werkzeug.wrappers import Response

from reporting_service.api.figures import CODE, today
from reporting_service.api.queries import Filters, ProjectFilters, Whole
from reporting_service.projections.refusals import refusals_of
from reporting_service.projections.view import View
from reporting_service.reports.contributions import contributions
from reporting_service.reports.projects import project_detail, project_list
from reporting_service.web.facility import known_years
from reporting_service.web.pages import answer, asked, pages, seen
from reporting_service.web.statement import onward
from shared.contract.problems import NotFound


@pages.page("/projects")
def all_projects() -> Response:
    """Projects by code, with their money."""
    query = asked(ProjectFilters)
    with seen(query) as view:
        page = project_list(view, query["year"], query["after"], query["limit"])
        years = known_years(view)
        return answer("projects.html", view, query=query, page=page, years=years, onward=onward(page["next"]))


@pages.page("/projects/<code>")
def one_project(code: str) -> Response:
    """One project: what was applied for, its money, its life step by step, and what was refused."""
    query = asked(Filters)
    if not CODE.fullmatch(code):
        raise NotFound("This is no project code.")
    with seen(query) as view:
        found, refused = project_detail(view, code), refused_of(view, code)
        if found is None and not refused:
            raise NotFound(f"Project {code} is not known at position {view.position}.")
        steps = (found["steps"] if found else []) + [{**told, "type": "refused"} for told in refused]
        return answer(
            "project.html",
            view,
            code=code,
            found=found,
            steps=sorted(steps, key=lambda step: int(step["position"])),
            refused=refused,
            on=today(view),
        )


class GiftsQuery(Filters):
    """The filters, `all` years, and a page."""

    all = Whole(0, 1, load_default=0)
    after = Whole(load_default=0)
    limit = Whole(1, 1_000, load_default=200)


@pages.page("/contributions")
def given() -> Response:
    """Direct voluntary contributions, each in its currency."""
    query = asked(GiftsQuery)
    with seen(query) as view:
        years = known_years(view)
        year = None if query["all"] else query["year"] or max(years, default=None)
        found = contributions(view, year)
        page = [one.as_dict() for one in found[query["after"] : query["after"] + query["limit"]]]
        after = query["after"] + query["limit"]
        more = onward(after if after < len(found) else None)
        return answer("contributions.html", view, query=query, year=year, found=page, years=years, onward=more)


def refused_of(view: View, code: str) -> list[dict[str, Any]]:
    """What the rules refused of a project, as a step of its life."""
    return [told for told in refused_events(view) if told["project"] == code]


def refused_events(view: View) -> list[dict[str, Any]]:
    """Every refusal of a single event, as known, in the order of the log."""
    return view.once("refused-events", lambda: [_refused(fact) for fact in refusals_of(view)])


def _refused(fact: Any) -> dict[str, Any]:
    event = fact.data.get("event", {})
    batch = [found for fault in fact.data.get("faults", ()) for found in fault["refusals"]]
    return {
        "position": fact.position,
        "effective_on": fact.effective_on,
        "recorded_by": fact.subject,
        "event": event,
        "short": event.get("type", "")[9:-3],
        "data": event.get("data", {}),
        "project": event.get("data", {}).get("project"),
        "refusals": fact.data.get("refusals") or batch,
        "batch": fact.data.get("batch"),
    }
