"""Who may call what: every route has a row, and every role gets exactly its rows."""

import pytest

from ledger_service.api.permissions import OPEN, PERMISSIONS
from ledger_service.web.permissions import PAGES
from shared.contract.events import EVENT_TYPES
from shared.contract.roles import ROLES
from tests.ledger.clerks import event, interest, problem_of

PATHS = {
    "/v1/events": "/v1/events",
    "/v1/events/<int:position>": "/v1/events/1",
    "/v1/events/<int:position>/proof": "/v1/events/1/proof",
    "/v1/streams": "/v1/streams",
    "/v1/streams/<path:stream>/events": "/v1/streams/rules/events",
    "/v1/facility": "/v1/facility?year=2015",
    "/v1/member-states/<state>/eligibility": "/v1/member-states/KEN/eligibility?line=line-1",
    "/v1/rules": "/v1/rules",
    "/v1/event-types": "/v1/event-types",
    "/schemas/<type_>": "/schemas/income.received",
    "/checkpoint": "/checkpoint",
    "/tile/<path:path>": "/tile/0/000.p/1",
    "/metrics": "/metrics",
    "/livez": "/livez",
    "/readyz": "/readyz",
    "/openapi.json": "/openapi.json",
    "/docs": "/docs",
    "/static/<path:filename>": "/static/docs.js",
}
OPERATORS = {"finance", "programme", "approver", "administrator", "secretariat"}
READ = {
    "/v1/facility": OPERATORS | {"auditor", "council"},
    "/v1/member-states/<state>/eligibility": OPERATORS | {"auditor"},
    "/v1/rules": OPERATORS | {"auditor"},
    "/v1/streams": OPERATORS | {"auditor"},
    "/v1/events": {"auditor"},
    "/checkpoint": {"auditor", "reporting"},
    "/tile/<path:path>": {"auditor", "reporting"},
}


def test_every_route_has_a_row_and_every_row_a_route(office):
    routes = {
        (method, rule.rule) for rule in office.app.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert routes == PERMISSIONS.keys() | PAGES.keys()
    assert not PERMISSIONS.keys() & PAGES.keys()


def test_no_route_answers_options_by_itself(office):
    assert not [rule.rule for rule in office.app.url_map.iter_rules() if "OPTIONS" in rule.methods]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_exactly_its_routes(office, role):
    for (method, rule), roles in PERMISSIONS.items():
        if method == "GET":
            allowed = roles == OPEN or role in roles
            assert office.get(PATHS[rule], role).status_code == (200 if allowed else 403), rule


@pytest.mark.parametrize("rule", READ)
def test_the_rows_are_those_of_the_design(rule):
    assert PERMISSIONS["GET", rule] == READ[rule]


def test_a_token_is_needed_but_for_operations(office):
    for (method, rule), roles in PERMISSIONS.items():
        if method == "GET":
            answer = office.get(PATHS[rule], None)
            assert answer.status_code == (200 if roles == OPEN else 401), rule
    answer = office.app.test_client().post("/v1/events", data=b"{}")
    problem_of(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_posts_exactly_its_types(office, role):
    for kind in EVENT_TYPES.values():
        answer = office.post(event(kind.short), role)
        assert (answer.status_code == 403) == (role not in kind.roles), kind.name


def test_a_confirmation_takes_the_role_of_what_it_confirms(office):
    opened = event("line.opened", line="line-1", amount="1.00", as_of="2007-12-31", document="d")
    position = office.post(opened, "administrator", "a-1").get_json()["position"]
    confirmed = office.post(event("action.confirmed", position=position), "administrator", "a-2").get_json()
    entry = office.get(f"/v1/events/{confirmed['position']}").get_json()
    assert entry["recorded_role"] == "administrator"


def test_a_public_log_is_open_to_anyone(open_office):
    office = open_office(LEDGER_PUBLIC_LOG="true")
    assert office.get("/checkpoint", None).status_code == 200
    answer = office.get("/tile/entries/000.p/2", None)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"].startswith("public")
    problem_of(office.get("/v1/events", None), 401)


def test_the_caller_is_named_by_the_token_alone(office):
    posted = interest() | {"subject": "somebody-else"}
    position = office.post(posted, subject="gl-9").get_json()["position"]
    assert office.get(f"/v1/events/{position}").get_json()["recorded_by"] == "gl-9"
