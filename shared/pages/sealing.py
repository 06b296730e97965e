"""Texts that only we can have written: sealed with a secret, for one purpose, until a time."""

import hmac
import json
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from shared.private import write_once

SECRET_BYTES_MIN = 32


class Seal:
    """Seals and opens JSON objects with HMAC-SHA256; what was sealed for one purpose opens for no other."""

    def __init__(self, secret: bytes, now: Callable[[], float] = time.time) -> None:
        self._secret = secret
        self.now = now

    @classmethod
    def of_this_run(cls) -> "Seal":
        """One whose secret is forgotten when the process ends."""
        return cls(secrets.token_bytes(32))

    def mark(self, purpose: str, text: str) -> str:
        """The mark that this secret leaves on a text."""
        made = hmac.new(self._secret, f"{purpose}\0{text}".encode(), sha256).digest()
        return urlsafe_b64encode(made).rstrip(b"=").decode()

    def close(self, purpose: str, content: dict[str, Any], seconds: int) -> str:
        """The content as a text that opens for so many seconds."""
        body = urlsafe_b64encode(json.dumps({**content, "until": int(self.now()) + seconds}).encode()).decode()
        return f"{body}.{self.mark(purpose, body)}"

    def open(self, purpose: str, sealed: str) -> dict[str, Any] | None:
        """What was sealed; None when another wrote it, or its time is over."""
        body, _, mark = sealed.rpartition(".")
        if not hmac.compare_digest(self.mark(purpose, body).encode(), mark.encode()):
            return None
        content: dict[str, Any] = json.loads(urlsafe_b64decode(body))
        return content if content["until"] > self.now() else None


def secret_of(path: Path, *, make: bool) -> bytes:
    """The secret in a file; with `make` it is made on first use. ValueError when it is too short to be one."""
    if make:
        write_once(path, secrets.token_hex(32).encode() + b"\n")  # or another process was first: its secret is ours too
    found = path.read_bytes().strip()
    if len(found) < SECRET_BYTES_MIN:
        raise ValueError(f"{path} holds fewer than {SECRET_BYTES_MIN} bytes: no secret to seal sessions with")
    return found
