"""What is dear is done for a few at once: everybody else is told when to come back, and nothing piles up."""

from contextlib import ExitStack

import pytest

from reporting_service.api.reporting import EXTENSION
from reporting_service.render.pdf import printing
from shared.pages.oidc import ASKED_AT_ONCE, Provider
from tests.ledger.clerks import problem_of
from tests.pages.serving import Visitor


def taken(semaphore):
    """Every place of a semaphore, until the stack is closed."""
    stack = ExitStack()
    while semaphore.acquire(blocking=False):
        stack.callback(semaphore.release)
    return stack


def test_an_audit_bundle_while_others_are_written_is_told_to_wait(reporting):
    with taken(reporting.app.extensions[EXTENSION].bundling):
        answer = reporting.ask("GET", "/v1/reports/2008/bundle", "auditor")
        problem_of(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
    assert reporting.ask("GET", "/v1/reports/2008/bundle", "auditor").status_code == 200


def test_a_place_is_free_again_after_a_bundle_that_is_none(reporting):
    for _ in range(5):
        assert reporting.ask("GET", "/v1/reports/1900/bundle", "auditor").status_code == 404
    assert reporting.ask("GET", "/v1/reports/2008/bundle", "auditor").status_code == 200


def test_a_pdf_while_others_are_set_is_told_to_wait(reporting):
    with taken(printing.IN_ALL):
        answer = reporting.ask("GET", "/v1/reports/2009.pdf", "auditor")
        problem_of(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
    assert reporting.ask("GET", "/v1/reports/2009.pdf", "auditor").status_code == 200


def test_a_what_if_while_another_is_computed_is_told_to_wait(reporting):
    sent = {"data": b'{"parameters": {"share": "0.30"}}', "content_type": "application/json"}
    with taken(reporting.app.extensions[EXTENSION].supposing):
        answer = reporting.ask("POST", "/v1/what-if", "auditor", **sent)
        problem_of(answer, 429)
        assert int(answer.headers["Retry-After"]) > 0
        page = reporting.visitor("auditor").get("/what-if?share=30")
        assert (page.status_code, int(page.headers["Retry-After"]) > 0) == (429, True)
    assert reporting.ask("POST", "/v1/what-if", "auditor", **sent).status_code == 200


def test_strangers_who_begin_to_sign_in_do_not_hold_every_thread(guarded, provider):
    """Only so many wait for the identity provider at once; the next is told so, on a page."""
    asked = []

    def fetch(address, form):
        asked.append(address)
        assert len(asked) <= ASKED_AT_ONCE, "no more than so many are asked at once"
        if len(asked) < ASKED_AT_ONCE:
            return crowd._ask(address, form)
        with pytest.raises(Exception, match="Many people"):
            crowd._ask(address, form)
        return {"issuer": provider.url}

    crowd = Provider(provider.url, "fund", f"{provider.url}/keys", "pages", fetch)
    assert crowd._ask("https://id.example", None) == {"issuer": provider.url}
    assert len(asked) == ASKED_AT_ONCE


class Withheld:
    """A body that must not be waited for."""

    def read(self, *_):
        pytest.fail("a stranger's body is read")

    readline = read


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
@pytest.mark.parametrize("shown", [True, False], ids=["shown the page", "shown nothing"])
def test_no_form_of_a_stranger_is_waited_for(guarded, path, shown):
    for service in guarded:
        visitor = Visitor(service.app)
        if shown:
            visitor.get("/sign-in")
        form = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": "500"}
        withheld = form | {"wsgi.input": Withheld()}
        assert visitor.client.post(path, environ_overrides=withheld).status_code == 403
