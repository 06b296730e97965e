"""The laws: for each kind of fact the rules that it breaks, read from the domain description."""

from collections.abc import Callable, Iterable
from typing import Any

from tests.oracle.books import CONFIRMABLE, Books
from tests.oracle.laws_of_money import (
    adoption,
    basis,
    brought_in,
    close,
    contribution,
    edition,
    migration,
    overhead,
    review,
)
from tests.oracle.laws_of_projects import (
    closure,
    decision,
    decrease,
    disbursement,
    expenditure,
    override,
    recovery,
)
from tests.oracle.laws_of_reversals import reversal, reversible
from tests.oracle.trial import BOUND_BY_CLOSING, MAY_LIE_AHEAD, STATUS_NEEDED, Trial

Law = Callable[[Trial], Iterable[str]]


def broken(
    oracle: Books, kind: str, data: dict[str, Any], recorded_on: str, subject: str, role: str, at: int | None = None
) -> set[str]:
    """The ids of every rule that the fact breaks; where it cannot be related to anything, that rule alone."""
    trial = Trial(oracle, kind, data, recorded_on, subject, role, at or oracle.position + 1)
    gated = set(gate(trial))
    if gated:
        return gated
    found = set(_LAWS.get(kind, _no_law)(trial)) | set(future(trial))
    bound = trial.named.kind if kind == "entry.reversed" and trial.named else kind
    return found | set(closed_year(trial) if bound in BOUND_BY_CLOSING or "adjusts_year" in data else ())


def gate(trial: Trial) -> Iterable[str]:
    """What must be known before any other law can speak."""
    oracle, data = trial.oracle, trial.data
    if trial.kind in STATUS_NEEDED:
        if trial.project is None:
            yield "project/unknown"
        elif trial.project.status not in STATUS_NEEDED[trial.kind].split():
            yield "project/life-cycle"
    elif trial.kind in ("project.submitted", "project.migrated"):
        if trial.project is not None:
            yield "project/life-cycle"
    elif trial.kind.startswith(("member-state.", "assessment.", "vote.")):
        admitted = any(entry.data["state"] == data["state"] for entry in oracle.facts("member-state.admitted"))
        if admitted == (trial.kind == "member-state.admitted"):
            yield "member-state/eligible"
    elif trial.kind == "action.confirmed":
        if trial.named is None or not trial.named.pending or trial.named.role != trial.role:
            yield "action/confirmed"
    elif trial.kind == "entry.reversed" and (trial.named is None or not reversible(trial, trial.named)):
        yield "entry/reversible"


def future(trial: Trial) -> Iterable[str]:
    """No fact is dated after the day of its recording; budget years, due dates, plans and reports excepted."""
    dates = [
        value
        for name, value in trial.data.items()
        if name not in MAY_LIE_AHEAD and (name.endswith("_on") or name in ("on", "as_of", "period_start", "period_end"))
    ]
    dates += [paper["on"] for paper in trial.data.get("endorsements", ())]
    dates += [trial.on] if trial.kind == "year.closed" else []
    earned_in = trial.kind in ("income.received", "overhead.applied")
    ahead = earned_in and trial.data["year"] > int(trial.recorded_on[:4])
    if ahead or max(dates, default="") > trial.recorded_on:
        yield "fact/not-in-the-future"


def closed_year(trial: Trial) -> Iterable[str]:
    """A fact of a closed year names that year in adjusts_year; no other fact does."""
    if trial.kind == "entry.reversed" and trial.named is not None:
        year = trial.named.data.get("year", int(trial.named.booked[:4]))
    else:
        year = trial.data.get("year", int(trial.on[:4]))
    is_closed = trial.closed is not None and year <= trial.closed
    named = trial.data.get("adjusts_year")
    bound = trial.named.kind if trial.named else trial.kind
    if is_closed != (named is not None) or named not in (None, year) or bound not in BOUND_BY_CLOSING:
        yield "year/closed"


def _no_law(_: Trial) -> Iterable[str]:
    return ()


def confirmation(trial: Trial) -> Iterable[str]:
    """By a second subject; the action's own rules are tested again."""
    entry = trial.named
    assert entry is not None
    if entry.subject == trial.subject:
        yield "duties/separate"
    again = (entry.kind, entry.data, trial.recorded_on, entry.subject, entry.role, entry.position)
    yield from broken(trial.oracle, *again)


_LAWS: dict[str, Law] = {
    "rules.adopted": adoption,
    "rules.reviewed": review,
    "action.confirmed": confirmation,
    "line.opened": brought_in,
    "project.migrated": migration,
    "income.budgeted": basis,
    "overhead.applied": overhead,
    **{kind: contribution for kind in BOUND_BY_CLOSING if kind.startswith("contribution.")},
    "grant.approved": decision,
    "grant.increased": decision,
    "grant.decreased": decrease,
    "grant.disbursed": disbursement,
    "expenditure.reported": expenditure,
    "grant.balance-returned": recovery,
    "project.financially-closed": closure,
    "entry.reversed": reversal,
    "override.recorded": override,
    "year.closed": close,
    "report.issued": edition,
    "report.noted": edition,
}
assert set(CONFIRMABLE) <= {*_LAWS}
