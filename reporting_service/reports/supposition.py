"""The recorded history under other rules: allocations derived anew, every decision judged again.

What happened is taken as it was recorded: income, contributions, Member States, submissions. What the rules decide is
decided again: both lines of each year, and each approval and increase. What rests on a decision that would have gone
the other way is left out. Nothing is written.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from shared.rules.apply import EntryAt, apply
from shared.rules.case import Case, Caused
from shared.rules.judge import case_of, judge
from shared.rules.kinds import KINDS
from shared.rules.model import Model, RuleSet
from shared.rules.rulebook import adopt

Entry = dict[str, Any]
DECISIONS = frozenset({"grant.approved", "grant.increased"})
DERIVED = frozenset({"line.allocated", "line.allocation-revised"})
CAUSES = frozenset({"income.budgeted", "entry.reversed", "action.confirmed"})
DRAFT = "draft"


class Draft(NamedTuple):
    """Parameters to suppose from a date on, each with the paragraph that would say so."""

    parameters: dict[str, Any]
    citations: dict[str, str]
    effective_from: str

    def over(self, found: RuleSet) -> RuleSet:
        """A rule set with the draft's parameters in place of its own."""
        cited = {name: (DRAFT, paragraph) for name, paragraph in self.citations.items()}
        return found._replace(
            parameters={**found.parameters, **self.parameters},
            citations={**found.citations, **cited},
            changed=tuple(dict.fromkeys((*found.changed, *self.parameters))),
        )

    def among(self, recorded: list[RuleSet]) -> list[RuleSet]:
        """The recorded sets, those in force from the draft's date on with its parameters."""
        before = [found for found in recorded if found.effective_from < self.effective_from]
        later = [self.over(found) for found in recorded if found.effective_from >= self.effective_from]
        if before and not any(found.effective_from == self.effective_from for found in later):
            own = self.over(before[-1])._replace(version=DRAFT, effective_from=self.effective_from)
            return [*before, own, *later]
        return [*before, *later]


class Otherwise(NamedTuple):
    """A decision that would have gone the other way: the rules that would refuse it, or that did refuse it."""

    position: int
    type: str
    project: str
    line: str
    amount: str
    on: str
    rules: tuple[dict[str, Any], ...]


class Supposition:
    """Follows the log entry by entry under a draft; `entry_at` gives entries as recorded."""

    def __init__(self, draft: Draft, entry_at: EntryAt) -> None:
        self.model = Model()
        self.refused: list[Otherwise] = []
        self.approved: list[Otherwise] = []
        self.left_out: set[int] = set()
        self._draft = draft
        self._entry_at = entry_at
        self._recorded = Model()
        self._diverged: set[str] = set()

    def follow(self, entry: Entry) -> None:
        """Suppose the next entry."""
        short = entry["type"][9:-3]
        if short == "command.refused":
            self._refusal(entry)
        elif short in DECISIONS:
            self._decision(entry, short)
        elif short not in DERIVED:
            self._fact(entry, short)
        self.model.publish()

    def _fact(self, entry: Entry, short: str) -> None:
        if self._rests_on_another_course(entry, short):
            self.left_out.add(entry["position"])
            return
        apply(self.model, entry, self._entry_at)
        self._adopted(entry, short)
        if short in CAUSES:
            self._cause(entry, short)

    def _rests_on_another_course(self, entry: Entry, short: str) -> bool:
        named = self._entry_at(entry["data"]["position"]) if short == "entry.reversed" else entry
        assert named is not None, "a reversal names an earlier entry"
        if named["position"] in self.left_out:
            return True
        if named["data"].get("project") not in self._diverged:
            return False
        return bool(judge(self._case(entry, short, entry["data"])))

    def _adopted(self, entry: Entry, short: str) -> None:
        """Whenever a rule set comes into force, the draft is laid over what is in force."""
        named = self._entry_at(entry["data"]["position"]) if short == "action.confirmed" else entry
        assert named is not None, "a confirmation names an earlier entry"
        shipped = short == "rules.adopted" and entry["recorded_role"] == "ledger"
        if not shipped and (short != "action.confirmed" or named["type"] != "fund1035.rules.adopted.v1"):
            return
        adopt(self._recorded, named)
        for version in list(self.model.rule_sets.rows()):
            self.model.rule_sets.drop(version)
        for found in self._draft.among(list(self._recorded.rule_sets.rows().values())):
            self.model.rule_sets.put(found.version, found)

    def _cause(self, entry: Entry, short: str) -> None:
        """The allocations that the entry causes under the draft."""
        case = self._case(entry, short, entry["data"])
        named = case.referred["type"][9:-3] if short == "action.confirmed" and case.referred else short
        causes: Callable[[Case], list[Caused]] | None = KINDS[named].causes
        for caused in causes(case) if causes else []:
            own = {"type": f"fund1035.{caused.short}.v1", "data": caused.data, "stream": caused.stream}
            dated = {"effective_on": caused.effective_on, "year": caused.year, "rule_set": caused.rule_set}
            apply(self.model, {**entry, **own, **dated}, self._entry_at)

    def _decision(self, entry: Entry, short: str) -> None:
        case = self._case(entry, short, entry["data"])
        failed = judge(case)
        if not failed:
            apply(self.model, entry, self._entry_at)
            return
        self.left_out.add(entry["position"])
        code = entry["data"]["project"]
        if code in self._diverged and failed[0].rule == "project/life-cycle":
            return
        self._diverged.add(code)
        self.refused.append(_otherwise(entry, case, tuple(finding.as_dict() for finding in failed)))

    def _refusal(self, entry: Entry) -> None:
        event = entry["data"].get("event")
        short = event["type"][9:-3] if event else ""
        if short not in DECISIONS:
            return
        case = self._case(entry, short, event["data"])
        if judge(case):
            return
        taken = {**entry, **event, "stream": KINDS[short].stream(case), "year": case.year}
        apply(self.model, {**taken, "effective_on": case.effective_on}, self._entry_at)
        self._diverged.add(event["data"]["project"])
        self.approved.append(_otherwise(taken, case, tuple(entry["data"]["refusals"])))

    def _case(self, entry: Entry, short: str, data: dict[str, Any]) -> Case:
        return case_of(
            self.model,
            short,
            data,
            recorded_on=entry["recorded_at"][:10],
            subject=entry["recorded_by"],
            role=entry["recorded_role"],
            position=entry["position"],
            entry_at=self._entry_at,
        )


def _otherwise(entry: Entry, case: Case, rules: tuple[dict[str, Any], ...]) -> Otherwise:
    data = entry["data"]
    line = case.known_project.line
    return Otherwise(
        entry["position"], entry["type"], data["project"], line, data["amount"], data["approved_on"], rules
    )
