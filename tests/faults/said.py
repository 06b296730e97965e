"""What was said between clients and ledger: everything posted, and everything answered to it."""

import base64
from threading import Lock
from typing import Any


class Said:
    """Kept by the clients, from any thread; never looks at the services."""

    def __init__(self) -> None:
        self.posted: dict[str, dict[str, Any]] = {}
        """By id, what was posted under it first."""
        self.acknowledged: dict[str, int] = {}
        """By id, the position that its receipt names; recorded refusals too."""
        self.checkpoints: dict[int, bytes] = {}
        """By size, the root that a receipt showed."""
        self.twice: set[str] = set()
        """Ids acknowledged at two positions."""
        self.turned_away: set[str] = set()
        """Ids of which an answer said that nothing was recorded."""
        self.unanswered: list[list[str]] = []
        """Ids of posts that were given up without an answer."""
        self._lock = Lock()

    def post(self, events: list[dict[str, Any]]) -> None:
        """These are posted, for the first time or again."""
        for event in events:
            self.posted.setdefault(event["id"], event)

    def hear(self, events: list[dict[str, Any]], status: int, body: dict[str, Any], *, batch: bool) -> None:
        """An answer other than 503 came."""
        with self._lock:
            if status in (200, 201):
                for receipt in body.get("receipts", [body]):
                    self._receipt(receipt)
            elif status == 422 and not batch:
                self._place(events[0]["id"], body["position"])
            elif status != 409:
                self.turned_away.update(event["id"] for event in events)

    def give_up(self, events: list[dict[str, Any]]) -> None:
        """No answer came, and nobody asks again."""
        with self._lock:
            self.unanswered.append([event["id"] for event in events])

    def _receipt(self, receipt: dict[str, Any]) -> None:
        self._place(receipt["id"], receipt["position"])
        shown = receipt["checkpoint"]
        root = base64.b64decode(shown["root"])
        assert self.checkpoints.setdefault(shown["size"], root) == root, f"two roots of {shown['size']} entries"

    def _place(self, id: str, position: int) -> None:
        if self.acknowledged.setdefault(id, position) != position:
            self.twice.add(id)
