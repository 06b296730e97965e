"""Who may see which page: one row per route, as the JSON doors have it for the same figures."""

from reporting_service.api.permissions import AUDIT, COUNCIL_TOO, OFFICE, OPEN, REPORT
from shared.contract.roles import ADMINISTRATOR

PAGES: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/"): OPEN,
    ("GET", "/sign-in"): OPEN,
    ("POST", "/sign-in"): OPEN,
    ("GET", "/sign-in/go"): OPEN,
    ("GET", "/sign-in/back"): OPEN,
    ("POST", "/sign-out"): OPEN,
    ("GET", "/static/pages/<path:filename>"): OPEN,
    ("GET", "/facility"): COUNCIL_TOO,
    ("GET", "/search"): OFFICE,
    ("GET", "/lines/<line>"): OFFICE,
    ("GET", "/projects"): OFFICE,
    ("GET", "/projects/<code>"): OFFICE,
    ("GET", "/member-states"): OFFICE,
    ("GET", "/member-states/<state>"): OFFICE,
    ("GET", "/rules"): COUNCIL_TOO,
    ("GET", "/refusals"): OFFICE,
    ("GET", "/refusals/<int:position>"): OFFICE,
    ("GET", "/contributions"): AUDIT,
    ("GET", "/reports"): REPORT,
    ("GET", "/reports/<int:year>"): REPORT,
    ("GET", "/reports/<int:year>/tables/<table>"): REPORT,
    ("GET", "/reports/<int:year>/charts/<table>.svg"): REPORT,
    ("GET", "/reports/<int:year>/figures/<table>/<path:row>/<column>"): REPORT,
    ("GET", "/reports/<int:year>/restatements"): REPORT,
    ("GET", "/reports/<int:year>/files/<suffix>"): REPORT,
    ("GET", "/reports/<int:year>/editions/<int:number>/files/<suffix>"): REPORT,
    ("GET", "/what-if"): REPORT | {ADMINISTRATOR},
    ("GET", "/replay"): AUDIT,
    ("GET", "/entries/<int:position>"): AUDIT,
    ("GET", "/entries/<int:position>/proof"): AUDIT,
    ("GET", "/audit"): AUDIT,
    ("GET", "/audit/bundle/<int:year>"): AUDIT,
}
