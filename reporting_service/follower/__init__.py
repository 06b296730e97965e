"""Follows the ledger's log: fetches, verifies every leaf under a signed checkpoint, hands entries over in order."""

from reporting_service.follower.follower import Follower, FollowerStatus, Pace
from reporting_service.follower.sink import Bookmark, OutOfOrder, Sink, SinkUnavailable
from reporting_service.follower.verification import Mismatch

__all__ = ["Bookmark", "Follower", "FollowerStatus", "Mismatch", "OutOfOrder", "Pace", "Sink", "SinkUnavailable"]
