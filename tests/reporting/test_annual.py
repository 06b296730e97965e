"""The annual report: its figures, its shape, and that nothing but log and year goes into it."""

from decimal import Decimal

import orjson
import pytest

from reporting_service.projections.store import writing
from reporting_service.reports.annual import annual_report
from reporting_service.reports.table import percent
from tests.reporting import facts
from tests.reporting.history import History, follow, store_at, tree_root

CASES = {
    "normal": ("24900000.00", "5400000.00", "4400000.00", "1600000.00", "1250000.00", "2650000.00", "line-2/share"),
    "cap": ("42500000.00", "6000000.00", "3000000.00", "1000000.00", "2600000.00", "4000000.00", "facility/cap"),
    "M below": ("45400000.00", "6000000.00", "800000.00", "300000.00", "0.00", "1100000.00", "facility/cap"),
}


@pytest.fixture(params=(2007, 2008, 2009, 2010))
def report(request, store):
    with store.view() as view:
        return annual_report(view, request.param)


def cells(report, table, row):
    return next(found["cells"] for found in report["tables"][table]["rows"] if found["key"] == row)


def of(history, year, path):
    with follow(store_at(path / "reporting.db"), history.bodies).view() as view:
        return annual_report(view, year)


def test_the_document_has_the_shape_of_the_design(report, history):
    assert list(report)[:7] == ["year", "layout", "edition", "position", "checkpoint", "rule_set", "tables"]
    assert (report["layout"], report["edition"], report["position"]) == ("annual/1", None, history.position)
    for key, table in report["tables"].items():
        columns = [column["key"] for column in table["columns"]]
        assert table["key"] == key
        assert table["title"]
        assert len(set(columns)) == len(columns)
        assert len({row["key"] for row in table["rows"]}) == len(table["rows"])
        for row in table["rows"]:
            assert list(row["cells"])
            assert set(row["cells"]) == set(columns)
            assert all(isinstance(cell, str) for cell in row["cells"].values())


def test_its_checkpoint_is_the_root_of_its_entries(report, history):
    from base64 import b64decode

    assert b64decode(report["checkpoint"]["root"]) == tree_root(history.bodies)


def test_the_same_prefix_gives_the_same_bytes(history, store, tmp_path):
    replayed = follow(store_at(tmp_path / "replayed.db"), history.bodies[:200], 11)
    with store.view(200) as one, replayed.view() as other:
        assert orjson.dumps(annual_report(one, 2008)) == orjson.dumps(annual_report(other, 2008))


def test_rows_of_t2_stand_in_the_domains_order(report):
    assert [row["key"] for row in report["tables"]["T2"]["rows"]] == [
        "opening", "allocation", "revisions", "contributions", "refunds", "recovered", "adjustments", "available",
        "project-allocations", "increases", "decreases", "freed", "closing", "over-committed",
    ]  # fmt: skip


def test_last_years_figures_stand_beside(store):
    with store.view() as view:
        last, this = annual_report(view, 2008), annual_report(view, 2009)
    for table in ("T2", "T3", "T15"):
        for row in last["tables"][table]["rows"]:
            beside = cells(this, table, row["key"])
            assert {key: beside[f"{key}-prior"] for key in ("line-1", "line-2", "facility")} == {
                key: row["cells"][key] for key in ("line-1", "line-2", "facility")
            }


def test_a_closing_balance_is_the_next_opening(store):
    with store.view() as view:
        for year in range(2007, 2011):
            closing = cells(annual_report(view, year), "T2", "closing")
            opening = cells(annual_report(view, year + 1), "T2", "opening")
            assert {key: closing[key] for key in ("line-1", "line-2", "facility")} == {
                key: opening[key] for key in ("line-1", "line-2", "facility")
            }


@pytest.mark.parametrize("case", CASES)
def test_the_derivation_shows_every_step(case, tmp_path):
    overhead, security, unearmarked, interest, line_2, facility, binding = CASES[case]
    history = History()
    facts.budget(
        history, project_overhead=overhead, security=security, unearmarked_contributions=unearmarked, interest=interest
    )
    report = of(history, 2008, tmp_path)
    assert cells(report, "T1", "line-2")["budget"] == line_2
    assert cells(report, "T1", "facility")["budget"] == facility
    assert cells(report, "T1", "binding")["budget"] == binding
    assert cells(report, "T1", "baseline")["budget"] == "20500000.00"
    assert cells(report, "T1", "line-2")["revised"] == cells(report, "T1", "line-2")["actual"] == ""


def test_a_line_1_below_its_amount_is_an_exception_in_the_notes(tmp_path):
    history = History()
    facts.budget(history, unearmarked="100000.00", interest="1000000.00")
    notes = of(history, 2008, tmp_path)["tables"]["T1"]["notes"]
    assert any("line-1/amount" in note and "1100000.00" in note for note in notes)


def test_headroom_is_shown_under_both_readings_of_the_cap(store):
    with store.view() as view:
        report = annual_report(view, 2009)
    headroom, outside, literal = (
        Decimal(cells(report, "T1", row)["budget"]) for row in ("headroom", "outside-the-cap", "headroom-all")
    )
    assert headroom == Decimal("6000000.00") - Decimal("1400000.00")
    assert literal == headroom - outside
    assert outside == Decimal(cells(report, "T2", "opening")["facility"]) + Decimal(
        cells(report, "T2", "recovered")["facility"]
    )


