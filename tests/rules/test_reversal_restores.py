"""A reversal takes back exactly what its fact did: every table of the model is as before."""

from decimal import Decimal

import pytest

from shared.money import ZERO
from shared.rules.model import Dues, IncomeYear
from tests.rules.facts import (
    approved,
    assessed,
    completed,
    confirmed,
    contribution,
    decreased,
    di,
    disbursed,
    fact,
    income,
    increased,
    member,
    overhead,
    paid,
    returned,
    reversal,
    revision,
    spent,
    status_changed,
    submitted,
)  # fmt: skip

NOTHING = (ZERO, 0, (), Dues(), IncomeYear())
KEPT = (
    "reviews", "members", "dues", "votes", "income", "contributions", "contributed", "projects", "overrides", "pending",
    "line_days", "line_years",
)  # fmt: skip
REVERSIBLE = [
    fact("rules.reviewed", version="1150", reviewed_on="2010-06-01", outcome="kept", document="d"),
    member("TZA"),
    status_changed("KEN", "2008-05-01", development_status="transition", eu_member=True, withdrawn=True),
    assessed("KEN", 2009, "7.00"),
    assessed("UGA", 2009, "7.00"),
    paid("KEN", "0.50", "2008-05-01"),
    fact("vote.changed", state="KEN", effective_on="2008-05-01", vote="lost", decision="d"),
    di(2009, "46500000.00", "6000000.00", "4000000.00"),
    revision(2008, "2008-10-01", "46000000.00", "1.00", "3000000.00", "-5.00"),
    income(2008, "project-overhead", "10.00", security_part="4.00"),
    income(
        2008,
        "unearmarked-contribution",
        "10.00",
        currency="EUR",
        rate={"value": "1.5", "on": "2008-01-01", "source": "UN"},
    ),
    income(2008, "interest", "10.00"),
    overhead(2008, "3.00"),
    contribution("pledged", "4.00"),
    contribution("pledge-reduced", "4.00"),
    contribution("committed", "4.00"),
    contribution("received", "4.00"),
    contribution("refunded", "4.00"),
    contribution("pledged", "4.00", code="VC.2", donor="SWE"),
    contribution(
        "received", "4.00", code="VC.2", currency="EUR", rate={"value": "1.5", "on": "2008-01-01", "source": "UN"}
    ),
    submitted("P9"),
    fact("project.endorsed", project="P2", state="KEN", on="2008-02-01", document="d"),
    fact("project.withdrawn", project="P2", on="2008-02-01", reason="r"),
    fact("project.retained", project="P2", on="2008-02-01", reason="r"),
    fact("project.refused", project="P2", on="2008-02-01", reason="r"),
    fact("project.extended", project="P1", ends_on="2010-01-01", on="2008-10-01", decision="D"),
    completed("P1"),
    fact("override.recorded", rule="project/endorsed", project="P2", decision="D1", reason="r"),
    approved("P2"),
    increased("P1", "5.00", decision="D9"),
    decreased("P1", "5.00"),
    disbursed("P1", "5.00"),
    spent("P1", "5.00"),
    returned("P1", "5.00"),
    fact("grant.cancelled", project="P1", cancelled_on="2008-07-01", reason="r"),
    fact(
        "control-total.reported",
        source="s",
        type="t",
        period_start="2008-01-01",
        period_end="2008-12-31",
        count=1,
        amount="1.00",
    ),
]


@pytest.fixture
def rich(history):
    """Something of everything stands already."""
    history.given(member("KEN"), member("UGA"), assessed("KEN", 2006, "5.00"), paid("KEN", "4.00", "2007-01-01"))
    history.given(
        status_changed("KEN", "2007-01-01", development_status="developing"),
        di(2008, "46500000.00", "6000000.00", "4000000.00"),
    )
    history.given(fact("rules.reviewed", version="1150", reviewed_on="2009-06-01", outcome="kept", document="d"))
    history.given(fact("vote.changed", state="KEN", effective_on="2008-01-01", vote="held", decision="d"))
    for kind in ("pledged", "pledge-reduced", "committed", "received", "refunded"):
        history.given(contribution(kind, "9.00" if kind in ("pledged", "received") else "3.00"))
    history.given(income(2008, "project-overhead", "99.00"), income(2008, "interest", "9.00"), overhead(2008, "9.00"))
    history.given(
        submitted("P1"), approved("P1"), increased("P1", "9.00"), disbursed("P1", "90.00"), spent("P1", "30.00")
    )
    history.given(
        submitted("P2"), fact("override.recorded", rule="project/endorsed", project="P2", decision="D0", reason="r")
    )
    return history


def state(history):
    """The model's tables without what only counts entries; sums that are zero are as good as absent."""
    tables = {name: history.model.tables()[name] for name in KEPT}
    found = {name: {key: row for key, row in rows.items() if row not in NOTHING} for name, rows in tables.items()}
    yearly: dict[tuple[str, int], Decimal] = {}
    for (line, year, _), value in found.pop("line_years").items():
        yearly[line, year] = yearly.get((line, year), ZERO) + value
    lines = {line: book._replace(dates=(), money_facts=0) for line, book in history.model.tables()["lines"].items()}
    return found | {"lines": lines, "line_years": {key: value for key, value in yearly.items() if value}}


@pytest.mark.parametrize("posted", REVERSIBLE, ids=lambda posted: posted.short)
def test_a_reversal_restores_the_model(rich, posted):
    before = state(rich)
    position = rich.given(posted)
    if posted.short != "control-total.reported":
        assert state(rich) != before
    rich.given(reversal(position))
    assert state(rich) == before


def test_a_confirmed_migration_is_taken_back_whole(history):
    history.given(member("KEN"))
    before = state(history)
    migrated = fact(
        "project.migrated", **{**submitted("M1", line="line-1").data, "approved": "500.00", "disbursed": "400.00"},
        spent="300.00", status="completed", as_of="2007-12-31",
    )  # fmt: skip
    position = history.given(migrated)
    history.given(confirmed(position))
    project = history.model.projects["M1"]
    assert (project.status, project.approved_on, project.granted, project.disbursed, project.spent) == (
        "completed", "2007-12-31", 500, 400, 300,
    )  # fmt: skip
    history.given(reversal(position))
    assert state(history) == before
    nothing = {"approved": "0.00", "disbursed": "0.00", "spent": "0.00", "status": "retained"}
    unfunded = history.given(migrated.but(project="M2", **nothing))
    history.given(confirmed(unfunded))
    assert history.model.projects["M2"].approved_on is None
