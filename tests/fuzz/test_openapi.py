"""Every operation of the two OpenAPI documents, asked as described and otherwise. `EXAMPLES=500` for more."""

import os
import re
import time

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ledger_service.api.permissions import PERMISSIONS as OF_LEDGER
from reporting_service.api.permissions import PERMISSIONS as OF_REPORTING
from shared.access import mint_dev_token
from shared.contract.problems import MEDIA_TYPE
from tests.fuzz.parser import SECONDS_MAX
from tests.pages.serving import ledger_over_nothing, reporting_over_the_sample

EXAMPLES = int(os.environ.get("EXAMPLES", "6"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = [
    pytest.param(service, method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule), id=f"{service} {method} {rule}")
    for service, rows in (("ledger", OF_LEDGER), ("reporting", OF_REPORTING))
    for method, rule in rows
    if not rule.startswith("/static")
]
THERE = {
    "year": ["2007", "2008", "2009", "2010"],
    "number": ["1"],
    "position": ["1", "2", "90", "351"],
    "code": ["NC.0001", "NC.0007"],
    "line": ["line-1", "line-2"],
    "state": ["KEN", "CHE"],
    "stream": ["line-2", "rules", "project/NC.0001"],
    "type_": ["fund1035.grant.approved.v1"],
    "suffix": ["json", "html", "csv", "xlsx", "xml"],
    "table": ["T1", "T2", "T8", "T14"],
    "row": ["closing", "opening", "NC.0001"],
    "column": ["line-1", "amount"],
    "path": ["0/000.p/2", "entries/000.p/1", "entries/000", "8/x001/000"],
    "known_at": ["1", "200", "2009-01-05T09:30:00Z"],
    "as_of": ["2008-12-31"],
}
"""What there is: an example takes it now and then, for what is drawn at random is hardly ever there."""


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    """The description of each service, and who may ask it anything."""
    homes = {name: tmp_path_factory.mktemp(name) for name in ("ledger", "reporting")}
    reporting = reporting_over_the_sample(homes["reporting"])
    with ledger_over_nothing(homes["ledger"], LEDGER_REFUSALS_PER_MINUTE="1000000") as ledger:
        yield {
            "ledger": (schemathesis.openapi.from_wsgi("/openapi.json", ledger), homes["ledger"]),
            "reporting": (schemathesis.openapi.from_wsgi("/openapi.json", reporting), homes["reporting"]),
        }


def _cases(operation):
    """As described, and where there is anything to say otherwise."""
    described = operation.as_strategy()
    if not (operation.query or operation.path_parameters or operation.body):
        return described
    return described | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)


def _pointed(case, draw):
    """The case, some of its parameters naming what there is, and none that waits."""
    for given_ in filter(None, (case.path_parameters, case.query)):
        for name in given_.keys() & THERE.keys():
            if draw(st.booleans()):
                given_[name] = draw(st.sampled_from(THERE[name]))
    if case.query and "wait" in case.query:
        case.query["wait"] = "0"
    return case


def _allowed(operation):
    """The statuses that the document names: those of answers, and those of refusals in the words of `default`."""
    responses = operation.definition.raw["responses"]
    refused = re.findall(r"\b[45][0-9]{2}\b", responses["default"]["description"])
    return {int(status) for status in [*responses, *refused] if str(status).isdigit()}


def _check_problem(response):
    assert response.headers["content-type"][0] == MEDIA_TYPE
    document = response.json()
    assert document["status"] == response.status_code
    assert document["title"]
    assert document["detail"]
    assert document["type"].startswith("urn:fund1035:problem:")


@pytest.mark.parametrize(("service", "method", "path"), OPERATIONS)
def test_an_operation_answers_as_it_is_described(services, service, method, path):
    schema, home = services[service]
    operation = schema[path][method]
    role = "finance" if (service, method) == ("ledger", "POST") else "auditor"
    headers = {"Authorization": f"Bearer {mint_dev_token(home, role, f'{role}-1')}"}
    allowed = _allowed(operation)

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=_cases(operation), data=st.data())
    def keeps(case, data):
        case, began = _pointed(case, data.draw), time.process_time()
        response = case.call(headers=headers)
        seconds = time.process_time() - began
        case.validate_response(response, checks=CHECKS)
        assert response.status_code in allowed
        assert response.headers["x-request-id"]
        assert seconds < SECONDS_MAX
        if response.status_code >= 400 and method != "HEAD":
            _check_problem(response)

    keeps()
