"""What if: a form with the rules in force filled in; the answer stands at an address that can be shared."""

import re
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask import request
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from reporting_service.api.what_if import draft_of, supposed
from reporting_service.projections.view import View
from reporting_service.reports.what_if import default_from
from reporting_service.web.drawing import Pair, pairs
from reporting_service.web.pages import answer, pages, seen, visit
from reporting_service.web.rules import sets_of
from shared.contract.problems import Malformed
from shared.rules.allocation import LINES

CHOICES = {
    "cap": ("miscellaneous-income", "none"),
    "cap_counts": ("new-money", "all"),
    "article_4_comparison": ("at-least", "more-than"),
}
FIRST = ("share", "baseline", "line_1_amount", "cap", "national_ceiling", "regional_ceiling")
"""What is most often asked stands first in the form."""
HUNDRED = Decimal(100)
SEPARATOR = ", "
PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%?")


@pages.page("/what-if")
def supposing() -> Response:
    """The form; with parameters that differ from those in force, what would have been."""
    with seen({}) as view:
        found = sets_of(view)
        current = found[-1] if found else None
    if current is None:
        return answer("what_if.html", current=None)
    given = {name: value.strip() for name, value in request.args.items() if name != "lang"}
    names = dict.fromkeys((*(name for name in FIRST if name in current["parameters"]), *current["parameters"]))
    fields = {name: given.get(name, written(name, current["parameters"][name])) for name in names}
    effective_from = given.get("effective_from") or default_from()
    changed = {
        name: fields[name] for name, value in current["parameters"].items() if fields[name] != written(name, value)
    }
    short = changed | ({"effective_from": effective_from} if effective_from != default_from() else {})
    if given and given != short:
        return redirect(f"/what-if?{urlencode(short)}#result" if short else "/what-if", 303)
    page = {"current": current, "fields": fields, "effective_from": effective_from, "changed": changed}
    if not changed:
        return answer("what_if.html", **page, choices=CHOICES, told=None, errors={}, chart={})
    return _told(page, current, changed, effective_from)


def _told(page: dict[str, Any], current: dict[str, Any], changed: dict[str, str], since: str) -> Response:
    try:
        parameters = {name: read(name, text, current["parameters"][name]) for name, text in changed.items()}
        draft = draft_of({"parameters": parameters, "effective_from": since})
    except Malformed as malformed:
        errors = {field_of(fault["pointer"]): fault["detail"] for fault in malformed.errors}
        return answer("what_if.html", **page, choices=CHOICES, told=None, errors=errors, chart={})
    with supposed({}, draft) as (view, told):
        return answer("what_if.html", view, **page, choices=CHOICES, told=told, errors={}, chart=_charts(view, told))


def _charts(_: View, told: dict[str, Any]) -> dict[str, Any]:
    """A chart a line; none where no year has a budget."""
    said = visit().said
    if not told["years"]:
        return {}
    return {
        line: pairs(
            [_pair(year, line) for year in told["years"]],
            (said.say("as it was"), said.say("as it would have been")),
            f"chart-{line}",
            said.say("{line}: allocated a year, USD million", line=said.of("Line 1" if line == "line-1" else "Line 2")),
            said.say("The figures are in the table below."),
        )
        for line in LINES
    }


def _pair(year: dict[str, Any], line: str) -> Pair:
    was, would = (
        float(year[kind][line]["allocated"]) + float(year[kind][line]["revised"]) for kind in ("was", "would_be")
    )
    return Pair(str(year["year"]), was, would)


def field_of(pointer: str) -> str:
    """The field of the form that a fault belongs to: within a list, the list's."""
    return pointer.removeprefix("#/").removeprefix("parameters/").partition("/")[0]


def written(name: str, value: Any) -> str:
    """A parameter as the form shows it: a share in per cent, nothing for none."""
    if value is None:
        return ""
    if name == "share":
        return f"{(Decimal(value) * HUNDRED).normalize():f}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return SEPARATOR.join(value) if isinstance(value, list) else str(value)


def read(name: str, text: str, like: Any) -> Any:
    """A parameter as rules have it, from the form; what cannot be read stays a text, for the schema to refuse."""
    if not text:
        return None
    if name == "share":
        share = PERCENT.fullmatch(text)
        return f"{(Decimal(share[1]) / HUNDRED).normalize():f}" if share else text
    if isinstance(like, bool):
        return {"yes": True, "no": False}.get(text, text)
    if isinstance(like, list):
        return [part.strip() for part in text.split(",")]
    if isinstance(like, int):
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else text
    return text
