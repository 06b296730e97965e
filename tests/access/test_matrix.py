"""Every role at every route and with every event type, in both services: as the table says, cell by cell."""

import json

import pytest

from ledger_service.api.permissions import PERMISSIONS as LEDGER_PERMISSIONS
from ledger_service.web.permissions import PAGES as LEDGER_SEEN
from reporting_service.api.permissions import PERMISSIONS as REPORTING_PERMISSIONS
from reporting_service.web.permissions import PAGES as REPORTING_SEEN
from shared.contract import events
from shared.contract.roles import ROLES
from tests.access.table import (
    LEDGER_DOORS,
    LEDGER_PAGES,
    LETTERS,
    REPORTING_DOORS,
    REPORTING_PAGES,
    event_types,
    rows,
)
from tests.contract.fixtures import TEXTS, example
from tests.ledger.clerks import BATCH, EVENT, interest, problem_of
from tests.pages.serving import words_of

DOORS = {"ledger": rows(LEDGER_DOORS), "reporting": rows(REPORTING_DOORS)}
PAGES = {"ledger": rows(LEDGER_PAGES), "reporting": rows(REPORTING_PAGES)}
DECLARED = {
    "ledger": LEDGER_PERMISSIONS | LEDGER_SEEN,
    "reporting": REPORTING_PERMISSIONS | REPORTING_SEEN,
}
TYPES = event_types()
PEOPLE = [role for role in ROLES if role != "reporting"]
"""Nobody signs in to pages as the follower."""
SERVICES = ("ledger", "reporting")
SENT = {
    ("POST", "/v1/events"): {"data": "{}", "content_type": EVENT},
    ("POST", "/v1/what-if"): {"data": '{"parameters": {"share": "0.30"}}', "content_type": "application/json"},
}
"""What is posted; the ledger answers 400 to whom it lets in with nothing."""


@pytest.fixture(params=SERVICES)
def service(request):
    """Each service in turn."""
    return request.getfixturevalue(request.param)


def test_every_route_stands_in_the_table_and_declares_who_may(service):
    expected = {row.door: row.roles or frozenset() for row in DOORS[service.name] + PAGES[service.name]}
    assert service.routes() == expected.keys()
    assert DECLARED[service.name] == expected


def test_the_table_knows_every_role_and_every_event_type():
    assert set(LETTERS.values()) == set(ROLES)
    assert {kind.short: kind.roles for kind in events.EVENT_TYPES.values()} == TYPES
    assert TYPES.keys() == TEXTS.keys()


def test_no_route_answers_options_by_itself(service):
    assert not [rule.rule for rule in service.app.url_map.iter_rules() if "OPTIONS" in rule.methods]


@pytest.mark.parametrize("role", [*ROLES, None])
def test_a_role_enters_its_own_doors_only(service, role):
    for row in DOORS[service.name]:
        answer = service.ask(row.method, row.address, role, **SENT.get(row.door, {}))
        if row.roles is None or role in row.roles:
            assert answer.status_code == (400 if row.door == ("POST", "/v1/events") else 200), row
        else:
            problem_of(answer, 403 if role else 401)
            assert ("WWW-Authenticate" in answer.headers) == (role is None), row


@pytest.mark.parametrize("role", ROLES)
def test_head_is_refused_where_get_is(service, role):
    for row in DOORS[service.name]:
        if row.method == "GET" and row.roles and role not in row.roles:
            assert service.ask("HEAD", row.address, role).status_code == 403, row


@pytest.mark.parametrize("role", PEOPLE)
def test_a_role_sees_its_own_pages_and_is_told_who_sees_the_others(service, role):
    visitor = service.visitor(role)
    for row in PAGES[service.name]:
        if row.method != "GET" or row.sign_in or row.address == "-":
            continue
        answer = visitor.get(row.address)
        if row.roles is None or role in row.roles:
            assert answer.status_code in (200, 303), row
        else:
            assert answer.status_code == 403, row
            assert all(name in words_of(answer) for name in row.roles - {"council"}), row


def test_without_a_session_a_page_leads_to_the_sign_in_and_back(service):
    visitor = service.visitor()
    for row in PAGES[service.name]:
        if row.method == "GET" and row.address != "-" and not row.sign_in:
            answer = visitor.get(row.address)
            assert answer.status_code == (303 if row.roles else 200), row
            if row.roles:
                assert answer.headers["Location"].startswith("/sign-in?next="), row


