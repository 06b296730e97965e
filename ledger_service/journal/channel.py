"""Messages between the doors and the writer's process: JSON and bytes, one after the other through a socket pair."""

import select
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from threading import Lock
from typing import Any

import orjson

Message = tuple[dict[str, Any], bytes]
"""What is said, as JSON, and the bytes that it is about."""
READ_BYTES = 1 << 18


def message(said: dict[str, Any], about: bytes = b"") -> bytes:
    """A message on the wire: two lengths of four bytes, the JSON, the bytes."""
    head = orjson.dumps(said)
    return len(head).to_bytes(4, "big") + len(about).to_bytes(4, "big") + head + about


class Channel:
    """One end of a socket pair."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._held = bytearray()
        self._sending = Lock()
        self.ended = False
        """Whether the other end will say nothing more."""

    def send(self, *messages: bytes) -> None:
        """Send messages whole, one thread after the other; OSError when nobody reads them any more."""
        whole = b"".join(messages)
        with self._sending:
            self._end.sendall(whole)

    def send_within(self, seconds: float, whole: bytes) -> None:
        """Send a message, as soon as the other end has read enough of what was sent before; TimeoutError, with nothing
        sent, when it has not by then. Until the rest of a large message fits in too may take longer."""
        until = time.monotonic() + seconds
        if not self._sending.acquire(timeout=max(0.0, seconds)):
            raise TimeoutError
        try:
            while not (sent := self._sent(whole)):
                if not self._has_room(until - time.monotonic()):
                    raise TimeoutError
            if sent < len(whole):
                self._end.sendall(memoryview(whole)[sent:])
        finally:
            self._sending.release()

    def _sent(self, whole: bytes) -> int:
        """How much could be sent at once."""
        try:
            return self._end.send(whole, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0

    def _has_room(self, seconds: float) -> bool:
        """Whether something can be sent, or can be within so long."""
        room = select.poll()
        room.register(self._end, select.POLLOUT)
        return bool(room.poll(1000 * max(0.0, seconds)))

    def received(self, *, wait: bool) -> Iterator[Message]:
        """What has come, waiting for something if told to; nothing once the other end is closed."""
        found = self._read(0 if wait else socket.MSG_DONTWAIT)
        while found == READ_BYTES:
            found = self._read(socket.MSG_DONTWAIT)
        return self._messages()

    def _read(self, flags: int) -> int:
        try:
            found = self._end.recv(READ_BYTES, flags)
        except BlockingIOError:
            return 0
        except OSError:
            found = b""
        self.ended = not found
        self._held += found
        return len(found)

    def _messages(self) -> Iterator[Message]:
        held, at = self._held, 0
        try:
            while len(held) - at >= 8:
                middle = at + 8 + int.from_bytes(held[at : at + 4], "big")
                end = middle + int.from_bytes(held[at + 4 : at + 8], "big")
                if len(held) < end:
                    break
                said, about = orjson.loads(held[at + 8 : middle]), bytes(held[middle:end])
                at = end
                yield said, about
        finally:
            del held[:at]

    def fileno(self) -> int:
        """The descriptor, for waiting on several."""
        return self._end.fileno()

    def finish(self) -> None:
        """Say nothing more; the other end hears of it."""
        with self._sending, suppress(OSError):
            self._end.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Let go of this end."""
        self._end.close()
