"""The door from a printed figure to the events that make it."""

from typing import Any

from flask import Response

from reporting_service.api.exchange import answer, seen, tagged
from reporting_service.api.queries import PageQuery, Routes
from reporting_service.api.shapes_of_reports import FigureAnswer
from reporting_service.reports.annual import YEARS
from reporting_service.reports.drill_down import drill_down, figure
from shared.contract.problems import NotFound

routes = Routes("figures-behind", __name__, url_prefix="/v1", description="What stands behind a printed figure")


@routes.get("/reports/<int:year>/figures/<table>/<path:row>/<column>")
@routes.query(PageQuery)
@routes.answers(200, FigureAnswer)
def figure_events(query: dict[str, Any], year: int, table: str, row: str, column: str) -> Response:
    """Exactly the events that make a figure, each with its contribution and a link to its proof: their sum is it.

    A percentage names the figures that it is made of instead, a text the events that say so. `proof` is an address of
    the ledger, which answers the auditor there.
    """
    with seen(query) as view:

        def made() -> Response:
            found = figure(view, year, table, row, column) if year in YEARS else None
            if found is None:
                raise NotFound(
                    f"The report of {year} has no figure {table}/{row}/{column} at position {view.position}."
                )
            return answer(view, {"year": year, **drill_down(view, found, query["after"], query["limit"])})

        return tagged(view, made)
