"""Random small histories: the books as known at any position are those of the prefix, and every count agrees."""

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reporting_service.projections.store import Store
from reporting_service.reports.annual import annual_report
from reporting_service.reports.contributions import contributions
from reporting_service.reports.facility import facility
from reporting_service.reports.member_states import member_states
from reporting_service.reports.projects import project_list
from reporting_service.reports.statement import statement
from reporting_service.reports.trial_balance import trial_balance
from shared.rules.lines import facility as ledger_facility
from tests.reporting import facts
from tests.reporting.history import History, follow, store_at

YEARS = (2007, 2008, 2009)
amounts = st.integers(1, 20_000_000).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")
dates = st.builds("{}-{:02d}-{:02d}".format, st.sampled_from(YEARS), st.integers(1, 12), st.integers(1, 28))
codes = st.sampled_from(["NC.1", "NC.2", "NC.3"])
lines = st.sampled_from(["line-1", "line-2"])
years = st.sampled_from(YEARS)

commands = st.one_of(
    st.tuples(st.just(facts.budget), years),
    st.tuples(st.just(facts.submitted), codes, lines, dates),
    st.tuples(st.just(facts.approved), codes, amounts, dates),
    st.tuples(st.just(facts.disbursed), codes, amounts, dates),
    st.tuples(st.just(facts.spent), codes, amounts, dates),
    st.tuples(st.just(facts.returned), codes, amounts, dates),
    st.tuples(st.just(facts.cancelled), codes, dates),
    st.tuples(st.just(facts.received), st.sampled_from(["C.1", "C.2"]), lines, amounts),
    st.tuples(st.just(facts.income), years, st.just("interest"), amounts),
    st.tuples(st.just(facts.reversed_), st.integers(3, 40)),
    st.tuples(st.just(facts.closed), years),
)
histories = st.lists(commands, max_size=40)


def recorded(chosen) -> History:
    history = History()
    facts.member(history)
    facts.budget(history, 2008)
    for command, *said in chosen:
        command(history, *said)
    return history


def books(store: Store, position: int | None = None):
    """Everything that the doors can show."""
    with store.view(position) as view:
        return {
            "reports": [annual_report(view, year) for year in YEARS],
            "statements": [statement(view, line, year) for line in ("line-1", "line-2") for year in (None, *YEARS)],
            "trial balance": trial_balance(view),
            "projects": project_list(view, None, "", 100),
            "contributions": [found.as_dict() for found in contributions(view)],
            "member states": [found.as_dict() for found in member_states(view, "2009-12-31")],
        }


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(histories, st.data())
def test_as_known_at_equals_a_replay_of_the_prefix(chosen, data):
    history = recorded(chosen)
    position = data.draw(st.integers(0, history.position))
    with TemporaryDirectory() as folder:
        whole = follow(store_at(Path(folder) / "whole.db"), history.bodies, 16)
        prefix = follow(store_at(Path(folder) / "prefix.db"), history.bodies[:position], 5)
        assert books(whole, position) == books(prefix)


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(histories)
def test_every_count_agrees_whatever_happened(chosen):
    history = recorded(chosen)
    with TemporaryDirectory() as folder:
        store = follow(store_at(Path(folder) / "reporting.db"), history.bodies)
        with store.view() as view:
            for year in YEARS:
                assert facility(view, year).as_dict() | {"position": view.position} == ledger_facility(
                    history.model, year
                )
                tables = annual_report(view, year)["tables"]
                assert_reconciled(tables["T15"])
                assert_summed(tables["T2"])


def assert_reconciled(table) -> None:
    for row in table["rows"]:
        if row["key"].startswith(("difference", "debits")):
            assert set(row["cells"].values()) == {"0.00"}, row


def assert_summed(table) -> None:
    cells = {row["key"]: row["cells"] for row in table["rows"]}
    for column in table["columns"]:
        values = {key: Decimal(found[column["key"]]) for key, found in cells.items()}
        sources = ("opening", "allocation", "revisions", "contributions", "refunds", "recovered", "adjustments")
        uses = ("project-allocations", "increases", "decreases", "freed")
        assert values["available"] == sum(values[key] for key in sources)
        assert values["closing"] == values["available"] + sum(values[key] for key in uses)
    for key, row in cells.items():
        assert Decimal(row["facility"]) == Decimal(row["line-1"]) + Decimal(row["line-2"]), key
