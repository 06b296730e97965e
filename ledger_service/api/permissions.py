"""Who may call what: one row per route. Who may post which event type stands in shared.contract.events."""

from flask import Request

from ledger_service.api.ledger import Ledger
from shared.access import Identity
from shared.contract.problems import Forbidden
from shared.contract.roles import (
    ADMINISTRATOR,
    APPROVER,
    AUDITOR,
    COUNCIL,
    FINANCE,
    PROGRAMME,
    REPORTING,
    SECRETARIAT,
)

POSTERS = frozenset({FINANCE, PROGRAMME, APPROVER, ADMINISTRATOR, SECRETARIAT})
READERS = POSTERS | {AUDITOR}
AUDITORS = frozenset({AUDITOR})
LOG_READERS = frozenset({AUDITOR, REPORTING})
OPEN: frozenset[str] = frozenset()
"""No token is asked for."""

PERMISSIONS: dict[tuple[str, str], frozenset[str]] = {
    ("POST", "/v1/events"): POSTERS,
    ("GET", "/v1/events"): AUDITORS,
    ("GET", "/v1/events/<int:position>"): AUDITORS,
    ("GET", "/v1/events/<int:position>/proof"): AUDITORS,
    ("GET", "/v1/streams"): READERS,
    ("GET", "/v1/streams/<path:stream>/events"): READERS,
    ("GET", "/v1/facility"): READERS | {COUNCIL},
    ("GET", "/v1/member-states/<state>/eligibility"): READERS,
    ("GET", "/v1/rules"): READERS,
    ("GET", "/v1/event-types"): READERS,
    ("GET", "/schemas/<type_>"): READERS,
    ("GET", "/checkpoint"): LOG_READERS,
    ("GET", "/tile/<path:path>"): LOG_READERS,
    ("GET", "/metrics"): AUDITORS | {ADMINISTRATOR},
    ("GET", "/livez"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/openapi.json"): OPEN,
    ("GET", "/docs"): OPEN,
    ("GET", "/static/<path:filename>"): OPEN,
}
PUBLIC_LOG = ("/checkpoint", "/tile/<path:path>")
"""Open to anyone when LEDGER_PUBLIC_LOG says so."""


def identify(ledger: Ledger, request: Request) -> Identity | None:
    """Who asks; None where no token is needed. Unauthenticated (401) otherwise."""
    door, roles = _asked(request)
    if roles == OPEN or (ledger.settings.public_log and door[1] in PUBLIC_LOG):
        return None
    return ledger.checker.check(request.headers.get("Authorization"))


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
