"""The interface description: valid, complete, and kept by every answer."""

import json
from base64 import b64encode
from hashlib import sha384
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ledger_service.api.permissions import OPEN, PERMISSIONS
from shared.contract.events import EVENT_TYPES

STATIC = Path(__file__).resolve().parents[2] / "ledger_service" / "static"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def description(office):
    return office.get("/openapi.json", None).get_json()


def operations(description):
    """(method, path, operation) of every operation."""
    for path, members in description["paths"].items():
        yield from ((name.upper(), path, one) for name, one in members.items() if name != "parameters")


def test_every_route_is_described_with_its_roles(description):
    assert description["openapi"].startswith("3.1")
    described = {(method, path) for method, path, _ in operations(description)}
    expected = {
        (method, rule.replace("<int:", "{").replace("<path:", "{").replace("<", "{").replace(">", "}"))
        for method, rule in PERMISSIONS
        if not rule.startswith("/static")
    }
    assert described == expected
    for _, path, operation in operations(description):
        assert operation["summary"], path
        assert "application/problem+json" in operation["responses"]["default"]["content"]


def test_every_type_that_can_be_posted_is_described(description):
    names = {name for name, kind in EVENT_TYPES.items() if kind.roles}
    assert names <= description["components"]["schemas"].keys()
    assert len(description["paths"]["/v1/events"]["post"]["requestBody"]["content"]) == 2


def test_open_routes_are_described_without_a_token(description):
    for (method, rule), roles in PERMISSIONS.items():
        if rule in description["paths"]:
            needs = description["paths"][rule][method.lower()]["security"]
            assert needs == ([] if roles == OPEN else [{"token": []}])


def test_the_pages_of_the_description_ask_nothing_outside(office):
    page = office.get("/docs", None).get_data(as_text=True)
    script = (STATIC / "docs.js").read_text()
    assert "http" not in page + script
    assert "validatorUrl: null" in script
    for name in ("docs.js", "vendor/swagger-ui/swagger-ui.css", "vendor/swagger-ui/swagger-ui-bundle.js"):
        assert f"/static/{name}" in page
        assert office.get(f"/static/{name}", None).status_code == 200


def test_vendored_files_are_those_of_the_manifest():
    vendor = STATIC / "vendor"
    listed = {
        name: digest
        for one in json.loads((vendor / "manifest.json").read_text())
        for name, digest in one["files"].items()
    }
    found = {
        str(path.relative_to(vendor)): "sha384-" + b64encode(sha384(path.read_bytes()).digest()).decode()
        for path in vendor.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert found == listed


def test_every_answer_keeps_to_the_description(office):
    schema = schemathesis.openapi.from_wsgi("/openapi.json", office.app)
    for result in schema.get_all_operations():
        _keeps(result.ok(), office)


def _keeps(operation, office):
    headers = office.headers("finance" if operation.method.upper() == "POST" else "auditor")

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy())
    def keeps(case):
        if "wait" not in (case.query or {}):
            case.call_and_validate(headers=headers, checks=CHECKS)

    keeps()
