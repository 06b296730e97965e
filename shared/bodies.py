"""Reading request bodies: how much, by how many threads at once, and what becomes of those that never come whole.

A thread that waits for a body cannot be called back: the server has neither a limit for it nor a way to end it. So
only so many threads may wait at once, and when none of them gets on, the silent connections are shut down.
"""

import errno
import os
import socket
import stat
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import structlog

from shared.contract.problems import Malformed, TooLarge, Unavailable

log = structlog.get_logger("http")
BODY_BYTES_MAX = 16 * 1024 * 1024
THREADS_KEPT_FREE = 24
"""For long polls, of which at most 16 wait, and for everything else that has no body."""
PATIENCE_SECONDS = 1.0
SILENT_SECONDS = 4.0
_LAST_TIMES = struct.Struct("=44x4I")
"""In Linux's struct tcp_info: milliseconds since data was last sent, since (not kept), since received, since an ack."""


class Bodies:
    """Lets so many requests at once read their bodies, each of at most so many bytes."""

    def __init__(self, threads: int, bytes_max: int = BODY_BYTES_MAX) -> None:
        """`threads` serve requests; some of them never read a body."""
        self._bytes_max = bytes_max
        self._slots = threading.BoundedSemaphore(max(threads - THREADS_KEPT_FREE, 4))
        self._lock = threading.Lock()
        self._reading: Counter[str] = Counter()
        self._moved = 0.0

    def read(self, environ: Mapping[str, Any]) -> bytes:
        """A request's whole body; TooLarge (413), Malformed (400) when it breaks off, Unavailable (503) when the
        slots are taken by others that do not get on."""
        given = environ.get("CONTENT_LENGTH", "")
        if not given and not environ.get("wsgi.input_terminated"):
            return b""
        length = int(given) if given.isascii() and given.isdigit() else None
        if length is not None and length > self._bytes_max:
            raise self._too_large()
        with self._slot(environ.get("REMOTE_ADDR", "")):
            body: bytes = environ["wsgi.input"].read(self._bytes_max + 1 if length is None else length)
        if len(body) > self._bytes_max:
            raise self._too_large()
        if length is not None and len(body) < length:
            raise Malformed([{"pointer": "#", "detail": f"breaks off after {len(body)} of {length} bytes"}])
        return body

    def _too_large(self) -> TooLarge:
        return TooLarge(f"A body is at most {self._bytes_max} bytes.")

    @contextmanager
    def _slot(self, address: str) -> Iterator[None]:
        """One of the slots; it is waited for only while others come and go."""
        if not self._slots.acquire(timeout=max(0.0, self._moved + PATIENCE_SECONDS - time.monotonic())):
            self._shed()
            raise Unavailable("Too many requests are sending their bodies too slowly.", int(SILENT_SECONDS))
        with self._lock:
            self._reading[address] += 1
        self._moved = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._reading[address] -= 1
            self._slots.release()
            self._moved = time.monotonic()

    def _shed(self) -> None:
        """Shut down what is silent, of those addresses that a body is being waited for from."""
        if time.monotonic() - self._moved < SILENT_SECONDS:
            return
        with self._lock:
            addresses = {address for address, count in self._reading.items() if count}
            self._reading = Counter({address: self._reading[address] for address in addresses})
        if ended := shut_down_silent(addresses, SILENT_SECONDS):
            log.warning("connections shut down", silent=ended, addresses=sorted(addresses))


def shut_down_silent(addresses: set[str], seconds: float) -> int:
    """Shut down this process's TCP connections from these addresses on which nothing came or went for so long;
    returns how many (0 where the kernel does not tell). A client that was resting between requests connects again."""
    ended = 0
    with suppress(OSError):
        for name in os.listdir("/proc/self/fd"):
            with suppress(OSError), _connection(int(name)) as connection:
                if _peer(connection) in addresses and _silent_ms(connection) >= seconds * 1000:
                    connection.shutdown(socket.SHUT_RDWR)
                    ended += 1
    return ended


def _connection(descriptor: int) -> socket.socket:
    """The socket behind a descriptor, to be closed without closing that; OSError when it is none."""
    if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
        raise OSError(errno.ENOTSOCK, "is no socket")
    return socket.socket(fileno=os.dup(descriptor))


def _peer(connection: socket.socket) -> str:
    """The other end's address as requests name it; none of a listening socket or one that is not TCP."""
    if connection.family not in (socket.AF_INET, socket.AF_INET6):
        return "-"
    return str(connection.getpeername()[0])


def _silent_ms(connection: socket.socket) -> int:
    """Milliseconds since data last went either way; OSError where there is no telling."""
    sent, _, received, _ = _LAST_TIMES.unpack(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 60))
    return int(min(sent, received))
