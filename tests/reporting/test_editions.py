"""Issued editions: the same bytes for ever, and a digest that anybody can compute."""

import json
from base64 import b64encode
from hashlib import sha256

import pytest
import rfc8785

from reporting_service.api.permissions import PERMISSIONS, REPORT
from reporting_service.app import create_app
from reporting_service.projections.rebuild import rebuild
from reporting_service.reports.editions import editions
from shared.contract.problems import MEDIA_TYPE
from tests.reporting import facts
from tests.reporting.conftest import Asking
from tests.reporting.history import Standing, follow
from tests.reporting.issuing import YEAR, adjust, closed_year, issue, reported_again
from tests.reporting.stores import Stores

EDITIONS = f"/v1/reports/{YEAR}/editions"


@pytest.fixture(scope="session")
def stores(tmp_path_factory):
    """One kind of database is enough here."""
    return Stores(tmp_path_factory.mktemp("editions"), None)


@pytest.fixture
def asking(settings, empty):
    """Asks a service over a store of one's own, as far as it has followed."""

    def ask(path: str, role: str | None = "council", accept: str | None = None):
        standing = Standing(empty.bookmark().position)
        with create_app(settings, store=empty, follower=standing).test_client() as client:
            return Asking(client, settings)(path, role, accept)

    return ask


def test_the_digest_of_an_edition_is_that_of_its_report(asking, empty):
    reported_again(empty)
    answer = asking(f"{EDITIONS}/1")
    report = json.loads(answer.data)
    assert report.pop("edition") == 1
    digest = sha256(rfc8785.dumps(report)).hexdigest()
    (first, second) = asking(EDITIONS).json["editions"]
    assert digest == first["digest"] == first["recomputed_digest"] == answer.headers["Fund-Report-Digest"]
    assert (first["agrees"], second["agrees"]) == (True, True)
    assert (first["body"], second["body"]) == ("scpf", "council")
    assert report["position"] == first["checkpoint"]["size"] == first["issued_position"] - 1


def test_the_report_says_the_digest_that_issuing_needs(asking, empty):
    history = closed_year()
    follow(empty, history.bodies)
    digest = asking(f"/v1/reports/{YEAR}").headers["Fund-Report-Digest"]
    assert asking(f"/v1/reports/{YEAR}.html").headers["Fund-Report-Digest"] == digest
    issue(history, empty)
    follow(empty, history.bodies)
    assert asking(EDITIONS).json["editions"][0]["digest"] == digest


def test_the_first_edition_is_served_byte_for_byte_after_the_second(asking, empty):
    history = closed_year()
    issue(history, empty)
    follow(empty, history.bodies)
    suffixes = ("json", "html", "xlsx", "csv", "xml")
    first = {suffix: asking(f"{EDITIONS}/1.{suffix}").data for suffix in suffixes}
    adjust(history)
    issue(history, empty, 2)
    follow(empty, history.bodies)
    rebuild(empty.engine)
    assert {suffix: asking(f"{EDITIONS}/1.{suffix}").data for suffix in suffixes} == first
    assert asking(f"{EDITIONS}/2.json").data != first["json"]


def test_a_form_is_kept_as_first_rendered(asking, empty, monkeypatch):
    reported_again(empty)
    before = asking(f"{EDITIONS}/1.html").data
    monkeypatch.setattr("reporting_service.api.editions.rendered", lambda *_: b"<p>A later layout</p>")
    assert asking(f"{EDITIONS}/1.html").data == before
    assert asking(f"{EDITIONS}/2.html").data == b"<p>A later layout</p>"


def test_an_editions_page_is_allowed_the_style_that_it_was_kept_with(asking, empty, monkeypatch):
    reported_again(empty)
    page = b"<style>p { color: red }</style>"
    monkeypatch.setattr("reporting_service.api.editions.rendered", lambda *_: page)
    assert asking(f"{EDITIONS}/1.html").data == page
    monkeypatch.undo()
    style = b64encode(sha256(b"p { color: red }").digest()).decode()
    assert f"'sha256-{style}'" in asking(f"{EDITIONS}/1.html").headers["Content-Security-Policy"]


def test_a_later_edition_marks_each_changed_figure(asking, empty):
    reported_again(empty)
    first, second = (asking(f"{EDITIONS}/{number}.html").text for number in (1, 2))
    assert "changed, was" not in first
    assert "changed, was 0.00" in second
    assert "Restated figures" in second


