"""What entries would change, found by applying them to the kept model and taking them back at once."""

from typing import Any

from ledger_service.api.ledger import Ledger
from shared.rules.apply import apply
from shared.rules.lines import facility
from shared.rules.model import Model

Entry = dict[str, Any]
NAMES = ("opening", "allocated", "revised", "contributions", "recovered", "adjusted", "approved", "freed", "available")


def effects(ledger: Ledger, entries: list[Entry]) -> list[dict[str, Any]]:
    """Each figure of the lines that would be another, by year: line, figure, before, after. Empty without money."""
    if not entries:
        return []
    years = sorted({entry["year"] for entry in entries} | {entry["data"].get("year", 0) for entry in entries} - {0})

    def supposed(model: Model) -> list[dict[str, Any]]:
        if model.position + 1 != entries[0]["position"]:
            return []  # something was recorded in between: what it would become is no longer sure
        before = {year: facility(model, year) for year in years}
        mark = model.mark()
        try:
            for entry in entries:
                apply(model, entry, entry_at)
            return [one for year in years for one in _changed(year, before[year], facility(model, year))]
        finally:
            model.rollback(mark)

    drafts = {entry["position"]: entry for entry in entries}

    def entry_at(position: int) -> Entry | None:
        return drafts.get(position) or stored_entry(ledger, position)

    return ledger.journal.ask(supposed)


def stored_entry(ledger: Ledger, position: int) -> Entry | None:
    """An entry as stored; None where there is none."""
    from orjson import loads

    with ledger.journal.reading() as reader:
        body = reader.entries_at([position]).get(position)
    return None if body is None else loads(body)


def _changed(year: int, before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"year": year, "line": line, "figure": name, "before": was[name], "after": now[name]}
        for line, was in before["lines"].items()
        for now in [after["lines"][line]]
        for name in NAMES
        if was[name] != now[name]
    ]
