"""A line's statement: what moved its available money, with the running balance."""

from urllib.parse import urlencode

from flask import request
from werkzeug.wrappers import Response

from reporting_service.api.queries import StatementFilters
from reporting_service.reports.sources_and_uses import TITLES as ROWS
from reporting_service.reports.statement import statement
from reporting_service.web.facility import known_years
from reporting_service.web.pages import answer, asked, pages, seen
from shared.contract.problems import NotFound
from shared.rules.allocation import LINES


@pages.page("/lines/<line>")
def line_statement(line: str) -> Response:
    """A page of a line's statement."""
    if line not in LINES:
        raise NotFound("The lines are line-1 and line-2.")
    query = asked(StatementFilters)
    with seen(query) as view:
        page = statement(view, line, query["year"], query["after"], query["limit"]).as_dict(view)
        years = known_years(view)
        return answer(
            "statement.html",
            view,
            line=line,
            query=query,
            page=page,
            years=years,
            rows=ROWS,
            onward=onward(page["next"]),
        )


def onward(after: object) -> str | None:
    """The address of the next page; None behind the last."""
    if after is None:
        return None
    kept = {name: value for name, value in request.args.items() if name not in ("lang", "after")}
    return f"{request.path}?{urlencode({**kept, 'after': str(after)})}"
