"""The doors: what each answers, and one error shape for everything else."""

import re
from datetime import UTC, datetime

import pytest

from reporting_service.api.permissions import PERMISSIONS
from reporting_service.app import create_app
from reporting_service.reports.annual import annual_report
from shared.contract.problems import MEDIA_TYPE
from tests.reporting.conftest import Asking
from tests.reporting.history import Standing
from tests.reporting.stores import Stores

BEHIND = "/v1/reports/2008/figures/T2/closing/line-1"
FIGURES = (
    "/v1/facility?year=2008",
    "/v1/lines/line-1/statement",
    "/v1/projects",
    "/v1/projects/NC.0001",
    "/v1/member-states",
    "/v1/contributions",
    "/v1/trial-balance",
    "/v1/audit",
)


@pytest.fixture(scope="session")
def stores(tmp_path_factory):
    """One kind of database is enough here: the doors know none."""
    return Stores(tmp_path_factory.mktemp("doors"), None)


@pytest.mark.parametrize("path", [*FIGURES, BEHIND])
def test_every_answer_says_for_which_position_it_holds(ask, path, history):
    joint = "&" if "?" in path else "?"
    answer = ask(f"{path}{joint}known_at=300")
    assert answer.json["position"] == answer.json["checkpoint"]["size"] == 300
    assert answer.json["verified_position"] == history.position
    assert answer.headers["Fund-Lag"] == "0"


def test_being_ready_is_told_with_position_and_checkpoint(ask, history):
    answer = ask("/readyz", None).json
    assert answer["position"] == answer["verified_position"] == answer["checkpoint"]["size"] == history.position


def test_lag_stands_in_the_header(settings, store, history):
    behind = Standing(history.position, head=history.position + 7)
    with create_app(settings, store=store, follower=behind).test_client() as client:
        answer = Asking(client, settings)("/v1/facility?year=2008")
    assert answer.headers["Fund-Lag"] == "7"


def test_the_facility_has_the_ledgers_shape(ask):
    found = ask("/v1/facility?year=2008").json
    assert set(found) >= {"year", "position", "rule_set", "lines", "facility"}
    assert set(found["lines"]) == {"line-1", "line-2"}
    assert found["facility"]["available"] == "2350000.00"
    assert list(found["facility"]) == [
        "opening", "allocated", "revised", "contributions", "recovered", "adjusted", "approved", "freed", "available"
    ]  # fmt: skip


def test_without_a_year_the_clocks_year_is_taken(settings, store, standing):
    new_year = datetime(2013, 1, 1, 0, 30, tzinfo=UTC)
    with create_app(settings, now=lambda: new_year, store=store, follower=standing).test_client() as client:
        ask = Asking(client, settings)
        assert ask("/v1/facility").json["year"] == 2013
        assert ask("/v1/facility?as_of=2009-06-30").json["year"] == 2009


def test_a_report_comes_in_the_form_asked_for(ask):
    assert ask("/v1/reports/2008").content_type == "application/json"
    assert ask("/v1/reports/2008", accept="text/html").content_type.startswith("text/html")
    assert ask("/v1/reports/2008", accept="text/csv").status_code == 406
    assert ask("/v1/reports/2008.html", accept="*/*").content_type.startswith("text/html")
    assert ask("/v1/reports/2008.html", accept="application/json").status_code == 406


def test_a_report_over_http_is_the_report_from_the_store(ask, store):
    with store.view(300) as view:
        assert ask("/v1/reports/2008?known_at=300").json == annual_report(view, 2008)


ODD = [
    "year=abc",
    "year=",
    "year=1950",
    "year=2100",
    "year=99999999999999999999999999",
    "year=%00",
    "year=2008.0",
    "year=%D9%A2%D9%A0%D9%A0%D9%A8",
    "known_at=-1",
    "known_at=1e3",
    "known_at=99999999999999999999999999",
    "known_at=yesterday",
    "known_at=2008-13-01T00:00:00Z",
    "known_at=2008-01-01T00:00:00",
    "known_at=0001-01-01T00:00:00%2B14:00",
    "known_at=%00",
    "as_of=0000-00-00",
    "as_of=2008-02-30",
    "as_of=20080301",
    "as_of=1900-01-01",
    "as_of=%ED%A0%80",
    "unknown=1",
    "known_at=1&known_at=2",
]


@pytest.mark.parametrize("path", [path.partition("?")[0] for path in FIGURES])
@pytest.mark.parametrize("query", ODD)
def test_an_odd_filter_is_refused_in_words(ask, path, query):
    answer = ask(f"{path}?{query}")
    assert answer.status_code == 400, answer.json
    assert answer.content_type == MEDIA_TYPE
    assert answer.json["errors"][0]["pointer"] == f"#/{query.partition('=')[0]}"


