"""Follows the ledger's log: fetches, verifies every leaf under a signed checkpoint, hands entries over in order."""

from reporting_service.follower.sink import Bookmark, OutOfOrder, Sink

__all__ = ["Bookmark", "OutOfOrder", "Sink"]
