"""Which keys moved in a year, and which stood open at its end: found without looking at all the others."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

K = TypeVar("K", bound=Hashable)


class Mark(NamedTuple):
    """A year in which a key moved, and whether it was open at that year's end."""

    year: int
    is_open: bool


@dataclass(frozen=True)
class Spans(Generic[K]):
    """By year; `left` are the keys that their last movement left open, with its year."""

    moved: Mapping[int, frozenset[K]] = field(default_factory=dict)
    open: Mapping[int, frozenset[K]] = field(default_factory=dict)
    left: Mapping[K, int] = field(default_factory=dict)

    def of_year(self, year: int) -> set[K]:
        """The keys that moved in a year, or were open when it began or ended."""
        found = set(self.moved.get(year, ())) | self.open.get(year, frozenset()) | self.open.get(year - 1, frozenset())
        return found | {key for key, since in self.left.items() if since < year}

    def changed(self, before: Mapping[K, Sequence[Mark]], now: Mapping[K, Sequence[Mark]]) -> "Spans[K]":
        """The same after the marks of some keys, in the order of years, are others now; new keys had none before."""
        moved, held, left = _Copies(self.moved), _Copies(self.open), dict(self.left)
        for key, marks in now.items():
            for year, is_open in _years(before.get(key, ())):
                (held if is_open else moved).of(year).discard(key)
            for year, is_open in _years(marks):
                (held if is_open else moved).of(year).add(key)
            left.pop(key, None)
            if marks and marks[-1].is_open:
                left[key] = marks[-1].year
        return Spans(moved.frozen(), held.frozen(), left)


def _years(marks: Sequence[Mark]) -> Iterable[tuple[int, bool]]:
    """Each year that a key moved in; and, as open, each at whose end it was so before it moved again."""
    for place, mark in enumerate(marks):
        yield mark.year, False
        if mark.is_open and place + 1 < len(marks):
            for year in range(mark.year, marks[place + 1].year):
                yield year, True


class _Copies(Generic[K]):
    """Sets by year, copied where they are changed."""

    def __init__(self, sets: Mapping[int, frozenset[K]]) -> None:
        self._sets: dict[int, frozenset[K]] = dict(sets)
        self._copied: dict[int, set[K]] = {}

    def of(self, year: int) -> set[K]:
        """The set of a year, to be changed."""
        found = self._copied.get(year)
        if found is None:
            found = self._copied[year] = set(self._sets.get(year, ()))
        return found

    def frozen(self) -> dict[int, frozenset[K]]:
        """All sets."""
        return self._sets | {year: frozenset(found) for year, found in self._copied.items()}