def test_before_the_first_cap_there_is_no_headroom(store):
    with store.view() as view:
        report = annual_report(view, 2007)
    assert cells(report, "T1", "cap")["budget"] == cells(report, "T1", "headroom")["budget"] == ""
    assert cells(report, "T1", "rule-set")["budget"] == "1035"


def test_actual_income_is_derived_as_the_formula_would(tmp_path):
    history = History()
    facts.budget(history)
    facts.income(history, 2008, "project-overhead", "24900000.00", security_part="5400000.00")
    facts.income(history, 2008, "unearmarked-contribution", "4400000.00")
    facts.income(history, 2008, "interest", "1600000.00")
    report = of(history, 2008, tmp_path)
    for row in ("discretionary-income", "line-1", "line-2", "facility"):
        assert cells(report, "T1", row)["actual"] == cells(report, "T1", row)["budget"]


def test_delivery_is_spent_over_disbursed_less_recovered(tmp_path):
    history = History()
    facts.member(history)
    facts.budget(history)
    facts.submitted(history)
    facts.approved(history)
    facts.disbursed(history, amount="60000.00")
    facts.spent(history, amount="40000.00")
    facts.returned(history, amount="10000.00")
    report = of(history, 2008, tmp_path)
    assert cells(report, "T3", "delivery-rate")["line-1"] == "80.0"
    assert cells(report, "T3", "delivery-rate")["line-2"] == ""
    assert cells(report, "T3", "undisbursed")["line-1"] == "40000.00"
    assert cells(report, "T8", "NC.1")["delivery-rate"] == "80.0"


def test_a_rate_without_a_divisor_is_empty():
    assert percent(Decimal(1), Decimal(0)) == percent(Decimal(1), Decimal(-5)) == ""
    assert percent(Decimal(1), Decimal(3)) == "33.3"


def test_projects_add_up_to_commitment_and_disbursement(report):
    for line in ("line-1", "line-2", "facility"):
        together = cells(report, "T8", f"_{line}")
        for column, row in (("approved-year", "approved"), ("disbursed-year", "disbursed"), ("spent-year", "spent")):
            assert together[column] == cells(report, "T3", row)[line]
        assert together["undisbursed"] == cells(report, "T3", "undisbursed")[line]


def test_a_closed_project_leaves_the_list_the_year_after(store):
    with store.view() as view:
        listed = {
            year: {row["key"] for row in annual_report(view, year)["tables"]["T8"]["rows"]} for year in (2008, 2009)
        }
    assert "NC.0001" in listed[2008]
    assert "NC.0001" not in listed[2009]


def test_a_projects_status_is_that_of_the_years_end(store):
    with store.view() as view:
        assert cells(annual_report(view, 2007), "T8", "NC.0001")["status"] == "approved"
        assert cells(annual_report(view, 2008), "T8", "NC.0001")["status"] == "financially-closed"


def test_the_books_reconcile_to_the_cent(report):
    for row in report["tables"]["T15"]["rows"]:
        if row["key"].startswith(("difference", "debits")):
            assert set(row["cells"].values()) == {"0.00"}


@pytest.mark.parametrize(
    ("broken", "row"),
    [
        ("UPDATE postings SET debits = '1.00' WHERE key = 0", "difference-log-t2"),
        ("UPDATE flows SET available = '1.00'", "difference-log-t2"),
        ("UPDATE project_money SET granted = '1.00'", "difference-t2-t8"),
        ("DELETE FROM contributions", "difference-t2-t8"),
        ("UPDATE flows SET disbursed = '1.00'", "difference-undisbursed-log"),
        ("UPDATE postings SET credits = '0.00'", "debits-less-credits"),
    ],
)
def test_reconciliation_shows_a_damaged_read_model(history, empty, broken, row):
    follow(empty, history.bodies)
    with writing(empty.engine) as connection:
        connection.exec_driver_sql(broken)
    with empty.view() as view:
        assert set(cells(annual_report(view, 2010), "T15", row).values()) != {"0.00"}


def test_control_totals_are_compared_with_the_log(store):
    with store.view() as view:
        rows = annual_report(view, 2008)["tables"]["T15-sources"]["rows"]
    assert [row["cells"]["difference-amount"] for row in rows] == ["0.00"]
    assert rows[0]["cells"]["reported-count"] == "7"


def test_sums_beyond_64_bits_stay_exact(tmp_path):
    history = History()
    facts.budget(history)
    for number in range(12):
        facts.received(history, f"C.{number}", amount="999999999999999.99")
    report = of(history, 2008, tmp_path)
    assert cells(report, "T2", "contributions")["line-2"] == "11999999999999999.88"


def test_a_year_without_facts_has_a_report_too(store):
    with store.view() as view:
        report = annual_report(view, 1999)
    assert set(cells(report, "T2", "closing").values()) == {"0.00"}
    assert report["tables"]["T15-sources"]["rows"] == []
