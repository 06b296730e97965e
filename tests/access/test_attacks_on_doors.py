"""Attacks by those who have a token of some role: refused in the right words, with nothing recorded but refusals."""

import gzip
import json
from urllib.parse import quote

import pytest

from tests.ledger.clerks import BATCH, EVENT, event, interest, problem_of

MONEY = {"kind": "interest", "amount": "10.00", "currency": "USD", "received_on": "2010-03-01", "reference": "r"}


class Clerk:
    """Somebody with a token of the ledger."""

    def __init__(self, ledger, role, subject=None):
        self.ledger, self.headers = ledger, ledger.bearer(role, subject)

    def post(self, what, media_type=None, **headers):
        """The answer to an event, a batch, or bytes."""
        body = what if isinstance(what, bytes) else json.dumps(what).encode()
        kind = media_type or (BATCH if isinstance(what, list) else EVENT)
        return self.ledger.ask("POST", "/v1/events", self.headers | headers, data=body, content_type=kind)


@pytest.fixture
def clerk(ledger):
    """Gives a clerk of a role."""
    return lambda role, subject=None: Clerk(ledger, role, subject)


def rules_of(answer):
    """The rules that refused an event."""
    return {refusal["rule"] for refusal in problem_of(answer, 422)["refusals"]}


def test_another_roles_event_in_a_batch_is_refused_with_the_whole_batch(ledger, clerk):
    before = ledger.head
    vote = {"state": "KEN", "effective_on": "2010-01-01", "vote": "restored", "decision": "d"}
    smuggled = [interest(year=2010), event("vote.changed", **vote), interest(year=2010)]
    problem_of(clerk("finance").post(smuggled), 403)
    assert ledger.head == before


def test_the_ledgers_own_source_and_types_are_nobodys(ledger, clerk):
    before = ledger.head
    own = interest(year=2010) | {"source": "ledger.fund1035.example/log"}
    allocated = {"year": 2010, "line": "line-1", "amount": "1.00", "basis": "revision", "derivation": {}}
    everything = ["finance", "programme", "approver", "administrator", "secretariat"]
    for posted in (own, event("line.allocated", **allocated), event("command.refused", event={}, refusals=[])):
        problem_of(clerk(everything, "all").post(posted), 403)
    assert ledger.head == before


def test_nobody_confirms_their_own_action_not_even_with_every_role(ledger, clerk):
    opened = event("line.opened", line="line-2", amount="1.00", as_of="2007-12-31", document="d")
    position = clerk("administrator", "m-1").post(opened).json["position"]
    again = clerk(["administrator", "approver"], "m-1").post(event("action.confirmed", position=position))
    assert rules_of(again) == {"duties/separate"}


def test_nobody_reverses_their_own_entry(clerk):
    both = clerk(["finance", "approver"], "f-1")
    position = both.post(interest(year=2010)).json["position"]
    assert rules_of(both.post(event("entry.reversed", position=position, reason="r"))) == {"duties/separate"}


def test_nobody_approves_what_they_submitted(clerk):
    both = clerk(["programme", "approver"], "p-1")
    project = {"project": "NC.7", "title": "t", "scope": "national", "states": ["KEN"], "line": "line-1"}
    more = {"requested": "1.00", "area": "cross-cutting", "activities": [1], "endorsements": []}
    submitted = event("project.submitted", **project, **more, starts_on="2011-02-01", ends_on="2012-01-01")
    assert both.post(submitted).status_code == 201
    approval = event("grant.approved", project="NC.7", amount="1.00", approved_on="2011-02-01", decision="d")
    assert "duties/separate" in rules_of(both.post(approval))


def test_a_replayed_key_with_another_payload_is_a_conflict(ledger, clerk):
    first = interest(year=2010)
    receipt = clerk("finance").post(first).json
    before = ledger.head
    changed = first | {"data": first["data"] | {"amount": "1000000.00"}}
    told = problem_of(clerk("finance", "other").post(changed), 409)
    assert told["detail"]
    assert clerk("finance", "other").post(first).json == receipt
    assert ledger.head == before


TRAVERSALS = [
    "/tile/../v1/events",
    "/tile/..%2f..%2fetc/passwd",
    "/tile/%2e%2e/%2e%2e/checkpoint",
    "/tile/0/../../metrics",
    "/tile/0/..%5c..%5c000",
    "/tile/entries/..%2f..%2fledger.db",
    "/tile/entries/%2e%2e%2f%2e%2e%2fkeys%2flog.key",
    "/tile/x/etc/passwd",
    "/tile/0/000%00.p/1",
    "/tile/0/x000/../000",
    "/tile/0/０００",
    "/tile/-1/000",
    "/tile/0/000.p/0",
    "/tile/0/000.p/257",
    "/tile/64/000",
    "/static/../keys/log.key",
    "/static/%2e%2e/app.py",
    "/static/..%2fapp.py",
    "/static/pages/..%2f..%2faccess.py",
    "/schemas/..%2f..%2fapp.py",
]


