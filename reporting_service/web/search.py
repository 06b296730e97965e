"""Search: projects, Member States and rules by what people call them; a number is a position of the log."""

from typing import Any

import marshmallow as ma
from werkzeug.wrappers import Response

from reporting_service.api.queries import Query
from reporting_service.projections.projects import project_codes, projects
from reporting_service.projections.view import View
from reporting_service.reports.member_states import membership
from reporting_service.web.pages import answer, asked, may, pages, seen, visit
from shared.rules.refusals import SOURCES

FOUND_MAX = 25


class SearchQuery(Query):
    """What to look for."""

    q = ma.fields.String(load_default="", validate=ma.validate.Length(max=100))


@pages.page("/search")
def search() -> Response:
    """What carries the words asked for in its code, title or name."""
    words = asked(SearchQuery)["q"].strip()
    with seen({}) as view:
        found = {name: look(view, words.casefold())[:FOUND_MAX] for name, look in LOOKS.items()} if words else {}
        position = int(words) if words.isascii() and words.isdigit() and len(words) < 16 else 0
        known = position if 0 < position <= view.head and may("/replay") else None
        return answer("search.html", view, words=words, found=found, position=known, most=FOUND_MAX)


def _projects(view: View, words: str) -> list[dict[str, Any]]:
    known = projects(view, project_codes(view))
    hits = [found for code, found in known.items() if words in f"{code} {found.data['title']}".casefold()]
    return [{"href": f"/projects/{found.code}", "text": f"{found.code} {found.data['title']}"} for found in hits]


def _states(view: View, words: str) -> list[dict[str, Any]]:
    said = visit().said
    named = {code: said.state(code, member.name) for code, member in membership(view).members.rows().items()}
    hits = sorted(code for code, name in named.items() if words in f"{code} {name}".casefold())
    return [{"href": f"/member-states/{code}", "text": f"{code} {named[code]}"} for code in hits]


def _rules(_: View, words: str) -> list[dict[str, Any]]:
    hits = [id for id, source in SOURCES.items() if words in f"{id} {source.paragraph}".casefold()]
    return [{"href": f"/rules#{id}", "text": f"{id}: {SOURCES[id].paragraph}"} for id in hits]


LOOKS = {"Projects": _projects, "Member States": _states, "Rules": _rules}
