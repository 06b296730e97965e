"""What reporting makes of a random history: the oracle's figures, as known at every position."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from reporting_service.projections.store import Store
from reporting_service.reports.annual import annual_report
from reporting_service.reports.facility import facility
from reporting_service.reports.trial_balance import trial_balance
from shared.log_format.canonical import canonical
from tests.histories.commands import YEARS, Pick, brought_in, command, opening
from tests.histories.scale import HISTORIES, ON_DEMAND, STEPS, scaled
from tests.histories.side_by_side import SideBySide, in_cents
from tests.oracle.facts import LINES
from tests.reporting.history import follow, store_at

Known = dict[int, tuple[dict[str, dict[str, int]], dict[str, int]]]
"""At a position: each line's figures of the year looked at, and every account."""


def told(data: st.DataObject, year: int) -> tuple[SideBySide, Known]:
    """A random history, with what the oracle knew of a year at each of its positions."""
    both, known = SideBySide(), Known()
    pick = Pick(data.draw, both.oracle)
    first = (brought_in() if data.draw(st.booleans()) else []) + opening()
    for number in range(len(first) + STEPS):
        both.post(*(first[number] if number < len(first) else command(pick)))
        figures = {line: both.oracle.figures(line, year) for line in LINES}
        known[both.oracle.position] = (figures, both.oracle.trial_balance())
    return both, known


@scaled(HISTORIES if ON_DEMAND else 15)
@given(st.data(), st.sampled_from(YEARS), st.integers(1, 50))
def test_figures_as_known_at_any_position_are_the_oracles(data: st.DataObject, year: int, page: int) -> None:
    both, known = told(data, year)
    with tempfile.TemporaryDirectory() as folder:
        store = follow(store_at(Path(folder) / "reporting.db"), [canonical(entry) for entry in both.ledger.log], page)
        for position, (figures, accounts) in known.items():
            assert_known(store, position, year, figures, accounts)
        assert_reconciled(store, year)
        store.engine.dispose()


def assert_known(
    store: Store, position: int, year: int, figures: dict[str, dict[str, int]], accounts: dict[str, int]
) -> None:
    """Both lines and all accounts as known at a position; the lines sum to the Facility, the accounts to zero."""
    with store.view(position) as view:
        answer = facility(view, year).as_dict()
        assert {line: in_cents(answer["lines"][line]) for line in LINES} == figures
        summed = {name: sum(figures[line][name] for line in LINES) for name in figures[LINES[0]]}
        assert in_cents(answer["facility"]) == summed
        found = {account.account: int((account.debits - account.credits) * 100) for account in trial_balance(view)}
        assert {name: value for name, value in found.items() if value} == accounts
        assert sum(found.values()) == 0


def assert_reconciled(store: Store, year: int) -> None:
    """T15 of the annual report counts three ways and finds no difference."""
    with store.view() as view:
        rows = annual_report(view, year)["tables"]["T15"]["rows"]
    differences = [row for row in rows if row["key"].startswith(("difference", "debits"))]
    assert differences
    assert {value for row in differences for value in row["cells"].values()} == {"0.00"}
