"""Rules and refusals: each parameter with its paragraph, and who was refused what, why, and what would have passed."""

from typing import Any

from werkzeug.wrappers import Response

from reporting_service.api.queries import Known, Whole
from reporting_service.projections.duties import duties_of
from reporting_service.projections.duties import rule_sets as recorded_sets
from reporting_service.projections.view import View
from reporting_service.web.pages import answer, asked, may, pages, seen
from reporting_service.web.projects import refused_events
from shared.contract.problems import NotFound
from shared.rules.model import Model
from shared.rules.refusals import SOURCES
from shared.rules.rulebook import rule_sets

PAGE = 50


class RefusalsQuery(Known):
    """Which page of refusals, newest first."""

    after = Whole(load_default=0)


@pages.page("/rules")
def rules() -> Response:
    """Rule sets, the newest first, each parameter with its paragraph; every rule with where it is written."""
    query = asked(Known)
    with seen(query) as view:
        return answer("rules.html", view, sets=sets_of(view)[::-1], sources=SOURCES, query=query)


def sets_of(view: View) -> list[dict[str, Any]]:
    """The rule sets as the ledger tells them, oldest first, reviews included."""
    model: Model = recorded_sets(view)
    reviewed = {fact.data["version"]: fact.data["reviewed_on"] for fact in duties_of(view, "rules.reviewed")}
    return [{**found, "reviewed_on": reviewed.get(found["version"])} for found in rule_sets(model)]


@pages.page("/refusals")
def refusals() -> Response:
    """What was refused, the newest first."""
    query = asked(RefusalsQuery)
    with seen(query) as view:
        found = refused_events(view)[::-1]
        page = found[query["after"] : query["after"] + PAGE]
        more = query["after"] + PAGE if query["after"] + PAGE < len(found) else None
        return answer("refusals.html", view, page=page, number=len(found), more=more)


@pages.page("/refusals/<int:position>")
def refusal(position: int) -> Response:
    """One refusal: what was asked, every rule that failed, and what would have passed."""
    with seen({}) as view:
        found = next((told for told in refused_events(view) if told["position"] == position), None)
        if found is None:
            raise NotFound(f"There is no refusal at position {position}.")
        return answer("refusal.html", view, found=found, whole=may("/entries/<int:position>"))