@pytest.mark.parametrize("path", TRAVERSALS)
def test_a_path_that_climbs_leads_nowhere(ledger, path):
    answer = ledger.ask("GET", path, "auditor")
    assert answer.status_code in (403, 404), answer.text
    for secret in (b"PRIVATE", b"SQLite", b"root:", b"import "):
        assert secret not in answer.data


@pytest.mark.parametrize(
    "header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-URL", "X-Rewrite-URL"]
)
def test_a_header_changes_neither_method_nor_address(ledger, header):
    value = "/v1/events" if "URL" in header else "POST"
    answer = ledger.ask("GET", "/v1/rules", ledger.bearer("finance") | {header: value})
    assert answer.status_code == 200
    assert "rule_sets" in answer.json
    problem_of(ledger.ask("GET", "/v1/events", ledger.bearer("finance") | {header: value}), 403)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "BREW"])
def test_a_method_that_no_route_has_is_refused(ledger, reporting, method):
    for service in (ledger, reporting):
        for path in ("/v1/facility", "/sign-in"):
            answer = service.ask(method, path, "auditor", data=b"_method=POST")
            assert answer.status_code == 405
            assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "identity, gzip", "GZIP"])
def test_a_compressed_body_is_never_unpacked(ledger, clerk, encoding):
    before = ledger.head
    bomb = gzip.compress(b"[" + b" " * 50_000_000 + b"]", 9)
    told = problem_of(clerk("finance").post(bomb, BATCH, **{"Content-Encoding": encoding}), 415)
    assert "not compressed" in told["detail"]
    assert ledger.head == before


def test_a_compressed_draft_is_no_draft(reporting):
    body = gzip.compress(b'{"parameters": {}}')
    headers = reporting.bearer("secretariat") | {"Content-Encoding": "gzip"}
    answer = reporting.ask("POST", "/v1/what-if", headers, data=body, content_type="application/json")
    assert answer.status_code in (400, 415)


@pytest.mark.parametrize(
    "body",
    [
        b'{"specversion": "1.0", "specversion": "1.0"}',
        b'{"source": "a", "__proto__": {"roles": ["auditor"]}}',
        b"[" * 100_000,
        b'{"a":' * 20_000,
        b'{"data": 1' + b"0" * 100_000 + b"}",
        b"\xff\xfe{}",
        b'"' + b"\\ud800" + b'"',
    ],
    ids=["twice", "proto", "lists", "objects", "number", "encoding", "surrogate"],
)
def test_a_body_made_to_break_the_reader_is_malformed(ledger, reporting, clerk, body):
    before = ledger.head
    problem_of(clerk("finance").post(body, EVENT), 413 if len(body) > 32_768 else 400)
    problem_of(clerk("finance").post(body, BATCH), 400)
    problem_of(reporting.ask("POST", "/v1/what-if", "secretariat", data=body, content_type="application/json"), 400)
    assert ledger.head == before


def test_an_id_of_a_request_that_breaks_the_line_is_not_taken(ledger, said):
    for given in ("a b", "x" * 65, "a\tb", "é", '"}', "<script>"):
        answer = ledger.ask("GET", "/livez", {"X-Request-Id": given})
        assert answer.headers["X-Request-Id"] != given
    assert all(line["request_id"].isalnum() for line in said if line["event"] == "answered")


@pytest.mark.parametrize(
    "address", ["/v1/rules?x=%0d%0aSet-Cookie:a=b", "/post/%0d%0aLocation:evil", "/sign-in?next=%0d%0a"]
)
def test_no_part_of_an_address_becomes_a_header(ledger, address):
    answer = ledger.ask("GET", address, "finance")
    assert "a=b" not in answer.headers.get("Set-Cookie", "")
    assert "evil" not in answer.headers.get("Location", "").partition("?")[0]
    assert all("\n" not in value and "\r" not in value for _, value in answer.headers)


def test_hosts_of_others_are_not_sent_to(guarded):
    """Behind a proxy the host is the proxy's to check; what leaves here by our own will is an address without one."""
    for service in guarded:
        answer = service.ask("GET", "/", {"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        assert "evil.example" not in answer.headers.get("Location", "")
        assert "evil.example" not in answer.text
        path = "/post" if service.name == "ledger" else "/facility"
        assert service.ask("GET", path, {"Host": "evil.example"}).headers["Location"].startswith("/sign-in?")


def test_what_is_asked_for_in_an_address_is_quoted_in_no_query_of_the_database(reporting):
    for junk in ("'; DROP TABLE bookmark; --", '" OR 1=1 --', "%' OR '1'='1"):
        for place in (f"/v1/projects/{quote(junk)}", f"/v1/member-states?as_of={quote(junk)}"):
            assert reporting.ask("GET", place, "auditor").status_code in (400, 404)
        page = reporting.visitor("auditor").get(f"/search?q={quote(junk)}")
        assert page.status_code == 200
    assert reporting.ask("GET", "/readyz").status_code == 200
