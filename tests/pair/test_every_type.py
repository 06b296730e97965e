"""The example of every event type, posted over HTTP in an order in which it passes, and found again by its type."""

import pytest

from bench.pair import Pair
from shared.contract.events import EVENT_TYPES
from tests.contract.fixtures import example
from tests.pair.desk import Desk

BY_SHORT = {kind.short: kind for kind in EVENT_TYPES.values()}
CAUSED = {"line.allocated", "line.allocation-revised", "command.refused"}
NEVER_HERE = {"log.continued"}
"""Opens a log that continues another one."""


class Story:
    """Examples posted one after the other, each by the role of its type; `at` has the last position of each type."""

    def __init__(self, desk):
        self.desk = desk
        self.at = {}
        self.unchanged = set()

    def tell(self, short, by="1", role=None, **changes):
        """Post an example, changed where the story needs another fact of the same type; it must be recorded."""
        event = example(short)
        event["id"] += f"-{len(self.at)}-{by}" if short in self.at else ""
        event["data"] |= changes
        role = role or min(BY_SHORT[short].roles)
        answer = self.desk.session.post(
            f"{self.desk.pair.ledger_url}/v1/events",
            json=event,
            headers={
                "Authorization": f"Bearer {self.desk.pair.token(role, f'{role}-{by}')}",
                "Content-Type": "application/cloudevents+json",
            },
        )
        assert answer.status_code == 201, f"{short}: {answer.text}"
        self.at[short] = answer.json()["position"]
        if not changes:
            self.unchanged.add(short)

    def tell_and_confirm(self, short):
        self.tell(short)
        self.tell("action.confirmed", by="2", position=self.at[short])

    def tell_and_reverse(self, short):
        self.tell(short)
        self.tell("entry.reversed", by="2", position=self.at[short])


def member_states(story):
    story.tell("member-state.admitted")
    story.tell("member-state.admitted", by="2", state="HRV", name="Croatia")
    story.tell("member-state.status-changed")
    for short in ("vote.changed", "assessment.issued", "assessment.paid"):
        story.tell(short)


def balances_and_rules(story):
    for short in ("line.opened", "project.migrated", "rules.adopted"):
        story.tell_and_confirm(short)
    story.tell("rules.reviewed")


def money(story):
    story.tell("income.budgeted")
    story.tell("income.received")
    overhead = {"kind": "project-overhead", "payer": "CHE"}
    story.tell("income.received", by="2", **overhead)
    story.tell("overhead.applied")
    for step in ("pledged", "pledge-reduced", "committed", "received", "refunded"):
        story.tell(f"contribution.{step}")


def pipeline(story):
    story.tell("project.submitted")
    story.tell("project.endorsed")
    story.tell("override.recorded")
    story.tell_and_reverse("project.withdrawn")
    story.tell_and_reverse("project.refused")
    story.tell("project.retained")


def grant(story):
    for short in ("grant.approved", "grant.disbursed", "grant.increased", "expenditure.reported", "grant.decreased"):
        story.tell(short)
    story.tell_and_reverse("grant.cancelled")
    for short in ("project.extended", "project.completed", "project.evaluated"):
        story.tell(short)


def year_end(story):
    story.tell_and_confirm("year.closed")
    story.tell("grant.balance-returned")
    story.tell("expenditure.reported", by="2", amount="47548.75", period_end="2016-11-30")
    for short in ("project.financially-closed", "control-total.reported", "report.issued", "report.noted"):
        story.tell(short)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The whole story on one ledger, with one refusal at its end."""
    folder = tmp_path_factory.mktemp("types")
    with Pair(folder / "fund", output=folder / "services.log", reporting=False) as pair:
        story = Story(Desk(pair))
        for chapter in (member_states, balances_and_rules, money, pipeline, grant, year_end):
            chapter(story)
        assert story.desk.post(example("report.issued") | {"id": "again"}, "secretariat").status_code == 422
        yield story


def test_the_story_tells_every_type_that_can_be_posted(told):
    assert told.at.keys() == {kind.short for kind in BY_SHORT.values() if kind.roles}


def test_all_examples_are_posted_as_they_are_but_for_positions(told):
    assert told.at.keys() - told.unchanged == {"action.confirmed", "entry.reversed"}


@pytest.mark.parametrize("short", sorted(BY_SHORT.keys() - NEVER_HERE))
def test_its_entries_are_found_by_their_type(told, short):
    found = told.desk.ledger("/v1/events", type=BY_SHORT[short].name, limit=1000).json()["events"]
    assert found
    assert {entry["type"] for entry in found} == {BY_SHORT[short].name}
    if short in told.unchanged:
        assert example(short)["data"] in [entry["data"] for entry in found]


@pytest.mark.parametrize("short", sorted(CAUSED | NEVER_HERE))
def test_what_the_ledger_records_itself_cannot_be_posted(told, short):
    answer = told.desk.post(example(short), "administrator")
    assert answer.status_code == 403
    assert "the ledger alone" in answer.json()["detail"]
