"""Pages for people who post by hand."""

from ledger_service.web import posting, waiting
from ledger_service.web.pages import register

__all__ = ["posting", "register", "waiting"]
