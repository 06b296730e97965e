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


class Diary:
    """Numbers events per source, knows at which position each lands on an empty log, keeps the steps."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.position = SHIPPED_ENTRIES
        self._numbers = dict.fromkeys(SOURCES, 0)
        self._landed: dict[str, tuple[int, str]] = {}

    def post(self, role: str, label: str, *events: Event, subject: str | None = None) -> list[str]:
        """Write down an accepted step (201); returns the ids of its events."""
        return self._step(role, label, events, subject, 201)

    def refused(self, role: str, label: str, event: Event, subject: str | None = None) -> list[str]:
        """Write down a single event that rules refuse (422, recorded as `command.refused`)."""
        return self._step(role, label, [event], subject, 422)

    def confirm(self, role: str, label: str, event_id: str, subject: str) -> list[str]:
        """Write down the confirmation of an earlier event by a second subject of the same role."""
        return self._naming(role, label, "action.confirmed", event_id, subject, {})

    def reverse(self, label: str, event_id: str, reason: str, subject: str = "approver-1") -> list[str]:
        """Write down the reversal of an earlier event."""
        return self._naming("approver", label, "entry.reversed", event_id, subject, {"reason": reason})

    def _naming(self, role: str, label: str, kind: str, event_id: str, subject: str, data: dict[str, str]) -> list[str]:
        position, named_kind = self._landed[event_id]
        event = fact(kind, position=position, **data)
        return self._step(role, label, [event], subject, 201, named=event_id, named_kind=named_kind)

    def _step(
        self,
        role: str,
        label: str,
        events: Iterable[Event],
        subject: str | None,
        status: int,
        named: str | None = None,
        named_kind: str | None = None,
    ) -> list[str]:
        numbered = [self._numbered(role, event) for event in events]
        ids = [event["id"] for event in numbered]
        names = {} if named is None else {ids[0]: named}
        self.steps.append(Step(role, subject or SUBJECTS[role], numbered, len(numbered) > 1, status, label, names))
        for event in numbered:
            self._land(event, status, named_kind if short(event) == "entry.reversed" else None)
        return ids

    def _numbered(self, role: str, event: Event) -> Event:
        source, prefix = SOURCES[role]
        self._numbers[role] += 1
        return {
            "specversion": "1.0",
            "id": f"{prefix}-{self._numbers[role]:06d}",
            "source": source,
            "datacontenttype": "application/json",
            **event,
        }

    def _land(self, event: Event, status: int, reversed_kind: str | None) -> None:
        self.position += 1
        if status == 201:
            self._landed[event["id"]] = (self.position, short(event))
            self.position += caused(event, reversed_kind)
