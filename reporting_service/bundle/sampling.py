"""A sample that neither side can steer: value-weighted random selection, seeded from a checkpoint's root.

The population is every entry that moves money booked in the year, in the order of the log; an entry weighs the cents
that it debits in that year. Draw number n takes SHA-256(root ‖ n as 8 bytes, big-endian) as a number x; x at or above
the largest multiple of the weight that is left is thrown away (so that no cent is likelier than another), else x modulo
that weight counts cents along the population, over the entries already drawn, and the entry that holds it is drawn.
"""

from base64 import b64decode
from bisect import bisect_right, insort
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from itertools import accumulate
from typing import Any, NamedTuple

from reporting_service.projections.balances import bookings
from reporting_service.projections.view import View

METHOD = "fund1035-sample/1"
ACCOUNTS = ("line-1", "line-2")
ALL = 1 << 256


class Item(NamedTuple):
    """An entry of the population: its position, its cents, and the cents up to and with it."""

    position: int
    cents: int
    cumulative: int


class Draw(NamedTuple):
    """One draw: its number, the hash in hex, the weight that was left, the cent it fell on, and what was drawn."""

    number: int
    hash: str
    left: int
    cent: int
    position: int | None


@dataclass(frozen=True, slots=True)
class Sample:
    """What was drawn, and the proof of it."""

    year: int
    position: int
    seed_size: int
    root: bytes
    population: tuple[Item, ...]
    draws: tuple[Draw, ...]

    @property
    def positions(self) -> list[int]:
        """The entries drawn, in the order of their drawing."""
        return [draw.position for draw in self.draws if draw.position is not None]

    def as_dict(self) -> dict[str, Any]:
        """All a stranger needs to draw again."""
        return {
            "method": METHOD,
            "year": self.year,
            "population_at": self.position,
            "seed": {"size": self.seed_size, "root": self.root.hex()},
            "population": [item._asdict() for item in self.population],
            "draws": [draw._asdict() for draw in self.draws],
            "sample": self.positions,
        }

    def sentences(self) -> list[str]:
        """The draw in words: its inputs, and a line for each number drawn."""
        cents = self.population[-1].cumulative if self.population else 0
        drawn, of = len(self.positions), f"{len(self.population)} entries that move money of {self.year}"
        return [
            f"{drawn} of the {of} up to position {self.position}, together {cents} cents; method {METHOD}.",
            f"Seed: the root of the checkpoint of {self.seed_size} entries, in hex {self.root.hex()}.",
            "draw  SHA-256(root, draw)  modulo cents left = cent -> position",
            *(f"{d.number}  {d.hash}  mod {d.left} = {d.cent} -> {d.position or 'thrown away'}" for d in self.draws),
        ]


def population(view: View, year: int) -> tuple[Item, ...]:
    """Every entry that debits an account of a line in the year, by position."""
    cents: dict[int, int] = defaultdict(int)
    for line in ACCOUNTS:
        for booking in bookings(view, line):
            if booking.year == year and booking.amount > 0:
                cents[booking.position] += int(booking.amount * Decimal(100))
    positions = sorted(cents)
    sums = accumulate(cents[position] for position in positions)
    return tuple(Item(position, cents[position], total) for position, total in zip(positions, sums, strict=True))


def draw(items: tuple[Item, ...], root: bytes, size: int) -> tuple[Draw, ...]:
    """Draw up to `size` different entries."""
    draws: list[Draw] = []
    drawn: list[int] = []
    left = items[-1].cumulative if items else 0
    sums = [item.cumulative for item in items]
    while left and len(drawn) < size:
        number = len(draws) + 1
        hash_ = sha256(root + number.to_bytes(8, "big")).digest()
        value = int.from_bytes(hash_, "big")
        if value >= ALL - ALL % left:
            draws.append(Draw(number, hash_.hex(), left, -1, None))
            continue
        cent = value % left
        place = _place(items, sums, drawn, cent)
        draws.append(Draw(number, hash_.hex(), left, cent, items[place].position))
        insort(drawn, place)
        left -= items[place].cents
    return tuple(draws)


def _place(items: tuple[Item, ...], sums: list[int], drawn: list[int], cent: int) -> int:
    """Which entry holds the cent, the cents of those drawn left out."""
    at = cent
    for place in drawn:
        if items[place].cumulative - items[place].cents <= at:
            at += items[place].cents
    return bisect_right(sums, at)


def sample(view: View, seed: View, year: int, size: int) -> Sample:
    """Draw from the entries that `view` sees with the root at `seed`."""
    items = population(view, year)
    said = seed.checkpoint()
    root = b64decode(said["root"])
    return Sample(year, view.position, said["size"], root, items, draw(items, root, size))
