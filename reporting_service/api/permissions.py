"""Who may ask what: one row per route. Who reads the report is decision 0014."""

from flask import Request

from shared.access import Identity, TokenChecker
from shared.contract.problems import Forbidden
from shared.contract.roles import ADMINISTRATOR, APPROVER, AUDITOR, COUNCIL, FINANCE, PROGRAMME, SECRETARIAT

OFFICE = frozenset({FINANCE, PROGRAMME, APPROVER, ADMINISTRATOR, SECRETARIAT, AUDITOR})
COUNCIL_TOO = OFFICE | {COUNCIL}
REPORT = frozenset({COUNCIL, SECRETARIAT, AUDITOR})
AUDIT = frozenset({AUDITOR})
OPEN: frozenset[str] = frozenset()
"""No token is asked for."""

PERMISSIONS: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/v1/facility"): COUNCIL_TOO,
    ("GET", "/v1/lines/<line>/statement"): OFFICE,
    ("GET", "/v1/projects"): OFFICE,
    ("GET", "/v1/projects/<code>"): OFFICE,
    ("GET", "/v1/member-states"): OFFICE,
    ("GET", "/v1/contributions"): AUDIT,
    ("GET", "/v1/trial-balance"): AUDIT,
    ("GET", "/v1/reports/<int:year>"): REPORT,
    ("GET", "/v1/reports/<int:year>.json"): REPORT,
    ("GET", "/v1/reports/<int:year>.html"): REPORT,
    ("GET", "/v1/reports/<int:year>.pdf"): REPORT,
    ("GET", "/v1/reports/<int:year>.xlsx"): REPORT,
    ("GET", "/v1/reports/<int:year>.csv"): REPORT,
    ("GET", "/v1/reports/<int:year>.xml"): REPORT,
    ("GET", "/v1/reports/<int:year>/editions"): REPORT,
    ("GET", "/v1/reports/<int:year>/editions/<int:number>"): REPORT,
    ("GET", "/v1/reports/<int:year>/editions/<int:number>.<suffix>"): REPORT,
    ("GET", "/v1/reports/<int:year>/restatements"): REPORT,
    ("GET", "/v1/reports/<int:year>/figures/<table>/<path:row>/<column>"): REPORT,
    ("POST", "/v1/what-if"): REPORT | {ADMINISTRATOR},
    ("GET", "/v1/replay"): AUDIT,
    ("GET", "/v1/audit"): AUDIT,
    ("GET", "/v1/reports/<int:year>/bundle"): AUDIT,
    ("GET", "/metrics"): frozenset({AUDITOR, ADMINISTRATOR}),
    ("GET", "/livez"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/openapi.json"): OPEN,
    ("GET", "/docs"): OPEN,
    ("GET", "/static/<path:filename>"): OPEN,
}


def identify(checker: TokenChecker, request: Request) -> Identity | None:
    """Who asks; None where no token is needed. Unauthenticated (401) otherwise."""
    if _asked(request)[1] == OPEN:
        return None
    return checker.check(request.headers.get("Authorization"))


def admit(identity: Identity, request: Request) -> None:
    """Forbidden (403) unless one of the asker's roles opens the route."""
    (method, rule), roles = _asked(request)
    if not identity.roles & roles:
        raise Forbidden(f"{method} {rule} is for: {', '.join(sorted(roles))}.")


def _asked(request: Request) -> tuple[tuple[str, str], frozenset[str]]:
    """The route that is asked for, and its row."""
    assert request.url_rule is not None
    door = ("GET" if request.method == "HEAD" else request.method, request.url_rule.rule)
    return door, PERMISSIONS[door]
