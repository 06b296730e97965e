"""The door to the books at any position: all balances there, and what that event changed."""

from typing import Any

from flask import Response

from reporting_service.api.exchange import answer, seen, tagged
from reporting_service.api.queries import ReplayQuery, Routes
from reporting_service.api.shapes_of_what_if import ReplayAnswer
from reporting_service.reports.replay import replay
from shared.contract.problems import NotFound

routes = Routes("replay", __name__, url_prefix="/v1", description="The books, event by event")


@routes.get("/replay")
@routes.query(ReplayQuery)
@routes.answers(200, ReplayAnswer)
def books_at(query: dict[str, Any]) -> Response:
    """Every account right after the entry at `position`, what that entry changed, and the rules that spoke."""
    position = query["position"]
    with seen({}) as view:
        found = replay(view, position)
        if found is None:
            raise NotFound(f"There is no entry {position}: the log is verified up to {view.head}.")
        return tagged(view, lambda: answer(view.at(position), found))
