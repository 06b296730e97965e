"""Replay: the books at any position, and what the event there changed."""

from typing import Any

from werkzeug.wrappers import Response

from reporting_service.api.queries import KnownAt, Query, Whole
from reporting_service.reports.replay import replay
from reporting_service.web.pages import answer, asked, pages, seen
from shared.contract.problems import NotFound


class Where(Query):
    """A position, or an instant whose last entry is meant."""

    position = Whole(load_default=None)
    on = KnownAt(load_default=None)


@pages.page("/replay")
def books() -> Response:
    """All balances right after an entry; without one, after the last."""
    query = asked(Where)
    known: dict[str, Any] = {"known_at": query["on"]} if query["on"] else {}
    with seen(known) as view:
        position = view.position if query["position"] is None else query["position"]
        if view.head == 0:
            return answer("replay.html", view, position=0, head=0, found=None)
        found = replay(view.at(view.head), position) if 0 < position <= view.head else None
        if found is None:
            raise NotFound(f"There is no entry {position}: the log is verified up to {view.head}.")
        return answer("replay.html", view.at(position), position=position, head=view.head, found=found)
