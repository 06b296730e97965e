"""Pages for people."""

from reporting_service.web import (
    audit,
    council,
    drill_down,
    facility,
    projects,
    replay,
    rules,
    search,
    statement,
    states,
    what_if,
)
from reporting_service.web.pages import register

__all__ = [
    "audit",
    "council",
    "drill_down",
    "facility",
    "projects",
    "register",
    "replay",
    "rules",
    "search",
    "statement",
    "states",
    "what_if",
]
