"""The recurring parts of the sample: budgets, income, contributions and a project's life."""

from bench.workload.diary import Diary, Event, fact

APPROVER = "Decision {code}, illustrative"


def budget(
    year: int, overhead: str, security: str, unearmarked: str, interest: str, *, revised_on: str | None = None
) -> Event:
    """A budget basis of a year's Discretionary Income, in USD."""
    title = (
        f"Programme and Budget for {year}" if revised_on is None else f"Revision of the Programme and Budget for {year}"
    )
    return fact(
        "income.budgeted",
        year=year,
        basis="programme-and-budget" if revised_on is None else "revision",
        document=f"{title}, figures illustrative",
        approved_on=revised_on or f"{year - 1}-11-30",
        approved_by="Council" if revised_on is None else "Standing Committee on Programmes and Finance",
        project_overhead=overhead,
        security=security,
        unearmarked_contributions=unearmarked,
        interest=interest,
    )


def actual_income(year: int, overhead: str, security: str, unearmarked: str, interest: str) -> list[Event]:
    """The year's actual income in three entries, in USD."""
    amounts = (("project-overhead", overhead), ("unearmarked-contribution", unearmarked), ("interest", interest))
    return [
        fact(
            "income.received",
            year=year,
            kind=kind,
            amount=amount,
            currency="USD",
            security_part=security if kind == "project-overhead" else None,
            received_on=f"{year}-12-31",
            reference=f"Year-end statement {year}, illustrative",
        )
        for kind, amount in amounts
    ]


def applied(year: int, purpose: str, amount: str, description: str) -> Event:
    """Project-related overhead put to one of the two purposes of Resolution 1110, in USD."""
    return fact(
        "overhead.applied",
        year=year,
        amount=amount,
        purpose=purpose,
        description=f"{description}, illustrative",
        on=f"{year}-12-31",
        reference=f"Overhead {year}, illustrative",
    )


def contribution(step: str, code: str, donor: str, line: str, amount: str, on: str, **more: object) -> Event:
    """One step of a direct voluntary contribution: pledged, committed, received, …"""
    return fact(
        f"contribution.{step}",
        contribution=code,
        donor=donor,
        line=line,
        amount=amount,
        currency=more.pop("currency", "USD"),
        on=on,
        reference=f"{code} {step} {on}, illustrative",
        **more,
    )


def submitted(
    code: str,
    states: str,
    line: str,
    requested: str,
    on: str,
    title: str,
    *,
    area: str = "migration-and-development",
    activities: tuple[int, ...] = (3,),
    endorsed: bool = True,
    **more: object,
) -> Event:
    """A project's submission, by default endorsed by each State it names on the day it is submitted."""
    named = states.split()
    papers = [{"state": state, "on": on, "document": f"Letter {code} {state}, illustrative"} for state in named]
    year = int(on[:4])
    return fact(
        "project.submitted",
        project=code,
        title=f"{title} (illustrative)",
        scope="national" if len(named) == 1 else "regional",
        states=named,
        line=line,
        requested=requested,
        area=area,
        activities=list(activities),
        endorsements=papers if endorsed else [],
        submitted_on=on,
        starts_on=f"{year}-09-01",
        ends_on=f"{year + 1}-08-31",
        **more,
    )


def approved(code: str, amount: str, on: str, kind: str = "approved") -> Event:
    """An approval, increase or decrease of a grant, in USD."""
    return fact(
        f"grant.{kind}", project=code, amount=amount, approved_on=on, decision=f"Decision {code} {on}, illustrative"
    )


def disbursed(code: str, amount: str, on: str) -> Event:
    """An instalment paid to a project, in USD."""
    return fact(
        "grant.disbursed", project=code, amount=amount, paid_on=on, reference=f"Payment {code} {on}, illustrative"
    )


def spent(code: str, amount: str, on: str) -> Event:
    """Expenditure since the last report, in USD."""
    return fact(
        "expenditure.reported",
        project=code,
        amount=amount,
        period_end=on,
        reference=f"Report {code} {on}, illustrative",
    )


def returned(code: str, amount: str, on: str, **more: object) -> Event:
    """A balance that a project gives back to its line, in USD."""
    return fact(
        "grant.balance-returned",
        project=code,
        amount=amount,
        returned_on=on,
        reference=f"Return {code} {on}, illustrative",
        **more,
    )


def completed(code: str, on: str) -> Event:
    """A project's completion."""
    return fact("project.completed", project=code, completed_on=on)


def financially_closed(code: str, on: str) -> Event:
    """A project's financial closure; frees what was not disbursed."""
    return fact("project.financially-closed", project=code, closed_on=on)


def close(diary: Diary, year: int, on: str) -> None:
    """Close a year and let a second administrator confirm it."""
    proposed = diary.post(
        "administrator",
        f"The year {year} is proposed for closing",
        fact("year.closed", year=year, closed_on=on, document=f"Closing of {year}, illustrative"),
    )
    diary.confirm("administrator", f"A second administrator closes {year}", proposed[0], "administrator-2")
