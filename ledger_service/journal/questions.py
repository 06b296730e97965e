"""What can be asked of the committed model, by name, so that a question can be put to another process."""

from collections.abc import Callable
from typing import Any

import orjson

from ledger_service.journal.commands import Entry
from ledger_service.journal.kept import Kept
from shared.rules.apply import apply
from shared.rules.lines import FIGURES, facility
from shared.rules.membership import eligibility
from shared.rules.rulebook import rule_sets


def effects(kept: Kept, entries: list[Entry]) -> list[dict[str, Any]]:
    """Each figure of the lines that would be another after these entries, by year: line, figure, before, after.

    Found by applying them and taking them back at once. Nothing when something was recorded since they were drafted:
    what it would become is no longer sure.
    """
    if not entries or kept.model.position + 1 != entries[0]["position"]:
        return []
    years = sorted({entry["year"] for entry in entries} | {entry["data"].get("year", 0) for entry in entries} - {0})
    drafts = {entry["position"]: entry for entry in entries}
    before = {year: facility(kept.model, year) for year in years}
    mark = kept.model.mark()
    try:
        for entry in entries:
            apply(kept.model, entry, lambda position: drafts.get(position) or kept.entry_at(position))
        return [one for year in years for one in _changed(year, before[year], facility(kept.model, year))]
    finally:
        kept.model.rollback(mark)


def _changed(year: int, before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"year": year, "line": line, "figure": name, "before": was[name], "after": now[name]}
        for line, was in before["lines"].items()
        for now in [after["lines"][line]]
        for name in FIGURES
        if was[name] != now[name]
    ]


READY = "ready"
"""The question that is answered only while the store takes what is written."""

QUESTIONS: dict[str, Callable[..., Any]] = {
    "position": lambda kept: {"position": kept.model.position},
    READY: lambda kept: {"position": kept.model.position},
    "facility": lambda kept, year: facility(kept.model, year),
    "eligibility": lambda kept, state, line, on: eligibility(kept.model, state, line, on),
    "rules": lambda kept: {"position": kept.model.position, "rule_sets": rule_sets(kept.model)},
    "pending": lambda kept: sorted(kept.model.pending.rows()),
    "effects": effects,
}
"""Each takes what the writer keeps and the arguments of the question; `pending` gives positions."""


def answered(kept: Kept, name: str, arguments: list[Any]) -> bytes:
    """The answer to a question as JSON; whatever the question raises."""
    return orjson.dumps(QUESTIONS[name](kept, *arguments))