@pytest.mark.parametrize("query", [*ODD, "as_of=2008-01-01", "year=2008"])
def test_a_report_takes_known_at_alone(ask, query):
    answer = ask(f"/v1/reports/2008?{query}")
    assert (answer.status_code, answer.content_type) == (400, MEDIA_TYPE)


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=0", "limit=1001", "limit=99999999999999999999"])
def test_an_odd_page_is_refused(ask, query):
    assert ask(f"/v1/lines/line-1/statement?{query}").status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/v1/nothing",
        "/v1/reports/abc",
        "/v1/reports/1950",
        "/v1/reports/99999999999999999999999",
        "/v1/reports/99999999999999999999999/editions",
        "/v1/reports/99999999999999999999999/restatements",
        "/v1/reports/2008/editions/99999999999999999999999",
        "/v1/reports/2008/editions/99999999999999999999999.html",
        "/v1/reports/2008.csv2",
        "/v1/lines/line-3/statement",
        "/v1/lines/%00/statement",
        "/v1/projects/%00",
        "/v1/projects/NC.9999",
        "/v1/projects/..%2f..%2fetc",
        "/static/../settings.py",
        "/v1/facility?known_at=100000",
    ],
)
def test_what_is_not_there_is_a_problem_document(ask, path):
    answer = ask(path)
    assert (answer.status_code, answer.content_type) == (404, MEDIA_TYPE)
    assert answer.json["instance"]
    assert answer.json["type"] == "urn:fund1035:problem:not-found"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_can_be_written_here(settings, store, standing, method):
    with create_app(settings, store=store, follower=standing).test_client() as client:
        answer = client.open("/v1/facility", method=method, data=b"{}")
    assert (answer.status_code, answer.content_type) == (405, MEDIA_TYPE)


def test_a_fault_of_ours_shows_no_trace(settings, store, standing, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("reporting_service.api.figures.facility", broken)
    with create_app(settings, store=store, follower=standing).test_client() as client:
        answer = Asking(client, settings)("/v1/facility?year=2008")
    assert (answer.status_code, answer.content_type) == (500, MEDIA_TYPE)
    assert b"secret" not in answer.data
    assert b"Traceback" not in answer.data


@pytest.mark.parametrize(
    ("standing", "status"),
    [
        (Standing(5), 200),
        (Standing(5, head=9), 200),
        (Standing(5, stopped="Entry 6 is not the one the checkpoint covers."), 503),
        (Standing(0, heard=False), 503),
    ],
)
def test_it_is_ready_while_it_follows(settings, store, standing, status):
    with create_app(settings, store=store, follower=standing).test_client() as client:
        answer = client.get("/readyz")
        assert answer.status_code == status
        assert client.get("/livez").status_code == 200
        if stopped := standing.status().stopped:
            assert answer.json["detail"] == stopped
            assert stopped in client.get("/").text


def test_the_front_page_needs_no_token_and_says_how_far_it_is(ask, history):
    page = ask("/", None).text
    assert f"<dd>{history.position}</dd>" in page
    assert "http://" not in page
    assert "https://" not in page


def test_metrics_tell_position_and_answers(ask):
    ask("/v1/facility?year=2008")
    told = ask("/metrics").text
    assert "reporting_verified_position 350.0" in told
    assert re.search(r'reporting_answers_total{.*route="/v1/facility".*} 1\.0', told)


def test_every_answer_carries_security_headers(ask):
    for path in ("/", "/v1/facility?year=2008", "/v1/nothing", "/v1/reports/2008.html"):
        headers = ask(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]


def test_the_interface_describes_every_door(ask):
    described = ask("/openapi.json", None).json
    assert described["openapi"] == "3.1.0"
    rules = {re.sub(r"<(\w+:)?(\w+)>", r"{\2}", rule) for _, rule in PERMISSIONS} - {"/static/{filename}"}
    assert set(described["paths"]) == rules
    for path, operations in described["paths"].items():
        for operation in (found for method, found in operations.items() if method in ("get", "post")):
            assert operation["summary"], path
            assert "default" in operation["responses"], path


def test_docs_load_nothing_from_elsewhere(ask):
    page = ask("/docs", None).text
    assert "http://" not in page
    assert "https://" not in page
    for source in re.findall(r'(?:src|href)="(/[^"]+)"', page):
        assert ask(source, None).status_code == 200


def test_vendored_files_are_those_of_the_manifest():
    import base64
    import hashlib
    import json
    from pathlib import Path

    vendor = Path(create_app.__code__.co_filename).parent / "static" / "vendor"
    named = {}
    for package in json.loads((vendor / "manifest.json").read_text()):
        named |= package["files"]
    found = {
        str(path.relative_to(vendor)): "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()
        for path in vendor.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert found == named
