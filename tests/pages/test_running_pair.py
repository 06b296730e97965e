"""The pages of both services as they run: a fact posted by hand reaches the reader's page."""

import re

import pytest
import requests

from bench.pair import Pair, wait_until

TOKEN = re.compile(r'name="token" value="([^"]+)"')
ID = re.compile(r'name="_id" value="([^"]+)"')
BUDGET = {
    "year": "2010",
    "basis": "programme-and-budget",
    "document": "PB/2010",
    "approved_on": "2009-11-30",
    "approved_by": "Council",
    "project_overhead": "24900000.00",
    "security": "5400000.00",
    "unearmarked_contributions": "4400000.00",
    "interest": "1600000.00",
}


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Both services as real processes."""
    home = tmp_path_factory.mktemp("pair")
    with Pair(home, output=home / "services.log") as running:
        yield running


def _signed_in(url, role):
    session = requests.Session()
    form = session.get(f"{url}/sign-in", timeout=30).text
    session.post(f"{url}/sign-in", data={"token": TOKEN.search(form)[1], "role": role, "next": "/livez"}, timeout=30)
    return session


def test_a_fact_posted_by_hand_reaches_the_readers_page(pair):
    finance = _signed_in(pair.ledger_url, "finance")
    address = f"{pair.ledger_url}/post/income.budgeted"
    form = finance.get(address, timeout=30).text
    fields = BUDGET | {"token": TOKEN.search(form)[1], "_id": ID.search(form)[1]}
    tried = finance.post(address, data=fields | {"_step": "try"}, timeout=30)
    assert "Nothing is recorded yet" in tried.text
    assert "1,250,000.00" in tried.text
    recorded = finance.post(address, data=fields | {"_step": "record"}, timeout=30)
    assert "It stands at position 3 of the log." in recorded.text
    reader = _signed_in(pair.reporting_url, "council")
    page = f"{pair.reporting_url}/facility?year=2010"
    wait_until(lambda: "2,650,000.00" in reader.get(page, timeout=30).text, 30, "the budget to reach the page")
