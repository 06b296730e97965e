"""The catalogue: every event type of version 1, by its full name, and the JSON Schema of each."""

from typing import Any

from shared.contract.event_type import PREFIX, SUFFIX, EventType
from shared.contract.facts import (
    contributions,
    control_totals,
    corrections,
    grants,
    income,
    lines,
    log,
    membership,
    projects,
    reports,
    rules,
    years,
)
from shared.contract.json_schema import event_schema

__all__ = ["EVENT_TYPES", "PREFIX", "SUFFIX", "EventType", "json_schema"]

_NOUNS = (rules, corrections, membership, income, lines, contributions, projects, grants, control_totals, years)

EVENT_TYPES: dict[str, EventType] = {kind.name: kind for noun in (*_NOUNS, reports, log) for kind in noun.TYPES}


def json_schema(name: str) -> dict[str, Any]:
    """JSON Schema 2020-12 of a whole event of the type; raises KeyError for an unknown name."""
    return event_schema(EVENT_TYPES[name])
