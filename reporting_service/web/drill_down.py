"""Behind a figure: exactly the events that make it, each with its proof; one entry of the log, and its proof."""

import json
from typing import Any

from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from reporting_service.api.queries import PageQuery
from reporting_service.projections import log_copy
from reporting_service.projections.store import read_bookmark
from reporting_service.projections.view import View
from reporting_service.reports.annual import YEARS
from reporting_service.reports.drill_down import drill_down, figure
from reporting_service.web.in_words import in_words, steps_in_words
from reporting_service.web.pages import answer, asked, pages, reporting, seen
from reporting_service.web.statement import onward
from shared.contract.problems import NotFound
from shared.log_format.proofs import make_proof


@pages.page("/reports/<int:year>/figures/<table>/<path:row>/<column>")
def behind(year: int, table: str, row: str, column: str) -> Response:
    """The events that make a figure: their contributions add up to it."""
    query = asked(PageQuery)
    with seen(query) as view:
        found = figure(view, year, table, row, column) if year in YEARS else None
        if found is None:
            raise NotFound(f"The report of {year} has no figure {table}/{row}/{column} at position {view.position}.")
        told = in_words(drill_down(view, found, query["after"], query["limit"]), "value")
        told["derivation"] = steps_in_words(told["derivation"] or {})
        return answer("behind.html", view, year=year, table=table, told=told, query=query, onward=onward(told["next"]))


@pages.page("/entries/<int:position>")
def entry(position: int) -> Response:
    """One entry as it stands in the log."""
    with seen({}) as view:
        found = _entry(view, position)
        text, vkey = json.dumps(found, indent=2, ensure_ascii=False), reporting().settings.log_vkey
        return answer("entry.html", view, entry=found, text=text, vkey=vkey)


@pages.page("/entries/<int:position>/proof")
def proof(position: int) -> FlaskResponse:
    """The entry's tlog-proof with the entry in it, under the last checkpoint verified: all that checking it needs."""
    with seen({}) as view:
        _entry(view, position)
        bookmark, _ = read_bookmark(view.connection)
        node = log_copy.nodes(view.connection, bookmark_size(bookmark.checkpoint_note))
        (body,) = log_copy.bodies(view.connection, position, position)
        text = make_proof(position - 1, node, bookmark.checkpoint_note, body).text()
    answer = FlaskResponse(text, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="entry-{position}.tlog-proof"'
    return answer


def bookmark_size(note: str) -> int:
    """How many entries a checkpoint's note covers."""
    return int(note.split("\n")[1])


def _entry(view: View, position: int) -> dict[str, Any]:
    found = log_copy.entry_at(view.connection, position) if 0 < position <= view.position else None
    if found is None:
        raise NotFound(f"There is no entry {position}: the log is verified up to {view.head}.")
    return found
