"""What was pledged, received and refunded per direct voluntary contribution (facility/contributions)?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

from reporting_service.projections.contributions import contribution_moves, contribution_moves_behind
from reporting_service.projections.filed import Filed
from reporting_service.projections.spans import Mark, Spans
from reporting_service.projections.view import View
from shared.money import ZERO, amount, received_usd, text

KINDS = {
    "contribution.pledged": "pledged",
    "contribution.pledge-reduced": "reduced",
    "contribution.committed": "committed",
    "contribution.received": "received",
    "contribution.refunded": "refunded",
}


RECEIPTS = {"contribution.received": 1, "contribution.refunded": -1}
"""What a receipt and a refund do to a line, by sign."""
Key = tuple[str, str]
"""Code and currency."""


def in_usd(fact: Filed) -> Decimal:
    """What a fact of a contribution brings its line, at the rate of its day."""
    return fact.sign * RECEIPTS[fact.type] * received_usd(fact.data) if fact.type in RECEIPTS else ZERO


@dataclass
class Contribution:
    """One contribution in one currency; `usd` is received less refunded at the rates of their days."""

    code: str
    donor: str
    line: str
    currency: str
    pledged: Decimal = ZERO
    reduced: Decimal = ZERO
    committed: Decimal = ZERO
    received: Decimal = ZERO
    refunded: Decimal = ZERO
    usd: Decimal = ZERO
    first: int = 0
    rated: dict[int, str] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """Its code and currency."""
        return self.code, self.currency

    @property
    def rates(self) -> list[str]:
        """The rates of its facts, in the order of the log."""
        return [rate for _, rate in sorted(self.rated.items())]

    @property
    def outstanding(self) -> Decimal:
        """Pledged, not reduced and not received yet; never negative."""
        return max(ZERO, self.pledged - self.reduced - self.received)

    def add(self, fact: Filed) -> None:
        """Count one more fact."""
        name = KINDS[fact.type]
        setattr(self, name, getattr(self, name) + fact.sign * amount(fact.data["amount"]))
        self.first = self.first or fact.position
        self.usd += in_usd(fact)
        if "rate" in fact.data and fact.sign > 0:
            self.rated[fact.position] = fact.data["rate"]["value"]

    def plus(self, other: "Contribution") -> "Contribution":
        """The same contribution with the facts of both."""
        sums = {name: getattr(self, name) + getattr(other, name) for name in (*KINDS.values(), "usd")}
        first = min(self.first, other.first)
        return replace(self, **sums, first=first, rated=self.rated | other.rated)

    @property
    def is_nothing(self) -> bool:
        """Everything was taken back."""
        return not any((self.pledged, self.reduced, self.committed, self.received, self.refunded, self.usd))

    def as_dict(self) -> dict[str, Any]:
        """As answered; amounts in the contribution's currency but `usd`."""
        amounts = ("pledged", "reduced", "committed", "received", "outstanding", "refunded", "usd")
        return {
            "contribution": self.code,
            "donor": self.donor,
            "line": self.line,
            "currency": self.currency,
            **{name: text(getattr(self, name)) for name in amounts},
            "rates": self.rates,
        }


def contributions(view: View, year: int | None = None) -> list[Contribution]:
    """Each contribution per currency, of all years or of what was booked in one, in the order of their first fact."""
    found: dict[tuple[str, str], Contribution] = {}
    for fact in contribution_moves(view):
        late = view.as_of is not None and fact.effective_on > view.as_of
        if late or (year is not None and fact.year != year):
            continue
        key = _key(fact)
        if key not in found:
            found[key] = _begun(fact)
        found[key].add(fact)
    return [contribution for contribution in found.values() if not contribution.is_nothing]


class Gifts(NamedTuple):
    """Each contribution by year of booking; USD by line and year; how many began in a year, and which it concerns."""

    by_key: Mapping[Key, Mapping[int, Contribution]]
    sums: Mapping[tuple[str, int], Decimal]
    begun: Mapping[int, int]
    spans: Spans[Key]

    def told(self, facts: Sequence[Filed]) -> "Gifts":
        """The same after more facts."""
        sums, own = dict(self.sums), dict[Key, dict[int, Contribution]]()
        for fact in facts:
            of_line = (fact.data["line"], fact.year)
            sums[of_line] = sums.get(of_line, ZERO) + in_usd(fact)
            years = own.setdefault(_key(fact), dict(self.by_key.get(_key(fact), {})))
            years[fact.year] = known = replace(years.get(fact.year) or _begun(fact))
            known.rated = dict(known.rated)
            known.add(fact)
        before = {key: _marks(self.by_key[key]) for key in own if key in self.by_key}
        now = {key: _marks(years) for key, years in own.items()}
        begun = dict(self.begun)
        for marks, more in ((before, -1), (now, 1)):
            for key in marks:
                first = marks[key][0].year
                begun[first] = begun.get(first, 0) + more
        return Gifts({**self.by_key, **own}, sums, begun, self.spans.changed(before, now))

    def of_year(self, year: int) -> set[Key]:
        """What moved in the year or the one before, or was outstanding at the end of either."""
        return self.spans.of_year(year) | self.spans.moved.get(year - 1, frozenset())

    def settled(self, year: int) -> bool:
        """Whether there are others before."""
        return sum(number for of, number in self.begun.items() if of <= year) > len(self.of_year(year))

    def to_date(self, key: Key, year: int) -> Contribution | None:
        """A contribution up to a year's end; None where nothing is left of it."""
        found: Contribution | None = None
        for of, more in self.by_key[key].items():
            if of <= year:
                found = found.plus(more) if found else more
        return None if found is None or found.is_nothing else found

    def usd(self, year: int) -> Decimal:
        """What was received in a year, less refunds."""
        return sum((value for (_, of), value in self.sums.items() if of == year), ZERO)

    def usd_to_date(self, year: int) -> Decimal:
        """What was received up to a year's end, less refunds."""
        return sum((value for (_, of), value in self.sums.items() if of <= year), ZERO)


NOTHING = Gifts({}, {}, {}, Spans())


def gifts(view: View) -> Gifts:
    """All contributions as known at the view's position, of any booking date."""
    return view.read_on("gifts", NOTHING, lambda known, after: known.told(contribution_moves_behind(view, after)))


def _key(fact: Filed) -> Key:
    return fact.data["contribution"], fact.data["currency"]


def _begun(fact: Filed) -> Contribution:
    data = fact.data
    return Contribution(data["contribution"], data["donor"], data["line"], data["currency"])


def _marks(years: Mapping[int, Contribution]) -> list[Mark]:
    """Open is what a donor still owes of a pledge."""
    marks, to_date = list[Mark](), None
    for year, found in sorted(years.items()):
        to_date = to_date.plus(found) if to_date else found
        marks.append(Mark(year, to_date.outstanding > 0))
    return marks
