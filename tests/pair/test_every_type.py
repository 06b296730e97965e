"""The example of every event type, posted over HTTP in an order in which it passes, and found again by its type."""

import pytest

from bench.pair import Pair
from tests.contract.fixtures import example
from tests.pair.desk import Desk
from tests.pair.story import BY_SHORT, Story

CAUSED = {"line.allocated", "line.allocation-revised", "command.refused"}
NEVER_HERE = {"log.continued"}
"""Opens a log that continues another one."""


def posting(desk):
    """Posts as any role and subject; what is posted must be recorded."""

    def post(event, role, subject):
        answer = desk.session.post(
            f"{desk.pair.ledger_url}/v1/events",
            json=event,
            headers={
                "Authorization": f"Bearer {desk.pair.token(role, subject)}",
                "Content-Type": "application/cloudevents+json",
            },
        )
        assert answer.status_code == 201, f"{event['type']}: {answer.text}"
        return answer.json()

    return post


class Told(Story):
    """The whole story on one ledger, and the desk that told it."""

    def __init__(self, desk):
        super().__init__(posting(desk))
        self.desk = desk


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The whole story on one ledger, with one refusal at its end."""
    folder = tmp_path_factory.mktemp("types")
    with Pair(folder / "fund", output=folder / "services.log", reporting=False) as pair:
        story = Told(Desk(pair))
        story.tell_all()
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
