"""Income and contributions of the canonical workload: budgets, actual income, overhead, gifts (illustrative)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from bench.workload.diary import Event, fact
from bench.workload.sample_parts import budget, contribution

Dated = tuple[str, Event]
RATES = {"EUR": 112, "CHF": 104, "GBP": 131, "SEK": 11, "CAD": 77}
"""US cents per unit, the middle of what the workload draws."""
KINDS = (("project-overhead", 88), ("unearmarked-contribution", 9), ("interest", 3))
DONORS = ("AUT", "DEU", "ITA", "HUN", "USA", "donor-a", "donor-b", "donor-c", "donor-d", "foundation-1", "foundation-2")
LINE_1 = 140_000_000
BASELINE = 2_050_000_000


def usd(cents: int) -> str:
    """Cents as an amount: 123456 → 1234.56."""
    return f"{cents // 100}.{cents % 100:02d}"


def spread(rng: Random, total: int, count: int) -> Iterator[int]:
    """`count` positive parts of `total`, between half and one and a half times the average, the last what remains."""
    for left in range(count, 1, -1):
        part = max(1, total // left * rng.randint(50, 150) // 100)
        total -= part
        yield part
    if count > 0:
        yield total


def days(first: str, last: str, count: int) -> Iterator[str]:
    """`count` dates from first to last, in order and evenly."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    width = (end - start).days + 1
    for index in range(count):
        yield (start + timedelta(days=index * width // count)).isoformat()


@dataclass(frozen=True)
class Plan:
    """A year's expected Discretionary Income in cents; what arrives is one per cent more."""

    year: int
    overhead: int
    security: int
    unearmarked: int
    interest: int

    def of(self, kind: str) -> int:
        """Actual income of a kind, in cents."""
        planned = {
            "project-overhead": self.overhead,
            "unearmarked-contribution": self.unearmarked,
            "interest": self.interest,
        }
        return planned[kind] * 101 // 100

    def line_2(self) -> int:
        """Line 2 under 1150, in cents."""
        miscellaneous = self.unearmarked + self.interest
        excess = self.overhead + miscellaneous - self.security - BASELINE
        return max(0, min(excess // 4, miscellaneous - LINE_1))

    def budget(self, revised_on: str | None = None) -> Event:
        """The budget of this plan, or a revision that leaves one per cent less miscellaneous income."""
        cut = 0 if revised_on is None else self.unearmarked // 100
        figures = (self.overhead, self.security, self.unearmarked - cut, self.interest)
        return budget(self.year, *map(usd, figures), revised_on=revised_on)


def plan(rng: Random, year: int) -> Plan:
    """Income that grows from year to year, as the real one did."""
    step = year - 2011
    overhead = 4_400_000_000 + step * 400_000_000 + rng.randint(0, 200_000_000)
    unearmarked = 400_000_000 + step * 90_000_000 + rng.randint(0, 40_000_000)
    interest = 90_000_000 + step * 4_000_000 + rng.randint(0, 9_000_000)
    return Plan(year, overhead, overhead * 14 // 100, unearmarked, interest)


def income(rng: Random, planned: Plan, part: int, first: str, last: str, count: int) -> Iterator[Dated]:
    """`count` (≥ 3) receipts that carry `part` per cent of the year's actual income, in order of date."""
    counts = {kind: max(1, count * weight // 100) for kind, weight in KINDS}
    counts["project-overhead"] += count - sum(counts.values())
    parts = {kind: spread(rng, planned.of(kind) * part // 100, counts[kind]) for kind, _ in KINDS}
    kinds = [kind for kind, number in counts.items() for _ in range(number)]
    rng.shuffle(kinds)
    for number, (on, kind) in enumerate(zip(days(first, last, count), kinds, strict=True)):
        yield on, receipt(rng, planned.year, kind, next(parts[kind]), on, number)


def receipt(rng: Random, year: int, kind: str, cents: int, on: str, number: int) -> Event:
    """One receipt: mostly USD, every twentieth in another currency; 14 % of USD overhead is security's."""
    foreign = rng.random() < 0.05
    money = converted(rng, cents, on) if foreign else {"amount": usd(cents), "currency": "USD"}
    secured = kind == "project-overhead" and not foreign and cents >= 100
    return fact(
        "income.received",
        year=year,
        kind=kind,
        **money,
        security_part=usd(cents * 14 // 100) if secured else None,
        payer=rng.choice(DONORS) if kind == "unearmarked-contribution" else None,
        received_on=on,
        reference=f"GL {on} {number}, illustrative",
    )


def converted(rng: Random, cents: int, on: str) -> dict[str, object]:
    """About the same money in another currency, with its rate."""
    currency = rng.choice(sorted(RATES))
    rate = RATES[currency] * rng.randint(9000, 11000)  # millionths of a US dollar
    source = "UN operational rate of exchange, illustrative"
    return {
        "amount": usd(max(1000, cents * 1_000_000 // rate)),
        "currency": currency,
        "rate": {"value": f"{rate // 1_000_000}.{rate % 1_000_000:06d}", "on": on[:8] + "01", "source": source},
    }


def overhead_applied(rng: Random, planned: Plan, first: str, last: str, count: int) -> Iterator[Dated]:
    """`count` applications, together 45 per cent of the year's overhead net of security."""
    net = planned.overhead - planned.security
    for number, (on, cents) in enumerate(
        zip(days(first, last, count), spread(rng, net * 45 // 100, count), strict=True)
    ):
        purpose = "staff-position" if number % 4 else "administrative-support"
        yield (
            on,
            fact(
                "overhead.applied",
                year=planned.year,
                amount=usd(cents),
                purpose=purpose,
                description="Monthly charge, illustrative",
                on=on,
                reference=f"Overhead {on} {number}, illustrative",
            ),
        )


class Gifts:
    """Direct voluntary contributions of one year: pledged early, received later, few reduced or refunded."""

    def __init__(self, rng: Random, year: int, count: int, first_number: int) -> None:
        self.early: list[Dated] = []
        self.late: list[Dated] = []
        self.received = {"line-1": 0, "line-2": 0}
        """Receipts of the early part in cents, what can safely be committed."""
        for number in range(first_number, first_number + count):
            self._gift(rng, year, f"C.{number:06d}")
        self.early.sort(key=lambda pair: pair[0])
        self.late.sort(key=lambda pair: pair[0])

    def _gift(self, rng: Random, year: int, code: str) -> None:
        line = "line-2" if rng.random() < 0.7 else "line-1"
        donor, cents = rng.choice(DONORS), rng.randint(500_000, 2_000_000)
        pledged, came, later = (f"{year}-{month:02d}-{rng.randint(2, 28):02d}" for month in (1, 2, rng.randint(6, 11)))
        if rng.random() < 0.3:
            self._foreign(rng, code, donor, line, cents, (pledged, came, later))
            return
        by = rng.choice(("donor", "administration"))
        half = cents // 2
        self.early.append((pledged, contribution("pledged", code, donor, line, usd(cents), pledged, designated_by=by)))
        self.early.append((came, contribution("committed", code, donor, line, usd(cents), came)))
        self.early.append((came, contribution("received", code, donor, line, usd(half), came)))
        self.received[line] += half
        last = "received" if rng.random() < 0.9 else "pledge-reduced"
        self.late.append((later, contribution(last, code, donor, line, usd(cents - half), later)))

    def _foreign(self, rng: Random, code: str, donor: str, line: str, cents: int, dates: tuple[str, str, str]) -> None:
        pledged, came, later = dates
        money = converted(rng, cents, pledged)
        self.early.append((pledged, contribution("pledged", code, donor, line, on=pledged, **money)))  # type: ignore[arg-type]
        self.early.append((came, contribution("received", code, donor, line, on=came, **money)))  # type: ignore[arg-type]
        if rng.random() < 0.05:
            back = {**money, "amount": "10.00"}
            self.late.append((later, contribution("refunded", code, donor, line, on=later, **back)))  # type: ignore[arg-type]
