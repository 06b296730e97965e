"""Reading the model: the Facility's balances, eligibility, rule sets, and the catalogue of events."""

from typing import Any

import marshmallow as ma
from flask import Response

from ledger_service.api.ledger import answer, ledger
from ledger_service.api.queries import Query, Routes, Whole
from ledger_service.api.shapes import Eligibility, EventTypes, Facility, RuleSets
from shared.contract.checks import check_date
from shared.contract.events import EVENT_TYPES, PREFIX, SUFFIX, EventType, json_schema
from shared.contract.problems import NotFound

LINES = ("line-1", "line-2")

routes = Routes("facility", __name__, description="The Facility as it stands")


def _is_date(value: str) -> None:
    if sentence := check_date(value):
        raise ma.ValidationError(sentence)


class FacilityQuery(Query):
    """Which year."""

    year = Whole(1951, 2099, metadata={"description": "financial year; the current UTC year unless given"})


class EligibilityQuery(Query):
    """For which line, on which day."""

    line = ma.fields.String(required=True, validate=ma.validate.OneOf(LINES))
    on = ma.fields.String(validate=_is_date, metadata={"format": "date", "description": "today (UTC) unless given"})


@routes.get("/v1/facility")
@routes.query(FacilityQuery)
@routes.answers(200, Facility)
def balances(query: dict[str, Any]) -> Response:
    """Both lines and the Facility in one year: opening, movements, and what is available."""
    year = query.get("year", ledger().now().year)
    return answer(ledger().journal.ask("facility", year))


@routes.get("/v1/member-states/<state>/eligibility")
@routes.query(EligibilityQuery)
@routes.answers(200, Eligibility)
def member_state(query: dict[str, Any], state: str) -> Response:
    """May this State (ISO 3166-1 alpha-3) benefit from a line on a day? Every rule, its figures and citations."""
    if not (len(state) == 3 and state.isascii() and state.isupper() and state.isalpha()):
        raise NotFound("A State is named by its ISO 3166-1 alpha-3 code, such as KEN.")
    on = query.get("on", ledger().now().date().isoformat())
    return answer(ledger().journal.ask("eligibility", state, query["line"], on))


@routes.get("/v1/rules")
@routes.answers(200, RuleSets)
def rules() -> Response:
    """Every rule set, oldest first, with each parameter's citation."""
    return answer(ledger().journal.ask("rules"))


@routes.get("/v1/event-types")
@routes.answers(200, EventTypes)
def event_types() -> Response:
    """The catalogue: every type, who posts it, where it is kept, where it comes from."""
    return answer({"event_types": [_described(kind) for kind in EVENT_TYPES.values()]})


def _described(kind: EventType) -> dict[str, Any]:
    return {
        "type": kind.name,
        "short": kind.short,
        "title": kind.title,
        "roles": sorted(kind.roles),
        "stream": kind.stream,
        "citation": kind.source,
        "schema": f"/schemas/{kind.name}",
    }


@routes.get("/schemas/<type_>")
@routes.answers(200, {"type": "object"})
def schema(type_: str) -> Response:
    """The JSON Schema 2020-12 of a whole event, by full or short type name."""
    name = type_ if type_.startswith(PREFIX) else f"{PREFIX}{type_}{SUFFIX}"
    if name not in EVENT_TYPES:
        raise NotFound(f"There is no event type {type_}.")
    return answer(json_schema(name))
