"""Reading request bodies: how much, by how many threads at once, and what becomes of those that never come whole.

A thread that waits for a body cannot be called back: the server has neither a limit for it nor a way to end it. So
only so many threads may wait at once, and when none of their bodies ends, those that are silent or drip are shut down.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog

from shared.admission import outside, places_of
from shared.contract.problems import Malformed, TooLarge, Unavailable
from shared.sockets import Idle, shut_down

log = structlog.get_logger("http")
BODY_BYTES_MAX = 16 * 1024 * 1024
EXCESS = 65_536
"""So far beyond its limit a body of unknown length is read: who sends a little too much is told, not cut off."""
MEBIBYTE = 1 << 20
MEBIBYTE_SECONDS = 2.0
"""What a large body may take for each MiB, beyond DRIPPING_SECONDS."""
THREADS_KEPT_FREE = 24
"""For long polls, of which at most 16 wait, and for everything else that has no body."""
PATIENCE_SECONDS = 1.0
SILENT_SECONDS = 4.0
DRIPPING_SECONDS = 10.0
"""A body that takes longer has to make place when all slots are taken by bodies that do not end."""


def slots_of(threads: int) -> int:
    """How many bodies may be read at once where so many `threads` are the measure; some of them never read a body."""
    return max(threads - THREADS_KEPT_FREE, 4)


class Bodies:
    """Lets so many requests at once read their bodies, each of at most so many bytes."""

    def __init__(self, slots: int, bytes_max: int = BODY_BYTES_MAX, patience: float = PATIENCE_SECONDS) -> None:
        """`slots` are how many are read at once; while they come and go one is waited for with `patience`."""
        self._bytes_max = bytes_max
        self._slots = threading.BoundedSemaphore(slots)
        self._patience = patience
        self._lock = threading.Lock()
        self._reading: Counter[str] = Counter()
        self._moved = 0.0

    def read(self, environ: Mapping[str, Any]) -> bytes:
        """A request's whole body; TooLarge (413), Malformed (400) when it is shorter than it said, Unavailable (503)
        when the slots are taken by others that do not get on. Of chunks the server does not tell whether they ended."""
        given = environ.get("CONTENT_LENGTH", "")
        if not given and not environ.get("wsgi.input_terminated"):
            return b""
        length = int(given) if given.isascii() and given.isdigit() else None
        if length is not None and length > self._bytes_max:
            raise self._too_large()
        most = self._bytes_max if length is None else length
        if length is None and (places := places_of(environ)):
            most = min(most, places * MEBIBYTE)
        address = environ.get("REMOTE_ADDR", "")
        with self._slot(address), _patience(address, most), outside(environ):
            body: bytes = environ["wsgi.input"].read(most + EXCESS if length is None else most)
        if len(body) > most:
            raise TooLarge(f"A body of unknown length is at most {most} bytes here.")
        if length is not None and len(body) < length:
            raise Malformed([{"pointer": "#", "detail": f"breaks off after {len(body)} of {length} bytes"}])
        return body

    def _too_large(self) -> TooLarge:
        return TooLarge(f"A body is at most {self._bytes_max} bytes.")

    @contextmanager
    def _slot(self, address: str) -> Iterator[None]:
        """One of the slots; it is waited for only while others come and go."""
        if not self._slots.acquire(timeout=max(0.0, self._moved + self._patience - time.monotonic())):
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
        """Shut down what is silent or drips, of those addresses that a body is being waited for from."""
        if time.monotonic() - self._moved < SILENT_SECONDS:
            return
        with self._lock:
            addresses = {address for address, count in self._reading.items() if count}
            self._reading = Counter({address: self._reading[address] for address in addresses})
        if ended := shut_down(addresses, _hopeless):
            log.warning("connections shut down", silent=ended, addresses=sorted(addresses))


@contextmanager
def _patience(address: str, length: int) -> Iterator[None]:
    """A large body keeps places from others while it comes: it is ended when it takes too long."""
    if length <= MEBIBYTE:
        yield
        return
    seconds = DRIPPING_SECONDS + MEBIBYTE_SECONDS * length / MEBIBYTE
    timer = threading.Timer(seconds, shut_down, ({address}, _hopeless))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hopeless(idle: Idle) -> bool:
    """Nothing goes either way, or a request has been coming for too long."""
    silent, coming = min(idle) >= SILENT_SECONDS, idle.received < SILENT_SECONDS
    return silent or (coming and idle.sent >= DRIPPING_SECONDS)
