"""What every answer of both services carries, whatever it says: policy, no sniffing, no cache, an id."""

import pytest
from werkzeug.test import Client

from ledger_service.api.admitting import admission
from ledger_service.api.exchange import HEADERS
from tests.access.table import LEDGER_DOORS, LEDGER_PAGES, REPORTING_DOORS, REPORTING_PAGES, rows
from tests.ledger.clerks import EVENT, problem_of

TABLES = {"ledger": LEDGER_DOORS + LEDGER_PAGES, "reporting": REPORTING_DOORS + REPORTING_PAGES}
OTHERS = (
    "/nothing",
    "/v1/nothing",
    "/v1/events/0",
    "/v1/reports/1",
    "/%00",
    "//",
    "/static/none",
    "/v1/facility?year=x",
)
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _asked(service):
    """Answers of every kind: allowed, refused, unknown, wrong method, malformed, from pages and doors."""
    asked = [
        row for row in rows("\n".join(line for line in TABLES[service.name].splitlines() if line)) if row.address != "-"
    ]
    visitor = service.visitor("auditor")
    for row in asked:
        for role in ("auditor", "reporting", None):
            yield row, service.ask(row.method, row.address, role)
        if row.method == "GET":
            yield row, visitor.get(row.address)
        yield row, service.ask("DELETE", row.address, "auditor")
    for address in OTHERS:
        yield address, service.ask("GET", address, "auditor")
        yield address, visitor.get(address)


@pytest.mark.parametrize("name", ["ledger", "reporting"])
def test_every_answer_is_armoured(request, name):
    seen = set()
    for what, answer in _asked(request.getfixturevalue(name)):
        seen.add(answer.status_code)
        for header, value in EVERYWHERE.items():
            assert answer.headers.getlist(header) == [value], (what, header, answer.status_code)
        assert answer.headers["Referrer-Policy"] in ("no-referrer", "same-origin"), what
        assert answer.headers["Cache-Control"], what
        assert answer.headers["X-Request-Id"], what
        assert "Server" not in answer.headers, what
        assert not [one for one in answer.headers if one[0].lower().startswith("access-control-")], what
        if getattr(what, "roles", None) and answer.status_code == 200:
            kept = answer.headers["Cache-Control"]
            assert "no-store" in kept or "private" in kept, "no shared cache keeps what a token shows"
        if answer.status_code != 304:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy, what
            assert "unsafe" not in policy, what
    assert {200, 303, 401, 403, 404, 405} <= seen


def test_who_finds_no_place_at_the_door_is_told_in_the_same_armour():
    door = admission(32)
    for room in door._rooms.values():
        room.taken = 10_000
    answer = Client(door.before(pytest.fail)).post("/v1/events", data="{}", content_type=EVENT)
    problem_of(answer, 503)
    assert int(answer.headers["Retry-After"]) > 0
    assert dict(HEADERS).items() <= dict(answer.headers).items()
