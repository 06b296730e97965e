"""Facts of small histories, in words: what finance, programme and approver post."""

from typing import Any

from tests.reporting.history import History


def member(history: History, state: str = "KEN", status: str = "developing", on: str = "2001-01-01") -> int:
    """A Member State is admitted."""
    return history.post(
        "member-state.admitted",
        "administrator",
        state=state,
        name=state.title(),
        region="africa",
        admitted_on=on,
        development_status=status,
    )


def budget(history: History, year: int = 2008, unearmarked: str = "4400000.00", **more: Any) -> int:
    """The budget of the normal case: Line 1 gets 1.4 million, Line 2 gets 1.25 million."""
    said = {
        "year": year,
        "basis": "programme-and-budget",
        "document": f"P&B {year}",
        "approved_on": f"{year - 1}-11-30",
        "approved_by": "Council",
        "project_overhead": "24900000.00",
        "security": "5400000.00",
        "unearmarked_contributions": unearmarked,
        "interest": "1600000.00",
    }
    return history.post("income.budgeted", **(said | more))


def income(history: History, year: int, kind: str, amount: str, **more: Any) -> int:
    """Actual income of a year."""
    said = {"kind": kind, "amount": amount, "currency": "USD", "received_on": f"{year}-12-31", "reference": "R"}
    return history.post("income.received", year=year, **(said | more))


def submitted(history: History, code: str = "NC.1", line: str = "line-1", on: str = "2008-02-01", **more: Any) -> int:
    """A national project applies, endorsed by its State."""
    states = more.pop("states", ["KEN"])
    said = {
        "title": f"Project {code}",
        "scope": "national" if len(states) == 1 else "regional",
        "states": states,
        "requested": "100000.00",
        "area": "migration-and-development",
        "activities": [3],
        "endorsements": [{"state": state, "on": on, "document": "Letter"} for state in states],
        "submitted_on": on,
        "starts_on": "2008-09-01",
        "ends_on": "2009-08-31",
    }
    return history.post("project.submitted", "programme", project=code, line=line, **(said | more))


def approved(
    history: History, code: str = "NC.1", amount: str = "100000.00", on: str = "2008-03-01", **more: Any
) -> int:
    """A grant is approved."""
    kind = more.pop("kind", "approved")
    said = {"amount": amount, "approved_on": on, "decision": f"Decision {on}"}
    return history.post(f"grant.{kind}", "approver", project=code, **(said | more))


def disbursed(history: History, code: str = "NC.1", amount: str = "60000.00", on: str = "2008-04-01") -> int:
    """An instalment is paid."""
    return history.post("grant.disbursed", project=code, amount=amount, paid_on=on)


def spent(history: History, code: str = "NC.1", amount: str = "40000.00", on: str = "2008-06-30") -> int:
    """Expenditure is reported."""
    return history.post("expenditure.reported", project=code, amount=amount, period_end=on)


def returned(history: History, code: str = "NC.1", amount: str = "5000.00", on: str = "2008-09-01", **more: Any) -> int:
    """A balance comes back."""
    return history.post("grant.balance-returned", project=code, amount=amount, returned_on=on, **more)


def cancelled(history: History, code: str = "NC.1", on: str = "2008-10-01") -> int:
    """A grant is cancelled; what was not disbursed is free again."""
    return history.post("grant.cancelled", "approver", project=code, cancelled_on=on, reason="Stopped")


def received(history: History, code: str = "C.1", line: str = "line-2", amount: str = "500000.00", **more: Any) -> int:
    """Money of a direct voluntary contribution."""
    said = {"donor": "donor-a", "currency": "USD", "on": "2008-05-01", "reference": "R"}
    return history.post("contribution.received", contribution=code, line=line, amount=amount, **(said | more))


def reversed_(history: History, position: int, subject: str = "approver-2") -> int:
    """An entry is reversed by another subject."""
    return history.post("entry.reversed", "approver", subject, position=position, reason="Wrong")


def confirmed(history: History, position: int, role: str = "administrator") -> int:
    """A second subject confirms."""
    return history.post("action.confirmed", role, f"{role}-2", position=position)


def closed(history: History, year: int) -> int:
    """A year is closed by two administrators."""
    closing = history.post("year.closed", "administrator", year=year, closed_on=f"{year + 1}-01-31", document="Closing")
    return confirmed(history, closing)
