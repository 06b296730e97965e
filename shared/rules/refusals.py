"""Findings and refusals: what a rule found, the figures it compared, and where it is written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

PART_III = "1150 (XCIII)"
PRACTICE = "practice"


class Finding(NamedTuple):
    """The outcome of one rule: `figures` are the texts compared, `would_pass` says what would."""

    rule: str
    holds: bool
    citation: dict[str, str]
    rule_set: str
    figures: dict[str, Any]
    detail: str
    would_pass: str

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, as in refusals[], warnings[] and the rules of an eligibility answer."""
        return self._asdict()


class Refused(Exception):
    """Rules say no; `refusals` names every failing rule, ready for JSON."""

    def __init__(self, refusals: list[dict[str, Any]]) -> None:
        super().__init__(", ".join(refusal["rule"] for refusal in refusals))
        self.refusals = refusals


@dataclass(frozen=True)
class Source:
    """Where a rule is written; `parameter` when the rule set in force says it, with its own citation."""

    resolution: str
    paragraph: str
    parameter: str | None = None
    overridable: bool = False


def _part_iii(paragraph: str, parameter: str | None = None) -> Source:
    return Source(PART_III, f"Annex, Part III, {paragraph}", parameter)


def _practice(paragraph: str, parameter: str | None = None, *, overridable: bool = False) -> Source:
    return Source(PRACTICE, paragraph, parameter, overridable)


SOURCES: dict[str, Source] = {
    "line-2/share": _part_iii("bullet 1", "share"),
    "line-2/first-year": _part_iii("bullet 1", "first_year"),
    "facility/cap": _part_iii("bullet 2", "cap"),
    "facility/cap-actual": _part_iii("bullet 2", "cap_retest_at_close"),
    "overhead/resolution-1110": _part_iii("bullet 3"),
    "facility/contributions": _part_iii("bullet 4"),
    "line-1/amount": _part_iii("bullet 5 (i)", "line_1_amount"),
    "line-2/article-4": _part_iii("criterion 1", "article_4_bars"),
    "line-2/national-ceiling": _part_iii("criterion 2", "national_ceiling"),
    "line-2/regional-ceiling": _part_iii("criterion 3", "regional_ceiling"),
    "line-2/follow-up": _part_iii("criterion 4"),
    "lines/segregation": _part_iii("criterion 5"),
    "line/available": _part_iii("criterion 5; prudence"),
    "member-state/eligible": _practice("eligible Member States", "eligible_statuses", overridable=True),
    "project/regional-states": _practice("States of a project", "regional_minimum_states", overridable=True),
    "project/endorsed": _practice("written endorsement", "endorsement_required", overridable=True),
    "project/follow-up-direction": _practice("direction of a follow-up", overridable=True),
    "line-1/national-ceiling": _practice("Line 1 ceilings", "line_1_national_ceiling", overridable=True),
    "line-1/regional-ceiling": _practice("Line 1 ceilings", "line_1_regional_ceiling", overridable=True),
    "project/unknown": _practice("life of a project"),
    "project/life-cycle": _practice("life of a project"),
    "grant/disbursement": _practice("disbursed within the grant"),
    "grant/expenditure": _practice("spent within what was disbursed"),
    "grant/recovery": _practice("recovered within what was not spent"),
    "grant/closure": _practice("financial closure"),
    "income/basis": _practice("order of the budget bases of a year"),
    "year/closed": _practice("closing of a financial year"),
    "entry/reversible": _practice("corrections"),
    "fact/not-in-the-future": _practice("dates of facts"),
    "duties/separate": _practice("separation of duties"),
    "action/confirmed": _practice("confirmation by a second subject"),
    "rules/well-formed": _practice("adoption of a rule set"),
    "report/edition": _practice("editions of a report"),
}
"""Every rule id and where it is written; practice is never cited as Part III."""

RULE_IDS = tuple(SOURCES)

Test = Callable[[Any], "Finding | None"]


@dataclass(frozen=True)
class Rule:
    """A rule by id: `test` gives a finding, or None where the rule does not apply."""

    id: str
    test: Test


def rule(rule_id: str) -> Callable[[Test], Rule]:
    """Mark a function as the test of a rule; its docstring is the rule in plain words."""
    assert rule_id in SOURCES, rule_id

    def named(test: Test) -> Rule:
        return Rule(rule_id, test)

    return named
