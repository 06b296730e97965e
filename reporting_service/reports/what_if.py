"""What would the lines have been, and which decisions, had a draft of rules been in force?"""

import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from reporting_service.projections import log_copy
from reporting_service.projections.view import View
from reporting_service.reports.facility import LineYear, line_year
from reporting_service.reports.lines import available_of
from reporting_service.reports.supposition import DRAFT, Draft, Otherwise, Supposition
from reporting_service.reports.table import LINE_TITLES, Column, Row, Table
from shared.money import text
from shared.rules.allocation import LINES
from shared.rules.lines import line_figures
from shared.rules.model import Model, RuleSet
from shared.rules.rulebook import draft_set, shipped_data

ENTRIES_MAX = 1_500_000
SECONDS_MAX = 60.0
LISTED_MAX = 500
PAGE = 2_000
FIGURES = {"allocated": "allocated", "available": "carried forward"}
KINDS = {"was": "as it was", "would-be": "as it would have been", "difference": "difference"}
TAKEN = (
    "Income, contributions, Member States and submissions are those recorded; both lines are derived anew for every"
    " recorded basis, and each approval and increase is judged again on its day and by its subject."
)
LEFT_OUT = (
    "What rests on a decision that would have gone the other way is left out; refused batches hold no facts to judge."
)


class TooLong(Exception):
    """The history is longer than what is supposed at one go."""


def default_from() -> str:
    """The day from which a draft is supposed unless another is named: that of Resolution 1150's set."""
    return str(shipped_data("1150")["effective_from"])


def faults(draft: Draft) -> dict[str, str]:
    """By parameter, why a set with the draft's parameters could not be computed."""
    model = Model()
    for version in ("1035", "1150"):
        found = draft_set(model, shipped_data(version), 0, shipped=True)
        model.rule_sets.put(version, found)
    told: dict[str, str] = {}
    for found in draft.among(list(model.rule_sets.rows().values())):
        told |= _faults(found, draft)
    return told


def _faults(found: RuleSet, draft: Draft) -> dict[str, str]:
    said, told = found.parameters, {}
    if said["share"] is not None and said["baseline"] is None:
        told["share" if "share" in draft.parameters else "baseline"] = "a share of Line 2 needs a baseline"
    if Decimal(said["share"] or 0) > 1:
        told["share"] = "is at most 1"
    if said["line_1_amount"] is None:
        told["line_1_amount"] = "is an amount: Line 1 has one in every set"
    return {name: words for name, words in told.items() if name in draft.parameters}


def what_if(view: View, draft: Draft) -> dict[str, Any]:
    """The whole history under a draft, year by year beside what happened; TooLong beyond the limits."""
    if view.position > ENTRIES_MAX:
        raise TooLong(f"The log has {view.position} entries; up to {ENTRIES_MAX} are supposed at one go.")
    supposed = Supposition(draft, lambda position: log_copy.entry_at(view.connection, position))
    until = time.monotonic() + SECONDS_MAX
    for entry in _entries(view):
        supposed.follow(entry)
        if entry["position"] % PAGE == 0 and time.monotonic() > until:
            raise TooLong(
                f"After {SECONDS_MAX:.0f} s only {entry['position']} of {view.position} entries were supposed."
            )
    years = [_year(view, supposed.model, year) for year in _years(view, supposed.model)]
    return {
        "draft": {"version": DRAFT, **draft._asdict()},
        "years": years,
        "refused_instead": [_shown(found) for found in supposed.refused[:LISTED_MAX]],
        "approved_instead": [_shown(found) for found in supposed.approved[:LISTED_MAX]],
        "numbers": {
            "refused_instead": len(supposed.refused),
            "approved_instead": len(supposed.approved),
            "left_out": len(supposed.left_out) - len(supposed.refused),
        },
        "table": table(years).as_dict(),
        "limits": {"entries": ENTRIES_MAX, "seconds": int(SECONDS_MAX), "listed": LISTED_MAX},
    }


def _entries(view: View) -> Iterator[dict[str, Any]]:
    for first in range(1, view.position + 1, PAGE):
        for body in log_copy.bodies(view.connection, first, min(first + PAGE - 1, view.position)):
            yield log_copy.decode(body)


def _years(view: View, model: Model) -> list[int]:
    """Every year in which money of a line moved, or would have."""
    moved = {balance.year for balance in available_of(view)}
    return sorted(moved | {year for _, year, _ in model.line_years.rows()})


def _year(view: View, model: Model, year: int) -> dict[str, Any]:
    was = {line: line_year(view, line, year) for line in LINES}
    supposed = {line: LineYear(**line_figures(model, line, year)) for line in LINES}
    for found in (was, supposed):
        found["facility"] = found["line-1"].plus(found["line-2"])
    return {
        "year": year,
        "was": {line: figures.as_dict() for line, figures in was.items()},
        "would_be": {line: figures.as_dict() for line, figures in supposed.items()},
        "changed": was != supposed,
    }


def _shown(found: Otherwise) -> dict[str, Any]:
    return {**found._asdict(), "rules": list(found.rules), "proof": f"/v1/events/{found.position}/proof"}


def table(years: list[dict[str, Any]]) -> Table:
    """Per year and line what was allocated, revisions included, and what was carried forward, was and would be."""
    columns = tuple(
        Column(f"{figure}-{line}-{kind}", f"{line_title}, {title}, {told}")
        for line, line_title in LINE_TITLES.items()
        for figure, title in FIGURES.items()
        for kind, told in KINDS.items()
    )
    rows = tuple(Row(str(found["year"]), str(found["year"]), _cells(found)) for found in years)
    return Table("what-if", "The lines as they were and as they would have been", columns, rows, (TAKEN, LEFT_OUT))


def _cells(found: dict[str, Any]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for line in LINE_TITLES:
        for figure in FIGURES:
            was, supposed = (_figure(found[kind][line], figure) for kind in ("was", "would_be"))
            values = {"was": was, "would-be": supposed, "difference": supposed - was}
            cells |= {f"{figure}-{line}-{kind}": text(value) for kind, value in values.items()}
    return cells


def _figure(figures: dict[str, str], name: str) -> Decimal:
    if name == "allocated":
        return Decimal(figures["allocated"]) + Decimal(figures["revised"])
    return Decimal(figures[name])
