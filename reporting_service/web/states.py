"""Member States: who may draw on which line, explained rule by rule."""

from typing import Any

from werkzeug.wrappers import Response

from reporting_service.api.figures import today
from reporting_service.api.queries import Filters
from reporting_service.projections.view import View
from reporting_service.reports.member_states import member_states, membership
from reporting_service.web.facility import known_years
from reporting_service.web.pages import answer, asked, pages, seen
from shared.contract.problems import NotFound
from shared.rules.allocation import LINES
from shared.rules.membership import eligibility


@pages.page("/member-states")
def states() -> Response:
    """Member States on a date, with dues, Article 4, and the lines open to each."""
    query = asked(Filters)
    with seen(query) as view:
        on = _on(view, query)
        found = [state.as_dict() for state in member_states(view, on)]
        return answer("states.html", view, query=query, on=on, found=found, years=known_years(view))


@pages.page("/member-states/<state>")
def one_state(state: str) -> Response:
    """One State on a date: every rule for each line, with figures and citations."""
    query = asked(Filters)
    with seen(query) as view:
        on = _on(view, query)
        found = next((one.as_dict() for one in member_states(view, on) if one.state == state), None)
        if found is None:
            raise NotFound(f"No Member State {state} is recorded as admitted by {on}.")
        lines = {line: eligibility(membership(view), state, line, on) for line in LINES}
        return answer("state.html", view, query=query, on=on, found=found, lines=lines)


def _on(view: View, query: dict[str, Any]) -> str:
    return str(query["as_of"] or (f"{query['year']}-12-31" if query["year"] else today(view)))
