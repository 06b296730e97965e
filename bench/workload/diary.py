"""A diary of what the Fund's systems post: numbered events, gathered into steps by role and subject."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Event = dict[str, Any]

SOURCES = {
    "finance": ("https://finance.example/gl", "gl"),
    "programme": ("https://projects.example/register", "register"),
    "approver": ("https://decisions.example/fund", "decision"),
    "administrator": ("https://registry.example/fund", "registry"),
}
SUBJECTS = {
    "finance": "finance-1",
    "programme": "programme-1",
    "approver": "approver-1",
    "administrator": "administrator-1",
}
SHIPPED_ENTRIES = 2  # the rule sets 1035 and 1150 open every log


@dataclass(frozen=True)
class Step:
    """What one subject posts in one request, and the HTTP status that answers it."""

    role: str
    subject: str
    events: list[Event]
    batch: bool
    expected_status: int
    label: str
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def types(self) -> frozenset[str]:
        """The short type names in this step, so that a caller can filter."""
        return frozenset(short(event) for event in self.events)

    def events_at(self, positions: Mapping[str, int]) -> list[Event]:
        """The events, every named position taken from `positions` (event id → position) where known.

        Not needed on an empty log posted in order: there the positions already written are right."""
        return [self._placed(event, positions) for event in self.events]

    def _placed(self, event: Event, positions: Mapping[str, int]) -> Event:
        named = self.names.get(event["id"])
        if named is None or named not in positions:
            return event
        return {**event, "data": {**event["data"], "position": positions[named]}}


def short(event: Event) -> str:
    """The type's name without prefix and version, e.g. `grant.approved`."""
    return str(event["type"]).removeprefix("fund1035.").removesuffix(".v1")


def fact(kind: str, /, **data: object) -> Event:
    """An event of short type `kind`, still without id and source; fields that are None are left out."""
    kept = {key: value for key, value in data.items() if value is not None}
    return {"type": f"fund1035.{kind}.v1", "data": kept}


def caused(event: Event, reversed_kind: str | None = None) -> int:
    """How many entries the ledger adds of its own accord behind this accepted event."""
    derives = short(event) == "income.budgeted" or reversed_kind == "income.budgeted"
    return 2 if derives else 0


class Numbering:
    """Gives events their ids per source, and tells where each lands on a log that was empty before."""

    def __init__(self) -> None:
        self.position = SHIPPED_ENTRIES
        self._numbers = dict.fromkeys(SOURCES, 0)

    def number(self, role: str, event: Event) -> Event:
        """The event in its envelope."""
        source, prefix = SOURCES[role]
        self._numbers[role] += 1
        return {
            "specversion": "1.0",
            "id": f"{prefix}-{self._numbers[role]:06d}",
            "source": source,
            "datacontenttype": "application/json",
            **event,
        }

    def land(self, event: Event, reversed_kind: str | None = None) -> int:
        """The position of an accepted event; what it causes follows at once."""
        landed = self.position + 1
        self.position = landed + caused(event, reversed_kind)
        return landed


class Diary:
    """The steps of a history, each event numbered; without `refusals`, what is refused is left out."""

    def __init__(self, refusals: bool = True) -> None:
        self.steps: list[Step] = []
        self.numbering = Numbering()
        self._refusals = refusals
        self._landed: dict[str, tuple[int, str]] = {}

    def post(self, role: str, label: str, *events: Event, subject: str | None = None) -> list[str]:
        """Write down an accepted step (201); returns the ids of its events."""
        return self._step(role, label, events, subject, None)

    def refused(self, role: str, label: str, event: Event, subject: str | None = None) -> None:
        """Write down a single event that rules refuse (422, recorded as `command.refused`)."""
        numbered = self.numbering.number(role, event)
        if self._refusals:
            self.steps.append(Step(role, subject or SUBJECTS[role], [numbered], False, 422, label))
            self.numbering.position += 1

    def confirm(self, role: str, label: str, event_id: str, subject: str) -> None:
        """Write down the confirmation of an earlier event by a second subject of the same role."""
        event = fact("action.confirmed", position=self._landed[event_id][0])
        self._step(role, label, [event], subject, event_id)

    def reverse(self, label: str, event_id: str, reason: str) -> None:
        """Write down the reversal of an earlier event by an approver."""
        event = fact("entry.reversed", position=self._landed[event_id][0], reason=reason)
        self._step("approver", label, [event], None, event_id)

    def _step(
        self, role: str, label: str, events: Iterable[Event], subject: str | None, named: str | None
    ) -> list[str]:
        numbered = [self.numbering.number(role, event) for event in events]
        names = {} if named is None else {numbered[0]["id"]: named}
        batch = len(numbered) > 1
        self.steps.append(Step(role, subject or SUBJECTS[role], numbered, batch, 201, label, names))
        for event in numbered:
            reversed_kind = self._landed[named][1] if named and short(event) == "entry.reversed" else None
            self._landed[event["id"]] = (self.numbering.land(event, reversed_kind), short(event))
        return [event["id"] for event in numbered]
