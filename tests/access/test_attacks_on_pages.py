"""Attacks on people at their pages: forged forms, taken cookies, lures, and names that would be programs."""

import csv
import io
import json
import re
import zipfile
from base64 import urlsafe_b64decode, urlsafe_b64encode
from html import escape
from html.parser import HTMLParser
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from tests.access.asking import Service
from tests.access.table import REPORTING_PAGES, rows
from tests.pages.serving import Visitor, reporting_over
from tests.reporting import facts
from tests.reporting.history import History, store_at
from tests.reporting.issuing import issue

SCRIPT = "<script>alert(1)</script>"
EVIL = [
    SCRIPT,
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}${7*7}#{7*7}",
    "javascript:alert(1)",
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '#import "/etc/passwd": x',
    "]]><!--",
]
EVENT_HANDLER = re.compile(r"^on[a-z]+$")


class Scripts(HTMLParser):
    """Notes what would run or lead elsewhere."""

    def __init__(self):
        super().__init__()
        self.found = []
        self._in_script = False

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        self._in_script = tag == "script" and "src" not in names and names.get("type") != "application/json"
        self.found += [f"{tag} {name}" for name in names if EVENT_HANDLER.match(name)]
        for name in ("href", "src", "action", "formaction"):
            if (names.get(name) or "").lower().startswith(("javascript:", "http:", "https:", "//", "data:text")):
                self.found.append(f"{tag} {name}={names[name]}")
        if tag in ("iframe", "object", "embed", "base", "img") and "onerror" in names:
            self.found.append(tag)

    def handle_data(self, data):
        if self._in_script and data.strip():
            self.found.append(f"script: {data[:60]}")

    def handle_endtag(self, tag):
        self._in_script = False


def scripts_in(html):
    """What in a page would run, or lead off it."""
    reader = Scripts()
    reader.feed(html)
    return reader.found


def poisoned_history():
    """A year in which every title, name, reason, reference and document was written by an attacker."""
    history = History()
    history.post(
        "member-state.admitted",
        "administrator",
        state="KEN",
        name=EVIL[0],
        region="africa",
        admitted_on="2001-01-01",
        development_status="developing",
    )
    facts.budget(history, document=EVIL[1], approved_by=EVIL[0])
    for number, evil in enumerate(EVIL, 1):
        code = f"NC.{number}"
        endorsed = [{"state": "KEN", "on": "2008-02-01", "document": evil}]
        facts.submitted(history, code, title=evil, endorsements=endorsed, requested="1000.00")
        facts.approved(history, code, "1000.00", decision=evil)
        facts.received(history, f"C.{number}", amount="10.00", reference=evil)
    history.post("project.withdrawn", "programme", project="NC.99", on="2008-04-01", reason=EVIL[0])
    history.post("grant.cancelled", "approver", project="NC.2", cancelled_on="2008-10-01", reason=EVIL[1])
    facts.income(history, 2008, "project-overhead", "24900000.00", security_part="5400000.00", payer=EVIL[4])
    facts.income(history, 2008, "unearmarked-contribution", "4400000.00", reference=EVIL[5])
    facts.closed(history, 2008)
    facts.budget(history, 2009, document=EVIL[3])
    return history


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory):
    """Reporting over such a year, and an edition of it."""
    home = tmp_path_factory.mktemp("poisoned")
    history, store = poisoned_history(), store_at(home / "reporting.db")
    issue(history, store)
    return Service("reporting", reporting_over(history, store, home), home)


PAGES = [row for row in rows(REPORTING_PAGES) if row.method == "GET" and not row.sign_in]


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_a_stored_name_runs_on_no_page(poisoned, row):
    answer = Visitor(poisoned.app, "auditor").get(row.address.replace("NC.0006", "NC.1"))
    assert answer.status_code in (200, 404)
    if answer.mimetype == "text/html":
        assert not scripts_in(answer.text), row
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
    if answer.mimetype == "image/svg+xml":
        assert "<script" not in answer.text


def test_the_attacks_are_shown_as_the_words_they_are(poisoned):
    page = Visitor(poisoned.app, "auditor").get("/projects").text
    for evil in EVIL[:3]:
        assert escape(evil) in page.replace("&#34;", "&quot;").replace("<wbr>", "")
    assert scripts_in(f"<p>{SCRIPT}</p><a href='javascript:x'>"), "the reader of these tests sees what runs"


def _report(poisoned, suffix):
    answer = poisoned.ask("GET", f"/v1/reports/2008.{suffix}", "auditor")
    assert answer.status_code == 200, answer.text
    return answer.data


