"""The laws of contributions, income, years, balances brought in, rule sets and reports."""

from collections.abc import Iterable
from typing import Any

from tests.oracle.books import DERIVED, Books
from tests.oracle.facts import cents
from tests.oracle.formula import Income
from tests.oracle.trial import BOUND_BY_CLOSING, CONTRIBUTION, GRANT, Trial


def contribution(trial: Trial) -> Iterable[str]:
    """One code, one donor, one line; never more reduced than pledged, nor refunded than received."""
    oracle, data = trial.oracle, trial.data
    kinds = [kind for kind in BOUND_BY_CLOSING if kind.startswith("contribution.")]
    same = [entry.data for entry in oracle.facts(*kinds) if entry.data["contribution"] == data["contribution"]]
    if same and same[0]["line"] != data["line"]:
        yield "lines/segregation"
    limited_by = CONTRIBUTION.get(trial.kind)
    taken = cents(data["amount"]) + given(oracle, trial.kind, data)
    if (same and same[0]["donor"] != data["donor"]) or (limited_by and taken > given(oracle, limited_by, data)):
        yield "facility/contributions"


def given(oracle: Books, kind: str, data: dict[str, Any]) -> int:
    """What a contribution's standing facts of one kind and currency sum to."""
    key = (data["contribution"], data["currency"])
    facts = [entry.data for entry in oracle.facts(kind)]
    return sum(cents(each["amount"]) for each in facts if (each["contribution"], each["currency"]) == key)


def basis(trial: Trial) -> Iterable[str]:
    """First one programme and budget, then revisions approved within the year; none after the close."""
    year, first = trial.data["year"], trial.data["basis"] == "programme-and-budget"
    late = not first and not trial.data["approved_on"].startswith(str(year))
    if first == bool(trial.oracle.bases(year)) or late:
        yield "income/basis"
    covered = [trial.oracle.closed or 0, *trial.oracle.opened.values()]
    if year <= max(covered):
        yield "year/closed"


def overhead(trial: Trial) -> Iterable[str]:
    """Within the year's overhead net of security: budgeted while it is open, actual once it is closed."""
    oracle, year = trial.oracle, trial.data["year"]
    budgets = [Income.budgeted(entry.data) for entry in oracle.bases(year)]
    found = oracle.income(year) if year <= (oracle.closed or 0) else (budgets or [Income(0, 0, 0, 0)])[-1]
    if _applied(oracle, year) + cents(trial.data["amount"]) > found.overhead - found.security:
        yield "overhead/resolution-1110"


def _applied(oracle: Books, year: int) -> int:
    return sum(cents(entry.data["amount"]) for entry in oracle.facts("overhead.applied") if entry.data["year"] == year)


def close(trial: Trial) -> Iterable[str]:
    """In order, once, after actual income has been recorded; overhead within the actual."""
    oracle, data, year = trial.oracle, trial.data, trial.data["year"]
    closed = oracle.closed or 0
    received = any(entry.data["year"] == year for entry in oracle.facts("income.received"))
    earlier = any(closed < other < year for other in _years(oracle))
    if year <= closed or earlier or not received or data["closed_on"] < f"{year}-12-31":
        yield "year/closed"
    actual = oracle.income(year)
    if _applied(oracle, year) > actual.overhead - actual.security:
        yield "overhead/resolution-1110"


def _years(oracle: Books) -> set[int]:
    """Years with income or line facts that stand, and those in which a late reversal is booked."""
    kinds = BOUND_BY_CLOSING | {"income.budgeted"}
    late = [entry for entry in oracle.entries if entry.kind == "entry.reversed" and "adjusts_year" in entry.data]
    return {entry.year for entry in oracle.entries if entry.kind in kinds and entry.live} | {each.year for each in late}


def adoption(trial: Trial) -> Iterable[str]:
    """A new version, after every earlier set, one citation per parameter, computable."""
    data, sets = trial.data, trial.oracle.rule_sets
    whole = {**sets[-1]["parameters"], **data["parameters"]}
    later = all(data["version"] != each["version"] and data["effective_from"] > each["effective_from"] for each in sets)
    cited = set(data["parameters"]) == set(data["citations"])
    computable = whole["line_1_amount"] is not None and (whole["share"] is None or whole["baseline"] is not None)
    reviewed_later = data["review_by"] is None or data["review_by"] > data["adopted_on"]
    if not (later and cited and computable and reviewed_later):
        yield "rules/well-formed"


def review(trial: Trial) -> Iterable[str]:
    if all(trial.data["version"] != each["version"] for each in trial.oracle.rule_sets):
        yield "rules/well-formed"


def brought_in(trial: Trial) -> Iterable[str]:
    """Opening balances and migrated projects come before any other money fact of their line."""
    line, opening = trial.data["line"], trial.kind == "line.opened"
    if money_facts(trial.oracle, line) or (opening and line in trial.oracle.opened):
        yield "action/confirmed"


def money_facts(oracle: Books, line: str) -> bool:
    kinds = {"contribution.received", "contribution.refunded", *GRANT, *DERIVED[:2]}
    return any(entry.kind in kinds and entry.line == line for entry in oracle.entries)


def migration(trial: Trial) -> Iterable[str]:
    yield from brought_in(trial)
    data = trial.data
    approved, disbursed, spent = (cents(data[name]) for name in ("approved", "disbursed", "spent"))
    settled = approved == disbursed or data["status"] not in ("cancelled", "financially-closed")
    closed = disbursed == spent or data["status"] != "financially-closed"
    pipeline = data["status"] in ("submitted", "retained", "refused", "withdrawn")
    running = data["status"] in ("approved", "completed")
    funded = (approved == 0 or not pipeline) and (approved > 0 or not running)
    if not (spent <= disbursed <= approved and settled and closed and funded):
        yield "grant/closure"


def edition(trial: Trial) -> Iterable[str]:
    data = trial.data
    issued = [
        entry.data["edition"]
        for entry in trial.oracle.facts("report.issued")
        if (entry.data["year"], entry.data["kind"]) == (data["year"], data["kind"])
    ]
    last = max(issued, default=0)
    if trial.kind == "report.noted":
        holds = data["edition"] <= last
    else:
        holds = data["edition"] == last + 1 and data["checkpoint"]["size"] < trial.position
    if not holds:
        yield "report/edition"
