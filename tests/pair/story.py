"""The example of every event type in an order in which it passes, whoever it is told to."""

from collections.abc import Callable
from typing import Any

from shared.contract.events import EVENT_TYPES
from tests.contract.fixtures import example

BY_SHORT = {kind.short: kind for kind in EVENT_TYPES.values()}

Post = Callable[[dict[str, Any], str, str], dict[str, Any]]
"""Posts an event as a role and a subject, which must be recorded; gives its receipt."""


class Story:
    """Examples posted one after the other, each by the role of its type; `at` has the last position of each type."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self.at: dict[str, int] = {}
        self.unchanged: set[str] = set()

    def tell(self, short: str, by: str = "1", role: str | None = None, **changes: Any) -> None:
        """Post an example, changed where the story needs another fact of the same type."""
        event = example(short)
        event["id"] += f"-{len(self.at)}-{by}" if short in self.at else ""
        event["data"] |= changes
        role = role or min(BY_SHORT[short].roles)
        self.at[short] = self._post(event, role, f"{role}-{by}")["position"]
        if not changes:
            self.unchanged.add(short)

    def tell_and_confirm(self, short: str) -> None:
        """Post an example and have another subject confirm it."""
        self.tell(short)
        self.tell("action.confirmed", by="2", position=self.at[short])

    def tell_and_reverse(self, short: str) -> None:
        """Post an example and have another subject reverse it."""
        self.tell(short)
        self.tell("entry.reversed", by="2", position=self.at[short])

    def tell_all(self) -> "Story":
        """Every type that can be posted."""
        for chapter in (_member_states, _balances_and_rules, _money, _pipeline, _grant, _year_end):
            chapter(self)
        return self


def _member_states(story: Story) -> None:
    story.tell("member-state.admitted")
    story.tell("member-state.admitted", by="2", state="HRV", name="Croatia")
    story.tell("member-state.status-changed")
    for short in ("vote.changed", "assessment.issued", "assessment.paid"):
        story.tell(short)


def _balances_and_rules(story: Story) -> None:
    for short in ("line.opened", "project.migrated", "rules.adopted"):
        story.tell_and_confirm(short)
    story.tell("rules.reviewed")


def _money(story: Story) -> None:
    story.tell("income.budgeted")
    story.tell("income.received")
    overhead = {"kind": "project-overhead", "payer": "CHE"}
    story.tell("income.received", by="2", **overhead)
    story.tell("overhead.applied")
    for step in ("pledged", "pledge-reduced", "committed", "received", "refunded"):
        story.tell(f"contribution.{step}")


def _pipeline(story: Story) -> None:
    story.tell("project.submitted")
    story.tell("project.endorsed")
    story.tell("override.recorded")
    story.tell_and_reverse("project.withdrawn")
    story.tell_and_reverse("project.refused")
    story.tell("project.retained")


def _grant(story: Story) -> None:
    for short in ("grant.approved", "grant.disbursed", "grant.increased", "expenditure.reported", "grant.decreased"):
        story.tell(short)
    story.tell_and_reverse("grant.cancelled")
    for short in ("project.extended", "project.completed", "project.evaluated"):
        story.tell(short)


def _year_end(story: Story) -> None:
    story.tell_and_confirm("year.closed")
    story.tell("grant.balance-returned")
    story.tell("expenditure.reported", by="2", amount="47548.75", period_end="2016-11-30")
    for short in ("project.financially-closed", "control-total.reported", "report.issued", "report.noted"):
        story.tell(short)
