"""A figure and what makes it: events with their contributions, and where it is no plain sum, how it follows from them.

Every numeric figure is explained to the cent in two ways: by the contributions of its events at one position of the
log, and between two positions by what each event changed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from shared.money import ZERO

Events = Mapping[int, Decimal]
"""Position of an event to what it contributes."""
Sums = Mapping[str, Decimal]
Compute = Callable[[Sums], Decimal | None]

SUM = "sum"
STATED = "stated"
NONE = Decimal(0)


def _only(sums: Sums) -> Decimal | None:
    return next(iter(sums.values()))


@dataclass(frozen=True)
class Behind:
    """What makes a figure.

    `leaves` are sums of events; `rule` says in words how the figure follows from them ("sum": it is their sum), and
    `compute` does it. `parts` names the figures that it is made of, by their part. Texts have no leaves: `says` are
    the positions of the events that say so. `steps` is a recorded derivation; `ruled_at` is the entry that adopted the
    rule set whose parameters `compute` uses.
    """

    leaves: Mapping[str, Events] = field(default_factory=dict)
    compute: Compute = _only
    rule: str = SUM
    parts: Mapping[str, str] = field(default_factory=dict)
    says: tuple[int, ...] = ()
    steps: Mapping[str, str] = field(default_factory=dict)
    ruled_at: int = 0

    @property
    def is_text(self) -> bool:
        """Whether it is a text, or an empty cell."""
        return not self.leaves

    def value(self) -> Decimal | None:
        """The figure; None where there is none to print."""
        return self.compute(_sums(self)) if self.leaves else None

    def contributions(self) -> dict[int, Decimal]:
        """By position, what each event contributes; together the figure."""
        if self.rule == SUM:
            return dict(sorted(_only_leaf(self).items())) if self.leaves else {}
        return {change.position: change.amount for change in changes(EMPTY, self) if change.amount}

    def positions(self) -> list[int]:
        """Every event that plays a part."""
        return sorted({*self.says, *(position for events in self.leaves.values() for position in events)})


EMPTY = Behind()
"""A cell in which nothing is printed."""


class Change(NamedTuple):
    """By how much one event changed a figure."""

    position: int
    amount: Decimal


def total(*found: Events) -> Behind:
    """A figure that is the sum of events."""
    return Behind({SUM: added(*found)})


def difference(one: Events, *others: Events) -> Behind:
    """A figure that is one sum of events less others."""
    return Behind({SUM: added(one, *({at: -amount for at, amount in other.items()} for other in others))})


def added(*found: Events) -> Events:
    """All events, those that occur in several counted in each."""
    if len(found) == 1:
        return found[0]
    sums: dict[int, Decimal] = {}
    for events in found:
        for position, amount in events.items():
            sums[position] = sums.get(position, ZERO) + amount
    return sums


def gathered(found: Iterable[tuple[int, Decimal]], *, zeros: bool = False) -> Events:
    """Events from their single movements; those that move nothing are left out unless asked for."""
    sums: dict[int, Decimal] = {}
    for position, amount in found:
        if amount or zeros:
            sums[position] = sums.get(position, ZERO) + amount
    return sums


def stated(position: int, value: str | Decimal | None, steps: Mapping[str, str] | None = None) -> Behind:
    """A figure that one event states; empty where it states none."""
    if value is None or value == "":
        return EMPTY
    return Behind({SUM: {position: Decimal(value)}}, steps=steps or {})


def said(*positions: int, **parts: str) -> Behind:
    """A text that some events say, and the figures that it follows from."""
    return Behind(rule=STATED, says=tuple(sorted(positions)), parts=parts)


def formula(
    rule: str, compute: Compute, leaves: Mapping[str, Events], parts: Mapping[str, str], *, ruled_at: int = 0
) -> Behind:
    """A figure that follows from several sums of events."""
    return Behind(leaves, compute, rule, parts, ruled_at=ruled_at)


def share(part: Events, whole: Events, parts: Mapping[str, str]) -> Behind:
    """A percentage with one decimal; empty where there is nothing positive to divide by."""
    return formula("percent: part / whole", percentage, {"part": part, "whole": whole}, parts)


def percentage(sums: Sums) -> Decimal | None:
    """`part` in per cent of `whole`, as the tables print it."""
    part, whole = sums["part"], sums["whole"]
    return Decimal(f"{part * 100 / whole:.1f}") if whole > 0 else None


def changes(before: Behind, after: Behind) -> list[Change]:
    """Event by event, from the figure as it was to the figure as it is; the amounts add up to the difference.

    An event recorded before that counts now, or no longer, has its change too.
    """
    names = {*before.leaves, *after.leaves}
    old = {name: before.leaves.get(name, {}) for name in names}
    new = {name: after.leaves.get(name, {}) for name in names}
    moved = {
        at for name in names for at in {*old[name], *new[name]} if old[name].get(at, NONE) != new[name].get(at, NONE)
    }
    if before.ruled_at != after.ruled_at:
        moved.add(after.ruled_at)
    sums = {name: sum(events.values(), ZERO) for name, events in old.items()}
    told, value = [], _valued(before, sums)
    for position in sorted(moved):
        for name in names:
            sums[name] += new[name].get(position, NONE) - old[name].get(position, NONE)
        ruling = after if after.leaves and (position >= after.ruled_at or not before.leaves) else before
        found = _valued(after if position == max(moved) else ruling, sums)
        told.append(Change(position, found - value))
        value = found
    return told


def _valued(behind: Behind, sums: Sums) -> Decimal:
    if not behind.leaves:
        return NONE
    value = behind.compute({name: sums[name] for name in behind.leaves})
    return NONE if value is None else value


def _sums(behind: Behind) -> dict[str, Decimal]:
    return {name: sum(events.values(), ZERO) for name, events in behind.leaves.items()}


def _only_leaf(behind: Behind) -> Events:
    (events,) = behind.leaves.values()
    return events
