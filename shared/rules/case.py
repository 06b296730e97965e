"""The case before the rules: one posted event, the model it is judged on, and its dates."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from shared.rules.model import Model, Project, RuleSet
from shared.rules.refusals import SOURCES, Finding, Rule

Entry = dict[str, Any]
REFERRING = ("action.confirmed", "entry.reversed")
"""Facts that name an earlier entry by its position."""


@dataclass(slots=True)
class Case:
    """What a rule may look at; `on` is the fact's own date, `effective_on` the day it is booked.

    `project` is the one that the fact names, as it stands before it; `referred` the entry that a confirmation or
    reversal names.
    """

    model: Model
    short: str
    data: dict[str, Any]
    recorded_on: str
    subject: str
    role: str
    position: int
    rules: RuleSet
    on: str
    effective_on: str
    year: int
    entry_at: Callable[[int], Entry | None]
    project: Project | None = field(init=False)
    referred: Entry | None = field(init=False)

    def __post_init__(self) -> None:
        self.project = self.model.projects.get(self.data.get("project"))
        position = self.data["position"] if self.short in REFERRING else self.position
        self.referred = self.entry_at(position) if position < self.position else None

    @property
    def known_project(self) -> Project:
        """The project, where a gate has made sure that it is known."""
        assert self.project is not None
        return self.project

    @property
    def referred_or_none(self) -> Entry | None:
        """The entry that a reversal names; None for any other fact."""
        return self.referred if self.short == "entry.reversed" else None

    def finding(
        self,
        rule_id: str,
        holds: bool,
        figures: dict[str, Any],
        detail: str,
        would_pass: str,
        parameter: str | None = None,
    ) -> Finding:
        """A finding under the case's rule set, cited where that set was decided."""
        return Finding(
            rule_id, holds, self.citation(rule_id, parameter), self.rules.version, figures, detail, would_pass
        )

    def citation(self, rule_id: str, parameter: str | None = None) -> dict[str, str]:
        """Resolution and paragraph of a rule: the later set's own where it changed the parameter."""
        source = SOURCES[rule_id]
        name = parameter or source.parameter
        resolution, paragraph = source.resolution, source.paragraph
        if name in self.rules.changed:
            resolution, paragraph = self.rules.citations[name]
        return {"resolution": resolution, "paragraph": paragraph}


def failing(case: Case, rules: Iterable[Rule]) -> list[Finding]:
    """The findings of the rules that do not hold, in the order of the rules."""
    failed = []
    for rule in rules:
        finding = rule.test(case)
        if finding is not None and not finding.holds:
            failed.append(finding)
    return failed


@dataclass(frozen=True, slots=True)
class Caused:
    """A fact that the ledger derives from a posted one: where it goes, when it is booked, under which set."""

    short: str
    data: dict[str, Any]
    stream: str
    effective_on: str
    year: int
    rule_set: str
