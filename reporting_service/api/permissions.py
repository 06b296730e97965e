"""Who may ask what: one row per route."""

from flask import Request

from shared.access import Identity, TokenChecker
from shared.contract.problems import Forbidden
from shared.contract.roles import ADMINISTRATOR, APPROVER, AUDITOR, COUNCIL, FINANCE, PROGRAMME, SECRETARIAT

OFFICE = frozenset({FINANCE, PROGRAMME, APPROVER, ADMINISTRATOR, SECRETARIAT, AUDITOR})
COUNCIL_TOO = OFFICE | {COUNCIL}
OPEN: frozenset[str] = frozenset()
"""No token is asked for."""

PERMISSIONS: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/v1/facility"): COUNCIL_TOO,
    ("GET", "/v1/lines/<line>/statement"): OFFICE,
    ("GET", "/v1/projects"): OFFICE,
    ("GET", "/v1/projects/<code>"): OFFICE,
    ("GET", "/v1/member-states"): OFFICE,
    ("GET", "/v1/contributions"): OFFICE,
    ("GET", "/v1/trial-balance"): OFFICE,
    ("GET", "/v1/reports/<int:year>"): COUNCIL_TOO,
    ("GET", "/v1/reports/<int:year>.json"): COUNCIL_TOO,
    ("GET", "/v1/reports/<int:year>.html"): COUNCIL_TOO,
    ("GET", "/v1/reports/<int:year>.pdf"): COUNCIL_TOO,
    ("GET", "/v1/reports/<int:year>.xlsx"): COUNCIL_TOO,
    ("GET", "/v1/reports/<int:year>.csv"): COUNCIL_TOO,
    ("GET", "/v1/reports/<int:year>.xml"): COUNCIL_TOO,
    ("GET", "/v1/reports/<int:year>/figures/<table>/<path:row>/<column>"): COUNCIL_TOO,
    ("GET", "/metrics"): frozenset({AUDITOR, ADMINISTRATOR}),
    ("GET", "/"): OPEN,
    ("GET", "/livez"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/openapi.json"): OPEN,
    ("GET", "/docs"): OPEN,
    ("GET", "/static/<path:filename>"): OPEN,
}


def admit(checker: TokenChecker, request: Request) -> Identity | None:
    """Who asks; None where no token is needed. Unauthenticated (401) or Forbidden (403) otherwise."""
    assert request.url_rule is not None
    rule = request.url_rule.rule
    roles = PERMISSIONS["GET" if request.method == "HEAD" else request.method, rule]
    if roles == OPEN:
        return None
    identity = checker.check(request.headers.get("Authorization"))
    if not identity.roles & roles:
        raise Forbidden(f"GET {rule} is for: {', '.join(sorted(roles))}.")
    return identity
