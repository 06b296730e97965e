"""Who may see which page: one row per route. Which type somebody may post stands in shared.contract.events."""

from ledger_service.api.permissions import OPEN, POSTERS

PAGES: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/"): OPEN,
    ("GET", "/sign-in"): OPEN,
    ("POST", "/sign-in"): OPEN,
    ("GET", "/sign-in/go"): OPEN,
    ("GET", "/sign-in/back"): OPEN,
    ("POST", "/sign-out"): OPEN,
    ("GET", "/static/pages/<path:filename>"): OPEN,
    ("GET", "/post"): POSTERS,
    ("GET", "/post/<short>"): POSTERS,
    ("POST", "/post/<short>"): POSTERS,
    ("GET", "/waiting"): POSTERS,
}
