"""A year that is closed, reported, adjusted and reported again."""

from typing import Any

from reporting_service.projections.store import Store
from reporting_service.reports.annual import annual_report
from reporting_service.reports.editions import digest_of
from tests.reporting import facts
from tests.reporting.history import History, follow

YEAR = 2008


def closed_year() -> History:
    """2008 with two projects, a gift and its income, closed; 2009 has a budget."""
    history = History()
    facts.member(history)
    facts.budget(history)
    for code in ("NC.1", "NC.2"):
        facts.submitted(history, code)
        facts.approved(history, code)
    facts.disbursed(history)
    facts.spent(history)
    facts.received(history)
    facts.income(history, YEAR, "project-overhead", "24900000.00", security_part="5400000.00")
    facts.income(history, YEAR, "unearmarked-contribution", "4400000.00")
    facts.closed(history, YEAR)
    facts.budget(history, 2009)
    return history


def issue(history: History, store: Store, edition: int = 1, year: int = YEAR, **more: Any) -> int:
    """The secretariat issues the report as it stands."""
    with follow(store, history.bodies).view() as view:
        report = annual_report(view, year)
    said = {
        "year": year,
        "kind": "annual",
        "edition": edition,
        "body": "scpf",
        "document": f"S/{edition}",
        "digest": digest_of(report),
        "checkpoint": report["checkpoint"],
    }
    return history.post("report.issued", "secretariat", **(said | more))


def adjust(history: History) -> dict[str, int]:
    """Late facts of the closed year: a gift, income, and the reversal of a grant; what they are booked in is 2009."""
    grant = next(step.position for step in history.model.projects["NC.2"].steps if step.type == "grant.approved")
    return {
        "gift": facts.received(history, "C.2", amount="70000.00", on="2008-06-30", adjusts_year=YEAR),
        "income": facts.income(history, YEAR, "interest", "1600000.00", adjusts_year=YEAR),
        "reversal": history.post(
            "entry.reversed", "approver", "approver-2", position=grant, reason="Never signed", adjusts_year=YEAR
        ),
    }


def reported_again(store: Store) -> tuple[History, dict[str, int]]:
    """The first edition, the late facts, and the second edition."""
    history = closed_year()
    issue(history, store)
    late = adjust(history)
    issue(history, store, 2, body="council")
    follow(store, history.bodies)
    return history, late
