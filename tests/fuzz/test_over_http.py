"""Inputs that have broken other ledgers, over real HTTP: refused in words, soon, and nothing is changed."""

import json
import time

import pytest
import requests

from shared.contract.problems import MEDIA_TYPE
from tests.pair.desk import Desk, gift

EVENT, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
GOOD = json.dumps(gift("g-1", "10.00"))
BODIES = {
    "NaN": GOOD.replace('"10.00"', "NaN").encode(),
    "1e400": GOOD.replace('"10.00"', "1e400").encode(),
    "-0": GOOD.replace('"10.00"', "-0").encode(),
    "-0.00": GOOD.replace("10.00", "-0.00").encode(),
    "19 digits": GOOD.replace("10.00", "9" * 19 + ".00").encode(),
    "a number of 19 digits": GOOD.replace('"10.00"', "9" * 19).encode(),
    "a number of 5,000 digits": GOOD.replace('"10.00"', "9" * 5_000).encode(),
    "7 decimals": GOOD.replace("10.00", "10.0000001").encode(),
    "a duplicate key": GOOD.replace('"amount": "10.00"', '"amount": "10.00", "amount": "10.00"').encode(),
    "deep nesting": b"[" * 30_000,
    "deep nesting in its place": GOOD.replace('"10.00"', '{"a":' * 500 + "1" + "}" * 500).encode(),
    "a lone surrogate": GOOD.replace("receipt g-1", "\\ud800").encode(),
    "a lone surrogate in bytes": GOOD.replace("receipt g-1", "\ud800").encode("utf-8", "surrogatepass"),
    "a bidirectional override": GOOD.replace("receipt g-1", "\u202e00.01 DSU").encode(),
    "an isolate": GOOD.replace("receipt g-1", "a\u2066b").encode(),
    "NUL": GOOD.replace("receipt g-1", "\\u0000").encode(),
    "a raw NUL": GOOD.replace("receipt g-1", "\0").encode(),
    "the year 0001": GOOD.replace("2008-03-03", "0001-01-01").encode(),
    "the year 9999": GOOD.replace("2008-03-03", "9999-12-31").encode(),
    "the year 0000": GOOD.replace("2008-03-03", "0000-01-01").encode(),
    "an instant of 9999": GOOD.replace('"id"', '"time": "9999-12-31T23:59:60Z", "id"').encode(),
    "digits of another script": GOOD.replace("10.00", "\u0661\u0660.\u0660\u0660").encode(),
}
DRAFTS = {
    "NaN": b'{"parameters":{"share":NaN}}',
    "1e400": b'{"parameters":{"share":1e400}}',
    "-0": b'{"parameters":{"share":"-0"}}',
    "19 digits": b'{"parameters":{"baseline":"9999999999999999999.00"}}',
    "7 decimals": b'{"parameters":{"baseline":"1.0000001"}}',
    "a duplicate key": b'{"parameters":{"share":"0.1","share":"0.2"}}',
    "deep nesting": b"[" * 30_000,
    "a lone surrogate": b'{"parameters":{"share":"0.1"},"citations":{"share":"\\ud800"}}',
    "a bidirectional override": '{"parameters":{"share":"0.1"},"citations":{"share":"\u202ea"}}'.encode(),
    "NUL": b'{"parameters":{"share":"\\u0000"}}',
    "the year 0001": b'{"parameters":{"share":"0.1"},"effective_from":"0001-01-01"}',
    "the year 9999": b'{"parameters":{"share":"0.1"},"effective_from":"9999-12-31"}',
    "not UTF-8": b'{"parameters":{"share":"\xff"}}',
    "nothing": b"",
}
VALUES = (
    "NaN", "1e400", "-0", "9" * 19, "9" * 5_000, "2008.0000000", "%00", "%ff", "%ED%A0%80", "%E2%80%AE", "0001-01-01",
    "9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00%2B14:00", "[]", "a" * 8_000, "%F0%9F%98%80",
)  # fmt: skip
QUERIES = {
    "ledger": ("/v1/events?after=", "/v1/facility?year=", "/v1/member-states/KEN/eligibility?line=line-1&on="),
    "reporting": (
        *("/v1/facility?known_at=", "/v1/trial-balance?as_of=", "/v1/replay?position="),
        *("/v1/reports/2008?known_at=", "/v1/reports/2008/restatements?since=", "/v1/audit?year="),
    ),
}