def test_a_bearer_token_opens_no_page_and_a_session_no_door(service):
    page, door = {"ledger": ("/post", "/v1/rules"), "reporting": ("/projects", "/v1/projects")}[service.name]
    assert service.ask("GET", page, "finance").status_code == 303
    assert service.visitor("finance").get(door).status_code == 401


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("short", TYPES)
def test_a_role_posts_its_own_event_types_only(ledger, short, role):
    before = ledger.head
    sent = {"data": TEXTS[short], "content_type": EVENT}
    for query in ("?dry_run=true", ""):
        answer = ledger.ask("POST", f"/v1/events{query}", role, **sent)
        if role in TYPES[short]:
            assert answer.status_code in (200, 201, 409, 422), answer.text
        else:
            problem_of(answer, 403)
    if role not in TYPES[short]:
        among = json.dumps([interest(), example(short)])
        problem_of(ledger.ask("POST", "/v1/events", role, data=among, content_type=BATCH), 403)
        assert ledger.head == before


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("short", TYPES)
def test_another_role_beside_it_opens_what_is_that_ones(ledger, short, role):
    """Roles add up: with all but those of a type nobody posts it, with one of them it is taken."""
    others = [name for name in ROLES if name not in TYPES[short]]
    together = {*others, role} & set(ROLES)
    answer = ledger.ask(
        "POST",
        "/v1/events?dry_run=true",
        ledger.bearer(sorted(together), "several-1"),
        data=TEXTS[short],
        content_type=EVENT,
    )
    assert (answer.status_code == 403) == (not TYPES[short] & together), answer.text


@pytest.mark.parametrize("role", PEOPLE)
def test_a_role_posts_its_own_event_types_by_hand(ledger, role):
    visitor = ledger.visitor(role)
    listed = visitor.get("/post")
    poster = any(role in roles for roles in TYPES.values())
    assert listed.status_code == (200 if poster else 403)
    for short, roles in TYPES.items():
        may = role in roles
        status = 200 if may else 403 if roles or not poster else 404
        assert (f'href="/post/{short}"' in listed.text) == may, short
        assert visitor.get(f"/post/{short}").status_code == status, short
        if not may:
            before = ledger.head
            assert visitor.post("/sign-in", f"/post/{short}", _id="x", _step="record").status_code == status, short
            assert ledger.head == before


def test_a_confirmation_takes_the_role_of_what_it_confirms(ledger):
    opened = example("line.opened") | {"id": "opening-to-confirm"}
    opened["data"] = {"line": "line-1", "amount": "1.00", "as_of": "2007-12-31", "document": "d"}
    sent = {"content_type": EVENT}
    posted = ledger.ask("POST", "/v1/events", ledger.bearer("administrator", "a-1"), data=json.dumps(opened), **sent)
    confirming = example("action.confirmed") | {"id": "confirming", "data": {"position": posted.json["position"]}}
    told = ledger.ask("POST", "/v1/events", ledger.bearer("administrator", "a-2"), data=json.dumps(confirming), **sent)
    assert told.status_code == 201, told.text
    entry = ledger.ask("GET", f"/v1/events/{told.json['position']}", "auditor").json
    assert entry["recorded_role"] == "administrator"


def test_the_caller_is_named_by_the_token_alone(ledger):
    posted = interest(year=2010) | {"subject": "somebody-else"}
    told = ledger.ask(
        "POST", "/v1/events", ledger.bearer("finance", "gl-9"), data=json.dumps(posted), content_type=EVENT
    )
    assert ledger.ask("GET", f"/v1/events/{told.json['position']}", "auditor").json["recorded_by"] == "gl-9"


def test_a_public_log_is_open_to_anyone_and_nothing_else_is(tmp_path):
    from tests.access.asking import Service
    from tests.pages.serving import ledger_over_nothing

    with ledger_over_nothing(tmp_path, LEDGER_PUBLIC_LOG="true") as app:
        service = Service("ledger", app, tmp_path)
        for row in DOORS["ledger"]:
            if row.method == "GET":
                opened = row.roles is None or row.rule in ("/checkpoint", "/tile/<path:path>")
                assert service.ask("GET", row.address).status_code == (200 if opened else 401), row
        assert service.ask("GET", "/tile/entries/000.p/2").headers["Cache-Control"].startswith("public")
