"""Direct voluntary contributions: tracked per donor and line; only a receipt funds projects."""

from decimal import Decimal
from typing import Any

from shared.money import ZERO, amount, text
from shared.rules.case import Case, Entry
from shared.rules.model import Contribution, Model
from shared.rules.refusals import Finding, rule

KINDS = {
    "contribution.pledged": "pledged",
    "contribution.pledge-reduced": "reduced",
    "contribution.committed": "committed",
    "contribution.received": "received",
    "contribution.refunded": "refunded",
}
LIMITED_BY = {"reduced": "pledged", "refunded": "received"}


@rule("facility/contributions")
def one_donor(case: Case) -> Finding | None:
    """A contribution code stands for one donor's contribution."""
    known = case.model.contributions.get(case.data["contribution"])
    if known is None:
        return None
    return case.finding(
        "facility/contributions",
        bool(known.donor == case.data["donor"]),
        {"donor": case.data["donor"], "donor_of_the_contribution": known.donor},
        f"Contribution {case.data['contribution']} was recorded for donor {known.donor}.",
        f"the same event with donor {known.donor}, or a new contribution code",
    )


@rule("facility/contributions")
def within_what_was_given(case: Case) -> Finding | None:
    """A pledge is reduced by at most the pledge, a receipt refunded by at most the receipt, in its currency."""
    kind = KINDS[case.short]
    if kind not in LIMITED_BY:
        return None
    code, currency = case.data["contribution"], case.data["currency"]
    given = given_so_far(case.model, code, LIMITED_BY[kind], currency)
    taken = given_so_far(case.model, code, kind, currency)
    wanted = amount(case.data["amount"])
    return case.finding(
        "facility/contributions",
        taken + wanted <= given,
        {LIMITED_BY[kind]: text(given), kind: text(taken), "requested": text(wanted), "currency": currency},
        f"{text(given - taken)} {currency} of contribution {code} can still be {kind}.",
        f"at most {text(given - taken)} {currency}",
    )


def given_so_far(model: Model, code: str, kind: str, currency: str) -> Decimal:
    """What a contribution's facts of one kind and currency sum to."""
    found: Decimal = model.contributed.get((code, kind, currency), ZERO)
    return found


def rests_on(model: Model, entry: Entry) -> dict[str, Any] | None:
    """Why a contribution's fact cannot be taken back: a later reduction or refund rests on it."""
    data, kind = entry["data"], KINDS[entry["type"][9:-3]]
    later = next((limited for limited, by in LIMITED_BY.items() if by == kind), None)
    if later is None:
        return None
    left = given_so_far(model, data["contribution"], kind, data["currency"]) - amount(data["amount"])
    taken = given_so_far(model, data["contribution"], later, data["currency"])
    return {kind: text(left), later: text(taken)} if taken > left else None


def apply_contribution(model: Model, entry: Entry, sign: int = 1) -> None:
    """Note a fact of a contribution; with sign −1 take it back."""
    data, kind = entry["data"], KINDS[entry["type"][9:-3]]
    code, currency = data["contribution"], data["currency"]
    known = model.contributions.get(code) or Contribution(data["donor"], data["line"])
    facts = known.facts + sign
    if facts:
        model.contributions.put(code, known._replace(facts=facts))
    else:
        model.contributions.drop(code)
    total = given_so_far(model, code, kind, currency) + sign * amount(data["amount"])
    model.contributed.put((code, kind, currency), total)
