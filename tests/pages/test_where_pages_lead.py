"""What the pages lead to, and in which words: nothing that the reader may not see, all of it in French too."""

import json
import re
from base64 import b64encode
from hashlib import sha384
from pathlib import Path

import pytest

from reporting_service.web.permissions import PAGES as OF_REPORTING
from shared.contract.events import EVENT_TYPES
from shared.contract.roles import ROLES
from shared.pages.site import STATIC
from tests.pages.addresses import FILES, REPORTING
from tests.pages.serving import Visitor

PEOPLE = [role for role in ROLES if role != "reporting"]
LINK = re.compile(r'(?:href|action)="(/[^"#]*)')


def _rule_of(app, address):
    adapter = app.url_map.bind("localhost")
    rule, _ = adapter.match(address.partition("?")[0], return_rule=True)
    return rule.rule


def test_every_page_has_an_address_to_test():
    shown = {rule for method, rule in OF_REPORTING if method == "GET"}
    assert shown - (REPORTING | FILES).keys() == {"/sign-in/go", "/sign-in/back", "/static/pages/<path:filename>"}


@pytest.mark.parametrize("role", PEOPLE)
def test_no_page_of_a_role_leads_to_what_it_may_not_see(reporting, role):
    visitor = Visitor(reporting, role)
    for rule, address in REPORTING.items():
        if role not in (OF_REPORTING["GET", rule] or PEOPLE):
            continue
        for link in LINK.findall(visitor.get(address).text):
            if link.startswith(("/static/", "/docs")) or link == "/sign-out":
                continue
            roles = OF_REPORTING["GET", _rule_of(reporting, link.replace("%20", " "))]
            assert not roles or role in roles, f"{address} leads to {link}"


def test_every_sentence_of_the_pages_is_there_in_french(reporting, ledger):
    for role in PEOPLE:
        reader, writer = Visitor(reporting, role), Visitor(ledger, role)
        for address in (*REPORTING.values(), "/nothing", "/what-if?share=x", "/lines/line-1?year=1960"):
            reader.get(f"{address}{'&' if '?' in address else '?'}lang=fr")
        for address in ("/", "/post", "/waiting", *(f"/post/{kind.short}" for kind in EVENT_TYPES.values())):
            writer.get(f"{address}?lang=fr")
    for app in (reporting, ledger):
        assert not app.extensions["fund1035.pages"][0].words["fr"].unsaid


@pytest.mark.parametrize("folder", [STATIC / "vendor", Path(__file__).parent / "vendor"], ids=["pages", "tests"])
def test_vendored_files_are_those_of_the_manifest(folder):
    named = {}
    for package in json.loads((folder / "manifest.json").read_text()):
        named |= package["files"]
    found = {
        str(path.relative_to(folder)): f"sha384-{b64encode(sha384(path.read_bytes()).digest()).decode()}"
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert found == named
