"""What log lines and metrics repeat of a request: little, whatever was sent, since strangers choose it."""

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
PATH_MAX = 200


def quoted_method(method: str) -> str:
    """The request's method, or "other": one that somebody made up would be a new series of metrics for ever."""
    return method if method in METHODS else "other"


def quoted_path(path: str) -> str:
    """The request's path, cut at 200 characters."""
    return path if len(path) <= PATH_MAX else f"{path[:PATH_MAX]}…"