def test_a_stored_name_is_a_formula_in_no_sheet(poisoned):
    with zipfile.ZipFile(io.BytesIO(_report(poisoned, "csv"))) as package:
        sheets = [name for name in package.namelist() if name.endswith(".csv")]
        cells = [
            cell for name in sheets for row in csv.reader(io.StringIO(package.read(name).decode())) for cell in row
        ]
    assert any(EVIL[4] in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+", "\t", "\r", "|"))]
    with zipfile.ZipFile(io.BytesIO(_report(poisoned, "xlsx"))) as book:
        parts = {name: book.read(name).decode() for name in book.namelist() if name.endswith((".xml", ".rels"))}
    assert "HYPERLINK" in parts["xl/sharedStrings.xml"]
    sheets = {name: text for name, text in parts.items() if name.startswith("xl/worksheets/")}
    assert not [name for name, text in sheets.items() if "<f>" in text or "<f " in text or "<hyperlink" in text]
    assert not [name for name, text in parts.items() if name.endswith(".rels") and "evil.example" in text]


def test_a_stored_name_is_a_program_in_no_pdf(poisoned):
    made = _report(poisoned, "pdf")
    assert made.startswith(b"%PDF-")
    for active in (b"/JavaScript", b"/JS ", b"/Launch", b"/SubmitForm", b"/OpenAction", b"evil.example)"):
        assert active not in made


def test_a_stored_name_is_markup_in_no_other_form(poisoned):
    assert not scripts_in(_report(poisoned, "html").decode())
    texts = [node.text or "" for node in ElementTree.fromstring(_report(poisoned, "xml")).iter()]
    assert any(SCRIPT in text for text in texts)
    assert SCRIPT in json.dumps(json.loads(_report(poisoned, "json")))
    answer = poisoned.ask("GET", "/v1/reports/2008.json", "auditor")
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("application/json", "nosniff")


def test_a_statement_for_sheets_runs_nothing(poisoned):
    answer = Visitor(poisoned.app, "auditor").get("/lines/line-2/statement.csv?year=2008")
    cells = [cell for row in csv.reader(io.StringIO(answer.text)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+", "|"))]


@pytest.mark.parametrize("evil", EVIL)
def test_what_was_typed_runs_on_no_form(ledger, evil):
    visitor = ledger.visitor("programme")
    told = visitor.post("/post", "/post/project.completed", _id="x", project=evil, completed_on=evil, _step="try")
    assert told.status_code == 400
    assert not scripts_in(told.text)
    for page in (f"/post?lang={quote(evil)}", f"/{quote(evil)}", f"/sign-in?next={quote(evil)}"):
        assert not scripts_in(visitor.get(page).text)


def test_a_form_of_another_site_records_nothing(ledger):
    visitor = ledger.visitor("finance")
    before = ledger.head
    fields = {"year": "2010", "kind": "interest", "amount": "10.00", "currency": "USD", "reference": "r"}
    fields |= {"received_on": "2010-03-01", "_id": "lure", "_step": "record"}
    stranger = ledger.visitor("finance").token("/post")
    for token in ({}, {"token": ""}, {"token": "x"}, {"token": stranger}):
        assert visitor.client.post("/post/income.received", data=fields | token).status_code == 403
    own = {"token": visitor.token("/post")}
    for site in ("cross-site", "same-site"):
        crossed = visitor.client.post("/post/income.received", data=fields | own, headers={"Sec-Fetch-Site": site})
        assert crossed.status_code == 403
    json_lure = visitor.client.post("/post/income.received", data=json.dumps(fields | own), content_type="text/plain")
    assert json_lure.status_code == 415
    asked = visitor.client.get("/post/income.received", query_string=fields | own)
    assert asked.status_code == 200
    assert ledger.head == before


def test_a_page_is_shown_in_no_frame_and_left_with_no_trace(ledger, reporting):
    for service in (ledger, reporting):
        headers = service.visitor("finance").get("/sign-in").headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("name", ["ledger", "reporting"])
def test_a_session_given_by_an_attacker_is_not_kept_when_signing_in(request, name):
    service = request.getfixturevalue(name)
    attacker, victim = service.visitor(), service.visitor()
    attacker.get("/sign-in")
    cookie = f"fund-{name}-session"
    planted = attacker.client.get_cookie(cookie).value
    victim.client.set_cookie(cookie, planted)
    victim.post("/sign-in", "/sign-in", role="auditor", next="/")
    assert victim.client.get_cookie(cookie).value != planted
    page = "/post" if name == "ledger" else "/audit"
    assert attacker.get(page).status_code == 303


@pytest.mark.parametrize("name", ["ledger", "reporting"])
def test_a_cookie_that_was_tampered_with_is_nobodys(request, name):
    service = request.getfixturevalue(name)
    visitor, cookie = service.visitor("finance"), f"fund-{name}-session"
    good = visitor.client.get_cookie(cookie).value
    body, _, mark = good.rpartition(".")
    told = json.loads(urlsafe_b64decode(body))
    raised = urlsafe_b64encode(json.dumps(told | {"roles": ["auditor", "administrator"]}).encode()).decode()
    forged = [f"{raised}.{mark}", f"{raised}.", raised, f"{body}.{mark[:-1]}", f"{body}..{mark}", "a.b", "." * 5000]
    page = "/post" if name == "ledger" else "/facility"
    for value in forged:
        visitor.client.set_cookie(cookie, value)
        assert visitor.get(page).status_code == 303, value[:40]
    visitor.client.set_cookie(cookie, good)
    assert visitor.get(page).status_code == 200


LURES = [
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "\\\\e",
]


@pytest.mark.parametrize("lure", LURES)
def test_nobody_is_lured_elsewhere_by_the_way_in(ledger, reporting, lure):
    for service in (ledger, reporting):
        visitor = service.visitor()
        assert f'value="{lure}"' not in visitor.get(f"/sign-in?next={quote(lure)}").text
        told = visitor.post("/sign-in", "/sign-in", role="finance", next=lure)
        assert told.headers["Location"] == "/"
