"""What went wrong is told under a heading that fits, as a page to a browser."""

import re

import pytest

from tests.pages.serving import Visitor, words_of

BROWSER = {"Accept": "text/html"}


def heading(answer) -> str:
    """The one heading of a page."""
    return words_of(answer).partition(answer.text.partition("<h1>")[2].partition("</h1>")[0])[1]


@pytest.fixture(params=["reporting", "ledger"])
def visitor(request):
    """Somebody from finance at either service."""
    return Visitor(request.getfixturevalue(request.param), "finance")


def test_a_form_of_another_session_is_not_told_as_a_matter_of_roles(visitor):
    told = visitor.client.post("/sign-out", data={"token": "x"}, headers=BROWSER)
    assert (told.status_code, heading(told)) == (403, "This form does not hold any more")
    told = visitor.client.post("/sign-out?lang=fr", data={"token": "x"}, headers=BROWSER)
    assert heading(told) == "Ce formulaire n’est plus valable"


def test_a_body_that_is_no_form_has_its_heading(visitor):
    told = visitor.client.post("/sign-out", json={"token": "x"}, headers=BROWSER)
    assert (told.status_code, heading(told)) == (415, "This cannot be read here")


def test_a_body_that_is_too_large_has_its_heading(visitor):
    told = visitor.client.post("/sign-out", data={"token": "x" * 20_000_000}, headers=BROWSER)
    assert (told.status_code, heading(told)) == (413, "This is too large")


def test_an_id_of_another_fact_has_its_heading(ledger):
    visitor = Visitor(ledger, "finance")
    fields = {"year": "2010", "kind": "interest", "amount": "10.00", "currency": "USD", "reference": "r"}
    fields |= {"received_on": "2010-03-01", "_id": "one", "_step": "record"}
    visitor.post("/post", "/post/income.received", **fields)
    told = visitor.post("/post", "/post/income.received", **fields | {"amount": "11.00"})
    assert (told.status_code, heading(told)) == (409, "This was used for something else")


def test_a_method_that_an_address_does_not_take_is_told_as_a_page_to_a_browser(visitor):
    told = visitor.client.delete("/sign-in", headers=BROWSER)
    assert (told.status_code, told.mimetype) == (405, "text/html")
    assert heading(told) == "This address does not take this"
    assert "GET" in told.headers["Allow"]
    told = visitor.client.delete("/sign-in")
    assert (told.status_code, told.mimetype) == (405, "application/problem+json")
    assert told.json["detail"] == "This address does not take this method."
    assert "GET" in told.headers["Allow"]


@pytest.mark.parametrize("draft", ["share=much", "share=30&effective_from=yesterday", "first_year=x&effective_from=x"])
def test_each_fault_of_a_draft_leads_to_its_field(reporting, draft):
    told = Visitor(reporting, "auditor").get(f"/what-if?{draft}").text
    faults = re.findall(r'<li><a href="#(p-[a-z_]+)">', told)
    assert faults
    for field in faults:
        assert f'id="{field}"' in told
        assert f'id="{field.replace("p-", "e-", 1)}"' in told
