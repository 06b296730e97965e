"""A line's statement: what moved its available money, with the running balance."""

import csv
from io import StringIO
from urllib.parse import urlencode

from flask import Response as FlaskResponse
from flask import request
from werkzeug.wrappers import Response

from reporting_service.api.queries import Filters, StatementFilters
from reporting_service.render.figures import harmless
from reporting_service.reports.sources_and_uses import TITLES as ROWS
from reporting_service.reports.statement import statement
from reporting_service.web.facility import known_years
from reporting_service.web.pages import answer, asked, pages, seen
from shared.contract.problems import NotFound
from shared.rules.allocation import LINES

COLUMNS = (
    "position",
    "effective_on",
    "year",
    "recorded_at",
    "type",
    "source",
    "id",
    "row",
    "project",
    "amount",
    "balance",
)
MONEY = frozenset({"amount", "balance"})
MOVEMENTS_MAX = 1_000_000


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


@pages.page("/lines/<line>/statement.csv")
def statement_file(line: str) -> FlaskResponse:
    """The whole statement as CSV: every movement with the balance after it."""
    if line not in LINES:
        raise NotFound("The lines are line-1 and line-2.")
    query = asked(Filters)
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    with seen(query) as view:
        found = statement(view, line, query["year"], 0, MOVEMENTS_MAX).as_dict(view)
    for moved in found["movements"]:
        cells = (str(moved[name] or "") for name in COLUMNS)
        writer.writerow(cell if name in MONEY else harmless(cell) for name, cell in zip(COLUMNS, cells, strict=True))
    answer = FlaskResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{line}-statement.csv"'
    return answer


def onward(after: object) -> str | None:
    """The address of the next page; None behind the last."""
    if after is None:
        return None
    kept = {name: value for name, value in request.args.items() if name not in ("lang", "after")}
    return f"{request.path}?{urlencode({**kept, 'after': str(after)})}"
