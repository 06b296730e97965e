"""Refused access leaves one line in the log, at doors and at pages: who, where, why, under which id; what was given in
hope of entry is not in it."""

import json

import pytest

from tests.ledger.clerks import EVENT, event

HOPE = "marked-word-of-hope"


def one(refusals):
    """The only line."""
    (line,) = refusals()
    assert line["level"] == "warning"
    assert line["request_id"]
    assert HOPE not in json.dumps(line)
    return line


@pytest.mark.parametrize("name", ["ledger", "reporting"])
def test_a_missing_token_is_told_without_a_subject(request, name, refusals):
    service = request.getfixturevalue(name)
    answer = service.ask("GET", "/metrics", {"X-Request-Id": "r-1"})
    line = one(refusals)
    assert (line["route"], line["status"], line["subject"], line["request_id"]) == ("/metrics", 401, None, "r-1")
    assert answer.headers["X-Request-Id"] == "r-1"


@pytest.mark.parametrize("name", ["ledger", "reporting"])
def test_a_missing_role_is_told_with_the_subject(request, name, refusals):
    service = request.getfixturevalue(name)
    service.ask("GET", "/metrics?token=" + HOPE, service.bearer("council", "c-7"))
    line = one(refusals)
    assert (line["status"], line["subject"]) == (403, "c-7")
    assert line["reason"] == "GET /metrics is for: administrator, auditor."


def test_another_roles_event_is_told_with_its_type(ledger, refusals):
    vote = {"state": "KEN", "effective_on": "2010-01-01", "vote": "held", "decision": HOPE}
    sent = {"data": json.dumps(event("vote.changed", HOPE, **vote)), "content_type": EVENT}
    ledger.ask("POST", "/v1/events", ledger.bearer("finance", "gl-1"), **sent)
    line = one(refusals)
    assert (line["route"], line["subject"]) == ("/v1/events", "gl-1")
    assert line["reason"] == "fund1035.vote.changed.v1 is recorded by: administrator."


@pytest.mark.parametrize(("name", "path"), [("ledger", "/post"), ("reporting", "/audit")])
def test_a_page_of_another_role_is_told(request, name, path, refusals):
    visitor = request.getfixturevalue(name).visitor("council")
    refusals()
    assert visitor.get(path).status_code == 403
    line = one(refusals)
    assert (line["route"], line["subject"], line["status"]) == (path, "council-1", 403)
    assert "This page is for: " in line["reason"]


@pytest.mark.parametrize("name", ["ledger", "reporting"])
def test_a_stray_form_is_told(request, name, refusals):
    visitor = request.getfixturevalue(name).visitor("finance")
    refusals()
    assert visitor.client.post("/sign-out", data={"token": HOPE}).status_code == 403
    assert "was not sent from a page of ours" in one(refusals)["reason"]


@pytest.mark.parametrize("number", [0, 1])
def test_an_answer_of_no_sign_in_is_told_without_its_code(guarded, number, refusals):
    service = guarded[number]
    assert service.visitor().get(f"/sign-in/back?code={HOPE}&state={HOPE}").status_code == 401
    line = one(refusals)
    assert (line["route"], line["status"]) == ("/sign-in/back", 401)
    assert line["reason"]


def test_who_is_let_in_leaves_no_such_line(ledger, reporting, refusals):
    for service in (ledger, reporting):
        assert service.ask("GET", "/metrics", "auditor").status_code == 200
        assert service.visitor().get("/post" if service is ledger else "/audit").status_code == 303
    assert not refusals()


@pytest.mark.parametrize("name", ["ledger", "reporting"])
def test_what_a_stranger_makes_up_leaves_little_behind(request, name, refusals):
    service = request.getfixturevalue(name)
    for number in range(3):
        service.ask(f"MADEUP{number}", f"/{'x' * 5_000}", "auditor")
    service.ask("GET", f"/schemas/{'x' * 5_000}")
    metrics = service.ask("GET", "/metrics", "auditor").text
    assert "MADEUP" not in metrics
    assert 'method="other"' in metrics
    assert all(len(line["path"]) <= 201 for line in refusals())