def test_a_working_report_marks_what_changed_since_the_last_edition(asking, empty):
    history, _ = reported_again(empty)
    facts.income(history, YEAR, "interest", "5.00", adjusts_year=YEAR)
    follow(empty, history.bodies)
    assert "changed, was 1,600,000.00" in asking(f"/v1/reports/{YEAR}.html").text


def test_what_a_body_noted_stands_beside_the_edition(asking, empty):
    history, _ = reported_again(empty)
    history.post(
        "report.noted", "secretariat", year=YEAR, kind="annual", edition=2, body="council", resolution="1200 (XCV)",
        on="2010-12-01",
    )  # fmt: skip
    follow(empty, history.bodies)
    first, second = asking(EDITIONS).json["editions"]
    assert first["noted"] == []
    assert [(note["resolution"], note["body"]) for note in second["noted"]] == [("1200 (XCV)", "council")]


def test_a_wrong_digest_is_shown_to_disagree(asking, empty):
    history = closed_year()
    issue(history, empty, digest="0" * 64)
    follow(empty, history.bodies)
    assert asking(EDITIONS).json["editions"][0]["agrees"] is False


def test_other_kinds_of_report_are_no_editions_of_this_one(empty):
    history = closed_year()
    issue(history, empty, kind="status")
    with follow(empty, history.bodies).view() as view:
        assert editions(view, YEAR) == []


def test_an_edition_has_a_tag_of_its_own(settings, asking, empty):
    from shared.access import mint_dev_token

    reported_again(empty)
    tag = asking(f"{EDITIONS}/1").headers["ETag"]
    token = mint_dev_token(settings.fund_home, "council", "council")
    headers = {"Authorization": f"Bearer {token}", "If-None-Match": tag}
    with create_app(settings, store=empty, follower=Standing(1)).test_client() as client:
        assert client.get(f"{EDITIONS}/1", headers=headers).status_code == 304
        assert client.get(f"{EDITIONS}/2", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{EDITIONS}/3", 404),
        (f"{EDITIONS}/0", 404),
        (f"{EDITIONS}/x", 404),
        (f"{EDITIONS}/1.docx", 404),
        (f"{EDITIONS}/99999999999999999999999", 404),
        (f"{EDITIONS}/1?known_at=5", 400),
        (f"{EDITIONS}?year=5", 400),
        (f"/v1/reports/{YEAR}/restatements?since=7", 404),
        (f"/v1/reports/{YEAR}/restatements?since=0", 400),
        ("/v1/reports/2009/restatements", 404),
        (f"/v1/reports/{YEAR}/restatements?limit=0", 400),
    ],
)
def test_what_was_not_issued_is_a_problem_document(asking, empty, path, status):
    reported_again(empty)
    answer = asking(path)
    assert (answer.status_code, answer.content_type) == (status, MEDIA_TYPE)


def test_a_form_that_is_not_accepted_is_refused(asking, empty):
    reported_again(empty)
    assert asking(f"{EDITIONS}/1", accept="text/html").content_type.startswith("text/html")
    assert asking(f"{EDITIONS}/1", accept="text/plain").status_code == 406
    assert asking(f"{EDITIONS}/1.html", accept="application/json").status_code == 406


def test_restatements_are_those_since_the_last_edition(asking, empty):
    history, _ = reported_again(empty)
    assert asking(f"/v1/reports/{YEAR}/restatements?since=1").json["since"]["edition"] == 1
    facts.income(history, YEAR, "interest", "5.00", adjusts_year=YEAR)
    follow(empty, history.bodies)
    found = asking(f"/v1/reports/{YEAR}/restatements").json
    assert found["since"]["edition"] == 2
    moved = next(moved for moved in found["figures"] if moved["figure"] == "T1/interest/actual")
    assert moved["difference"] == "5.00"


def test_every_door_of_editions_is_tested_here():
    rules = {rule for _, rule in PERMISSIONS if "/editions" in rule or rule.endswith("/restatements")}
    assert len(rules) == 4
    assert {PERMISSIONS["GET", rule] for rule in rules} == {REPORT}


@pytest.mark.parametrize("path", [EDITIONS, f"{EDITIONS}/1", f"{EDITIONS}/1.html", f"/v1/reports/{YEAR}/restatements"])
def test_readers_of_the_report_read_its_editions(asking, empty, path):
    reported_again(empty)
    for role in ("council", "secretariat", "auditor", "finance", "approver", "reporting"):
        assert asking(path, role).status_code == (200 if role in REPORT else 403)
    assert asking(path, None).status_code == 401
