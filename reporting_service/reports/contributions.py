"""What was pledged, received and refunded per direct voluntary contribution (facility/contributions)?"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from reporting_service.projections.contributions import contribution_moves
from reporting_service.projections.filed import Filed
from reporting_service.projections.view import View
from shared.money import ZERO, amount, received_usd, text

KINDS = {
    "contribution.pledged": "pledged",
    "contribution.pledge-reduced": "reduced",
    "contribution.committed": "committed",
    "contribution.received": "received",
    "contribution.refunded": "refunded",
}


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
    rates: list[str] = field(default_factory=list)

    @property
    def outstanding(self) -> Decimal:
        """Pledged, not reduced and not received yet; never negative."""
        return max(ZERO, self.pledged - self.reduced - self.received)

    def add(self, fact: Filed) -> None:
        """Count one more fact."""
        name = KINDS[fact.type]
        setattr(self, name, getattr(self, name) + fact.sign * amount(fact.data["amount"]))
        if name in ("received", "refunded"):
            self.usd += received_usd(fact.data) * (fact.sign if name == "received" else -fact.sign)
        if "rate" in fact.data and fact.sign > 0:
            self.rates.append(fact.data["rate"]["value"])

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
        data = fact.data
        key = (data["contribution"], data["currency"])
        if key not in found:
            found[key] = Contribution(data["contribution"], data["donor"], data["line"], data["currency"])
        found[key].add(fact)
    return [contribution for contribution in found.values() if not contribution.is_nothing]
