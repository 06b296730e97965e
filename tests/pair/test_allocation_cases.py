"""The worked cases of Part III over HTTP, to the cent, in the ledger and in reporting."""

import pytest

from bench.pair import wait_until
from tests.pair.desk import budget, gift

# year: name, DI, security, unearmarked + interest, share, Line 1, Line 2
CASES = {
    2010: ("normal", "24900000.00", "5400000.00", "6000000.00", "1400000.00", "1250000.00"),
    2011: ("at the baseline", "19000000.00", "4500000.00", "6000000.00", "1400000.00", "0.00"),
    2012: ("security matters", "18000000.00", "4200000.00", "6000000.00", "1400000.00", "0.00"),
    2013: ("the cap binds", "42500000.00", "6000000.00", "4000000.00", "1400000.00", "2600000.00"),
    2014: ("below 1.4 million", "45400000.00", "6000000.00", "1100000.00", "1100000.00", "0.00"),
    2015: ("the cap binds, a gift comes on top", "42500000.00", "6000000.00", "4000000.00", "1400000.00", "2600000.00"),
}
GIFT = "500000.00"


@pytest.fixture(scope="module")
def budgeted(shared_desk):
    """A desk whose ledger holds every case, one a year, and whose reporting has seen them."""
    for year, (_, overhead, security, income, _, _) in CASES.items():
        shared_desk.accepted(budget(f"budget-{year}", year, overhead, security, income))
    head = shared_desk.accepted(gift("gift-2015", GIFT, on="2015-02-02"))["checkpoint"]["size"]
    wait_until(lambda: _facility(shared_desk.reporting, 2015)["position"] >= head, 30, "reporting to catch up")
    return shared_desk


def _facility(read, year):
    return read("/v1/facility", year=year).json()


@pytest.mark.parametrize("service", ["ledger", "reporting"])
@pytest.mark.parametrize("year", CASES, ids=lambda year: CASES[year][0])
def test_both_lines_receive_what_the_case_says(budgeted, year, service):
    lines = _facility(getattr(budgeted, service), year)["lines"]
    assert (lines["line-1"]["allocated"], lines["line-2"]["allocated"]) == CASES[year][-2:]


@pytest.mark.parametrize("service", ["ledger", "reporting"])
def test_a_gift_to_line_2_stands_outside_the_cap(budgeted, service):
    facility = _facility(getattr(budgeted, service), 2015)
    line = facility["lines"]["line-2"]
    assert line["contributions"] == GIFT
    assert _cents(line["available"]) - _cents(line["opening"]) == 3_100_000_00
    assert _cents(facility["facility"]["available"]) - _cents(facility["facility"]["opening"]) == 4_500_000_00


def test_a_year_below_line_1s_amount_records_an_exception(budgeted):
    entries = budgeted.ledger("/v1/events", type="fund1035.line.allocated.v1", year=2014).json()["events"]
    by_line = {entry["data"]["line"]: entry["data"] for entry in entries}
    assert "exception" in by_line["line-1"]
    assert "exception" not in by_line["line-2"]


def _cents(text):
    return int(text.replace(".", ""))
