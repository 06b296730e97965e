"""The token with which reporting reads the log: a file, read again when it changes."""

from pathlib import Path


class TokenFile:
    """Gives the file's token; empty while there is no file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._token = ""

    def __call__(self) -> str:
        """The token as the file now has it."""
        try:
            status = self._path.stat()
            seen = (status.st_ino, status.st_mtime_ns, status.st_size)
            if seen != self._seen:
                self._token = self._path.read_text("ascii", "replace").strip()
                self._seen = seen
        except OSError:
            return ""
        return self._token
