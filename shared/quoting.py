"""What log lines and metrics repeat of a request: little, whatever was sent, since strangers choose it."""

from typing import Any

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
PATH_MAX = 200


def quoted_method(method: str) -> str:
    """The request's method, or "other": one that somebody made up would be a new series of metrics for ever."""
    return method if method in METHODS else "other"


def quoted(method: str, path: str, status: int, subject: str | None) -> dict[str, Any]:
    """What a line of the log repeats of a request and its answer; the path is cut at 200 characters."""
    cut = path if len(path) <= PATH_MAX else f"{path[:PATH_MAX]}…"
    return {"method": method, "path": cut, "status": status, "subject": subject}
