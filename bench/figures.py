"""A figure: what was measured, beside what the machine could do at most, both in the same run."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from statistics import median
from typing import Any

ROUNDS = 5


@dataclass(frozen=True)
class Figure:
    """One answer: `value` in `unit`; `limit` is what it stands beside, `limit_value` in the same unit.

    `aim` is the figure to hold, as a sentence with its comparison, such as "≥ 2,000"; None where there is none.
    `peer` marks a figure of another program, put beside ours.
    """

    question: str
    store: str
    value: float
    unit: str
    limit: str = ""
    limit_value: float = 0.0
    aim: str | None = None
    more: dict[str, float] = field(default_factory=dict)
    peer: bool = False

    @property
    def ratio(self) -> float | None:
        """Value by limit; None where nothing stands beside it."""
        return self.value / self.limit_value if self.limit_value else None

    @property
    def holds(self) -> bool | None:
        """Whether the aim is reached; None without one."""
        if self.aim is None:
            return None
        comparison, _, number = self.aim.partition(" ")
        bound = float(number.replace(",", ""))
        return self.value >= bound if comparison == "≥" else self.value <= bound

    def without_more(self) -> "Figure":
        """The same figure alone."""
        return replace(self, more={})

    def as_dict(self) -> dict[str, Any]:
        """For results.json."""
        return asdict(self) | {"ratio": self.ratio, "holds": self.holds}


def per_second(count: int, seconds: Sequence[float]) -> float:
    """The median rate of several rounds of `count` each."""
    return count / median(seconds)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def beside(rounds: int, ours: Callable[[], float], limit: Callable[[], float]) -> tuple[float, float]:
    """The medians of two measurements taken in turns, so that both meet the same weather."""
    pairs = [(ours(), limit()) for _ in range(rounds)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
