"""Whatever is sent, the answer is a problem document that names the place, and nothing is recorded."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger.clerks import BATCH, EVENT, interest, problem_of

GOOD = json.dumps(interest(id="good"))
BODIES = {
    "empty": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"a":"\xff"}',
    "a byte order mark": b"\xef\xbb\xbf" + GOOD.encode(),
    "a duplicate name": b'{"id":"1","id":"2"}',
    "a float": GOOD.replace('"10.00"', "10.00").encode(),
    "NaN": GOOD.replace('"10.00"', "NaN").encode(),
    "infinity": GOOD.replace('"10.00"', "1e400").encode(),
    "a huge integer": GOOD.replace("2015,", "9" * 10_000 + ",").encode(),
    "deep nesting": b"[" * 20_000,
    "deep objects": b'{"a":' * 6_000,
    "a lone surrogate": GOOD.replace("good", "\\ud800").encode(),
    "NUL": GOOD.replace("good", "\\u0000").encode(),
    "a number": b"1",
    "null": b"null",
    "a string": b'"x"',
    "an array": b"[]",
    "no members": b"{}",
    "an unknown member": GOOD.replace('"specversion"', '"extension": "x", "specversion"').encode(),
    "an unknown type": GOOD.replace("income.received", "income.stolen").encode(),
    "a type that is no string": GOOD.replace('"fund1035.income.received.v1"', "{}").encode(),
    "an unknown field": GOOD.replace('"year"', '"nobody": 1, "year"').encode(),
    "three decimals": GOOD.replace("10.00", "10.001").encode(),
    "a negative nothing": GOOD.replace("10.00", "-0.00").encode(),
    "sixteen digits": GOOD.replace("10.00", "1234567890123456.00").encode(),
    "a date that is none": GOOD.replace("2015-03-01", "2015-02-30").encode(),
    "another specversion": GOOD.replace('"1.0"', '"0.3"').encode(),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_malformed_body_is_refused_with_its_place(office, body):
    document = problem_of(office.send(body), 400)
    assert document["errors"]
    assert all(error["pointer"].startswith("#") and error["detail"] for error in document["errors"])
    problem_of(office.send(b"[" + body + b"]", BATCH), 400)
    assert office.head() == 2


def test_every_error_of_a_batch_is_named(office):
    bad = interest("1.234")
    document = problem_of(office.post([interest(), bad, interest(), bad | {"id": ""}]), 400)
    assert [error["pointer"] for error in document["errors"]] == ["#/1/data/amount", "#/3/id", "#/3/data/amount"]


@pytest.mark.parametrize("batch", [b"[]", b"{}", b"1", json.dumps([{}] * 10_001).encode()])
def test_a_batch_is_an_array_of_one_to_ten_thousand_events(office, batch):
    document = problem_of(office.send(batch, BATCH), 400)
    assert document["errors"][0]["pointer"] == "#"


def test_an_event_beyond_32768_bytes_is_too_large(office):
    posted = interest()
    posted["data"]["reference"] = "x" * 32_768
    problem_of(office.post(posted), 413)
    problem_of(office.post([interest(), posted]), 413)


def test_a_body_beyond_16_mebibytes_is_too_large(office):
    problem_of(office.send(b" " * (16 * 1024 * 1024 + 1)), 413)
    problem_of(office.send(b" " * (16 * 1024 * 1024 + 1), BATCH), 413)
    assert office.send(b" " * (16 * 1024 * 1024), BATCH).status_code == 400


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "text/plain",
        "",
        "application/cloudevents+xml",
        f"{EVENT}; charset=latin-1",
        "multipart/form-data",
    ],
)
def test_another_content_type_is_not_read(office, media_type):
    answer = office.send(GOOD.encode(), media_type)
    problem_of(answer, 415)
    assert EVENT in answer.headers["Accept-Post"]


def test_a_compressed_body_is_not_read(office):
    headers = office.headers() | {"Content-Encoding": "gzip"}
    answer = office.app.test_client().post("/v1/events", data=b"x", headers=headers, content_type=EVENT)
    problem_of(answer, 415)


def test_a_parameter_given_twice_is_refused(office):
    document = problem_of(office.post(interest(), query="?dry_run=false&dry_run=true"), 400)
    assert [error["pointer"] for error in document["errors"]] == ["#/dry_run"]
    assert office.head() == 2
    problem_of(office.get("/v1/events?year=2014&year=2015"), 400)


@pytest.mark.parametrize("query", ["?dry_run=yes", "?dry_run=", "?dryrun=true", "?x=1"])
def test_an_unknown_way_to_post_is_refused(office, query):
    problem_of(office.post(interest(), query=query), 400)
    assert office.head() == 2


@pytest.mark.parametrize(
    "path",
    [
        "/v1/events?limit=0",
        "/v1/events?limit=1001",
        "/v1/events?after=-1",
        "/v1/events?after=x",
        "/v1/events?after=99999999999999999999",
        "/v1/events?after=%00",
        "/v1/events?year=1950",
        "/v1/events?nobody=1",
        "/v1/facility?year=two",
        "/v1/facility?year=%D9%A2%D9%A0%D9%A1%D9%A5",
        "/v1/member-states/KEN/eligibility",
        "/v1/member-states/KEN/eligibility?line=line-3",
        "/v1/member-states/KEN/eligibility?line=line-1&on=2015-02-30",
        "/checkpoint?after=1&wait=31",
        "/checkpoint?wait=1.5",
    ],
)
def test_a_malformed_query_is_refused_with_its_name(office, path):
    assert problem_of(office.get(path), 400)["errors"]


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "/v1",
        "/v1/events/0",
        "/v1/events/3",
        "/v1/events/-1",
        "/v1/events/99999999999999999999999",
        "/v1/events/3/proof",
        "/v1/events/99999999999999999999999/proof",
        "/v1/streams/nobody/events",
        "/v1/streams/%00/events",
        "/v1/member-states/ken/eligibility?line=line-1",
        "/v1/member-states/%00/eligibility?line=line-1",
        "/schemas/nobody",
        "/static/nobody.js",
        "/static/../app.py",
    ],
)
def test_what_is_not_there_is_not_found(office, path):
    problem_of(office.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/v1/events"),
        ("PUT", "/v1/events/1"),
        ("POST", "/checkpoint"),
        ("OPTIONS", "/v1/events"),
        ("PATCH", "/nothing"),
    ],
)
def test_another_method_is_not_allowed(office, method, path):
    answer = office.app.test_client().open(path, method=method, headers=office.headers("auditor"))
    problem_of(answer, 404 if path == "/nothing" else 405)
    assert path == "/nothing" or answer.headers["Allow"]


@pytest.mark.parametrize(
    ("path", "accept"),
    [("/v1/facility", "text/html"), ("/checkpoint", "application/json"), ("/tile/0/000.p/1", "text/html")],
)
def test_another_representation_is_not_acceptable(office, path, accept):
    problem_of(office.get(path, Accept=accept), 406)
    assert office.get(path, Accept=f"{accept}, */*;q=0.1").status_code == 200


def test_a_fault_of_ours_tells_nothing_of_itself(office, monkeypatch):
    def fail(_reader):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(office.ledger.journal, "reading", fail)
    answer = office.get("/v1/events")
    assert "secret" not in str(problem_of(answer, 500))
    assert answer.headers["X-Request-Id"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_input_makes_a_fault(office, data):
    posted = interest(id="drawn")
    where = data.draw(st.sampled_from([posted, posted["data"]]))
    where[data.draw(st.sampled_from([*where, "new"]) | st.text(max_size=5))] = data.draw(JSON)
    body = json.dumps(posted, ensure_ascii=data.draw(st.booleans())).encode("utf-8", "surrogatepass")
    at = data.draw(st.integers(0, len(body)))
    body = data.draw(st.sampled_from([body, body[:at], body[:at] + data.draw(st.binary(max_size=3)) + body[at:]]))
    media_type = data.draw(st.sampled_from([EVENT, BATCH]))
    answer = office.send(b"[" + body + b"]" if media_type == BATCH else body, media_type)
    assert answer.status_code in (200, 201, 400, 403, 409, 422)
    if answer.status_code >= 400:
        problem_of(answer, answer.status_code)