@pytest.fixture(scope="module")
def desk(shared_pair):
    return Desk(shared_pair)


def refused(answer, *statuses):
    """A problem document with one of these statuses, and it took less than two seconds."""
    assert answer.status_code in statuses, answer.text[:500]
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    assert answer.json()["status"] == answer.status_code
    assert answer.json()["detail"]
    assert answer.elapsed.total_seconds() < 2
    return answer.json()


def sent(desk, body, media_type):
    headers = desk.headers("finance", **{"Content-Type": media_type})
    return requests.post(f"{desk.pair.ledger_url}/v1/events", data=body, headers=headers, timeout=10)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_malformed_fact_is_refused_with_its_place(desk, body):
    before = desk.ledger("/v1/events", limit=1).json()["position"]
    assert refused(sent(desk, body, EVENT), 400)["errors"]
    assert refused(sent(desk, b"[" + body + b"]", BATCH), 400)["errors"]
    assert desk.ledger("/v1/events", limit=1).json()["position"] == before


def test_a_fact_too_large_for_an_entry_is_refused(desk):
    large = gift("large", "10.00")
    large["data"]["reference"] = "x" * 65_536
    refused(desk.post(large), 413)
    refused(desk.post([gift("small", "10.00"), large]), 413)
    fits = json.dumps(gift("fits", "10.00")).encode()
    assert sent(desk, fits + b" " * (32_768 - len(fits)), EVENT).status_code == 201
    refused(sent(desk, fits + b" " * (32_769 - len(fits)), EVENT), 413)


def test_a_name_in_either_form_is_kept_as_it_was_posted(desk):
    composed, decomposed = gift("nfc", "10.00"), gift("nfd", "10.00")
    composed["data"]["reference"], decomposed["data"]["reference"] = "Caf\u00e9", "Cafe\u0301"
    for fact in (composed, decomposed):
        position = desk.accepted(fact)["position"]
        assert desk.ledger(f"/v1/events/{position}").json()["data"]["reference"] == fact["data"]["reference"]
    other = composed | {"data": composed["data"] | {"reference": "Cafe\u0301"}}
    refused(desk.post(other), 409)


def test_many_levels_and_names_at_the_size_of_a_body_are_refused_soon(desk):
    for body in (b"[" + b"{}," * 5_000_000 + b"{}]", b"[" * (15 << 20), b'{"' + b"a" * (15 << 20) + b'":1}'):
        began = time.monotonic()
        answer = sent(desk, body, BATCH)
        refused_after = time.monotonic() - began
        assert answer.status_code == 400, answer.text[:300]
        assert refused_after < 10, "the whole time, with sending"


@pytest.mark.parametrize("body", DRAFTS.values(), ids=DRAFTS)
def test_a_malformed_draft_of_rules_is_refused_with_its_place(desk, body):
    headers = desk.headers("auditor", **{"Content-Type": "application/json"})
    answer = requests.post(f"{desk.pair.reporting_url}/v1/what-if", data=body, headers=headers, timeout=10)
    assert refused(answer, 400)["errors"]


@pytest.mark.parametrize("service", QUERIES)
@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:30])
def test_an_odd_parameter_is_refused_by_name(desk, service, value):
    for query in QUERIES[service]:
        url = desk.pair.ledger_url if service == "ledger" else desk.pair.reporting_url
        answer = requests.get(url + query + value, headers=desk.headers("auditor"), timeout=10)
        assert refused(answer, 400, 404)["detail"]


@pytest.mark.parametrize("service", QUERIES)
def test_odd_headers_are_answered_as_any_others(desk, service):
    url = desk.pair.ledger_url if service == "ledger" else desk.pair.reporting_url
    for name in ("Accept", "Accept-Language", "Cookie", "If-None-Match", "X-Request-Id", "Authorization", "Forwarded"):
        for value in (b"\xff", b"\x80=\x80", b"a" * 6_000, b'"', b";q=1e400", b"*;q=NaN", b",," * 500):
            answer = requests.get(f"{url}/v1/facility?year=2008", headers={name: value}, timeout=10)
            assert answer.status_code in (401, 406), (name, value)
