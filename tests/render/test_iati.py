"""IATI: valid against the published schema, its sums those of the report."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest
from okfn_iati import IatiValidator

from reporting_service.render.iati import report_iati
from reporting_service.reports.activities import Activities, Activity, Movement
from tests.render.conftest import YEARS

RECEIVED, GRANTED, DISBURSED, SPENT = "1", "2", "3", "4"


@pytest.fixture(scope="module")
def files(reported):
    return {year: report_iati(found) for year, found in reported.items()}


def _sums(content):
    sums = {}
    for activity in ElementTree.fromstring(content).findall("iati-activity"):
        code = activity.findtext("iati-identifier").rsplit("-1035-", 1)[1]
        for transaction in activity.findall("transaction"):
            key = code, transaction.find("transaction-type").get("code")
            sums[key] = sums.get(key, Decimal("0.00")) + Decimal(transaction.findtext("value"))
    return sums


@pytest.mark.parametrize("year", YEARS)
def test_the_file_is_valid_against_schema_and_rules(files, year):
    valid, errors = IatiValidator().validate(files[year].decode())
    assert valid, errors


@pytest.mark.parametrize("year", YEARS)
def test_a_projects_transactions_sum_to_its_figures(files, reports, year):
    sums = _sums(files[year])
    for row in reports[year]["tables"]["T8"]["rows"]:
        if row["key"].startswith("_"):
            continue
        cells = {name: Decimal(value) for name, value in row["cells"].items() if name in MONEY}
        expected = {
            GRANTED: cells["approved"] - cells["freed"],
            DISBURSED: cells["disbursed"] - cells["recovered"],
            SPENT: cells["spent"],
        }
        assert {kind: sums.get((row["key"], kind), Decimal(0)) for kind in expected} == expected


MONEY = ("approved", "freed", "disbursed", "recovered", "spent")
NEW = ("allocation", "revisions", "contributions", "refunds")


@pytest.mark.parametrize("line", ["line-1", "line-2"])
def test_a_lines_receipts_sum_to_its_sources_of_all_years(files, reports, line):
    rows = {year: {row["key"]: row["cells"] for row in reports[year]["tables"]["T2"]["rows"]} for year in YEARS}
    expected = Decimal(rows[2007]["opening"][line])
    expected += sum(Decimal(rows[year][name][line]) for year in YEARS for name in NEW)
    assert _sums(files[2010])[line, RECEIVED] == expected


def test_a_recovery_is_a_negative_disbursement(reported):
    found = [movement for activity in reported[2010].activities for movement in activity.movements]
    recovered = [movement for movement in found if movement.description == "Balance recovered"]
    assert recovered
    assert all(movement.kind == "disbursed" and movement.usd < 0 for movement in recovered)


def test_a_cancellation_is_a_negative_commitment(reported):
    found = [movement for activity in reported[2010].activities for movement in activity.movements]
    freed = [movement for movement in found if movement.description.startswith("Freed")]
    assert freed
    assert all(movement.kind == "granted" and movement.usd < 0 for movement in freed)


def test_its_date_is_the_last_entrys_and_no_clocks(store, reported, files):
    root = ElementTree.fromstring(files[2010])
    assert root.get("generated-datetime") == reported[2010].recorded_at
    assert {one.get("last-updated-datetime") for one in root} == {reported[2010].recorded_at}


def test_the_same_activities_give_the_same_bytes(reported, files):
    assert report_iati(reported[2010]) == files[2010]


def test_a_national_project_names_its_country_and_a_regional_one_a_region(files):
    places = {
        activity.findtext("iati-identifier").rsplit("-", 1)[1]: activity
        for activity in ElementTree.fromstring(files[2010])
    }
    assert places["NC.0011"].find("recipient-country").get("code") == "KE"
    assert places["RG.0013"].find("recipient-country") is None
    assert "COL, ECU, PER" in places["RG.0013"].findtext("recipient-region/narrative")


def test_a_line_and_its_projects_name_each_other(files):
    related = {
        (activity.findtext("iati-identifier"), other.get("ref"), other.get("type"))
        for activity in ElementTree.fromstring(files[2010])
        for other in activity.findall("related-activity")
    }
    assert related
    assert all((there, here, {"1": "2", "2": "1"}[kind]) in related for here, there, kind in related)


def test_any_title_stays_well_formed():
    movement = Movement("granted", "2010-01-01", Decimal("-1.00"), 7, "]]>&<", donor="\x01")
    odd = Activity("P.1", "a\x00<b>&\ud800\n😀", "d", "approved", "2010-01-01", None, None, ("ZZZ",), None, (movement,))
    content = report_iati(Activities(2010, 7, None, (odd,)))
    valid, errors = IatiValidator().validate(content.decode())
    assert valid, errors
    assert ElementTree.fromstring(content).findtext("iati-activity/title/narrative") == "a\ufffd<b>&\ufffd\n😀"
