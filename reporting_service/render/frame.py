"""What every form for people says around the tables."""

from decimal import Decimal
from typing import Any

from reporting_service.render.words import Words, translated, words
from shared.money import ZERO, text
from shared.words import NO_BREAK

ORGANIZATION = "International Organization for Migration"
MEANING = (
    "Every figure follows from the log entries up to position {position}, covered by the root above, each of them"
    " verified against the log’s signed checkpoints. Anyone who holds these entries and the log’s public key can"
    " recompute this report. The log proves what was recorded, when, by whom, and by which rule it was judged; it does"
    " not prove that a source told the truth or that nothing was withheld."
)
ILLUSTRATIVE = (
    "The log marks figures of this report as illustrative: they are examples, not accounts of the Organization."
)
CLOSING = (
    "Amounts in United States dollars unless a column says otherwise; negative amounts in parentheses; a dash where"
    " there is no figure."
)
RESTATED = (
    "Figures that differ from those of the last edition: {number}. Each is marked “changed”, with what was printed"
    " then."
)
WITHDRAWN = "No longer printed: {number}; under their tables stands what was printed."
LEADS = (
    "Every figure leads to its events. Its id is the keys of its table, row and column, such as T2/closing/facility:"
    " #T2/closing/facility after the address of this page shows the figure, and"
    " /reports/{year}/figures/T2/closing/facility?known_at={position} in the reporting service the events behind it."
)

EXPLAINED = {
    "T1": (
        "How the money of the two lines follows from Discretionary Income. Line 2 receives a share of what "
        "exceeds the baseline; Line 1 and Line 2 together receive no more new money than miscellaneous "
        "income, and where that cap binds, Line 2 shrinks first (Resolution 1150, Annex, Part III, bullets 1, "
        "2 and 5)."
    ),
    "T2": (
        "What each line began with, received and used, and what it carries into the next year. The lines are "
        "kept apart: no money passes from one to the other (Resolution 1150, Annex, Part III, criterion 5)."
    ),
    "T3": ("How much of the money committed to projects was paid out and spent, in the year and since the beginning."),
    "T4": ("Where approved money goes, beside the share of each region in the States eligible at 31 December."),
    "T5": (
        "National and regional projects, and how near an average approval comes to the ceiling of one project "
        "(Resolution 1150, Annex, Part III, criteria 2 and 3)."
    ),
    "T6": "What approved money is for, by area of work (MC/INF/274, Annex III).",
    "T6-activities": "The same approvals by the activities of the strategy (Resolution 1150, Annex, Part I).",
    "T7": "What each Member State takes part in, alone or with others.",
    "T8": (
        "Every project whose money moved in the year, or that held money of the Facility when the year began or ended."
    ),
    "T9": "Applications and decisions of the year.",
    "T9-rules": (
        "Which rules stood in the way of an approval or increase. Every refusal is in the log with its "
        "figures and what would have passed."
    ),
    "T10": (
        "Projects that ended in the year. An unspent balance returns to the line that it came from "
        "(Resolution 1150, Annex, Part III, criterion 5)."
    ),
    "T11": (
        "Which Member States may draw on which line. A State whose arrears equal or exceed the contributions "
        "due for the preceding two years (Constitution, Article 4) may not benefit from Line 2 (Resolution "
        "1150, Annex, Part III, criterion 1)."
    ),
    "T12": (
        "Money given to the Facility itself, by donor and line (Resolution 1150, Annex, Part III, bullets 2 and 4)."
    ),
    "T13": "Both lines year by year since 2007, the year of the resolution.",
    "T14": (
        "Everything out of the ordinary, each with its entry in the log and the rule concerned: what stands "
        "although a rule would have it otherwise, what was corrected, what came late, and what was due and is "
        "not done."
    ),
    "T15": ("The same balances counted in ways that do not depend on each other; every difference must be zero."),
    "T15-sources": "What the source systems say that they sent, beside what the log holds of it.",
    "T16": (
        "Where Discretionary Income came from and what it was applied to. Overhead finances staff positions "
        "and administrative support (Resolution 1110 (LXXXVIII); Resolution 1150, Annex, Part III, bullet 3)."
    ),
    "T17": "Income received beside income budgeted, as first approved and as revised.",
}
"""What a table says and where its rules stand, in a sentence or two, by its key."""
GLANCE = {
    "opening": ("opening",),
    "allocation": ("allocation",),
    "contributions": ("contributions",),
    "other-sources": ("revisions", "refunds", "recovered", "adjustments"),
    "available": ("available",),
    "project-allocations": ("project-allocations",),
    "other-uses": ("increases", "decreases", "freed"),
    "closing": ("closing",),
}
"""The rows on the cover and the rows of T2 that each is made of: together all of them, so that both sums add up."""
TOGETHER = {
    "other-sources": "Other sources (revisions, refunds, recovered, adjustments)",
    "other-uses": "Increases, decreases and freed",
}
"""What a row of several is called; a row of one has its title from T2."""


def glance(report: dict[str, Any], said: Words) -> list[dict[str, Any]]:
    """The rows of a translated report's T2 for the cover; none where nothing was recorded."""
    found = {row["key"]: row for row in report["tables"].get("T2", {"rows": []})["rows"]}
    rows = []
    for key, parts in GLANCE.items():
        of = [found[part] for part in parts if part in found]
        if of and key in TOGETHER:
            rows.append({"key": key, "title": said.say(TOGETHER[key]), "cells": _added(of)})
        else:
            rows += of
    return rows


def _added(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {column: text(sum((Decimal(row["cells"][column]) for row in rows), ZERO)) for column in rows[0]["cells"]}


def position(report: dict[str, Any], said: Words) -> str:
    """The log position that a report knew, as readers write figures."""
    return said.figure(str(report["position"]), "number")


def is_illustrative(report: dict[str, Any]) -> bool:
    """Whether the documents that the year's money rests on say that their figures are illustrative."""
    rows = report["tables"].get("T1", {"rows": []})["rows"]
    return any("illustrative" in cell for row in rows if row["key"] == "basis" for cell in row["cells"].values())


DATES = {"T10": "on", "T14": "on"}
NUMBERS = {"T12": "rates", "T14": "position"}
"""By table, the column of words that holds dates, and the one that holds figures."""


def printed(report: dict[str, Any], language: str) -> dict[str, Any]:
    """The report in a language as paper shows it: dates and figures in columns of words too are written as such."""
    shown, said = translated(report, language), words(language)
    told = {key: _told(key, table, said) for key, table in shown["tables"].items() if key in DATES or key in NUMBERS}
    return {**shown, "tables": {**shown["tables"], **told}}


def _told(key: str, table: dict[str, Any], said: Words) -> dict[str, Any]:
    number = NUMBERS.get(key)
    columns = [{**column, "unit": "number"} if column["key"] == number else column for column in table["columns"]]
    rows = [
        {**row, "cells": {column: written(key, column, cell, said) for column, cell in row["cells"].items()}}
        for row in table["rows"]
    ]
    return {**table, "columns": columns, "rows": rows}


def written(table: str, column: str, cell: str, said: Words) -> str:
    """A cell of a column of words as paper shows it: the dates and figures that it holds written for readers."""
    if cell and column == NUMBERS.get(table):
        return said.say("; ").join(said.figure(one, "number") for one in cell.split(", "))
    if cell and column == DATES.get(table):
        return said.date(cell).replace(" ", NO_BREAK)
    return cell
