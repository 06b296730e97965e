"""Load that does not wait for answers: requests leave when a clock says so, whatever became of those before.

One process, plain sockets, as many connections as are waiting for an answer. In a closed loop instead, so many clients
each send the next request when the last was answered. What happened is told second by second. By the clock a latency
counts from when the request was due, so that a sender that is late, or waits for a connection, makes it longer.
"""

import select
import socket
import time
from array import array
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random

from bench.everyday import Everyday
from bench.figures import percentile
from bench.load import EVENT, Request, process_beside

REST_SECONDS = 5.0
"""The services close a connection that has rested for ten."""
CONNECTIONS_MAX = 3_000
LAST_ANSWERS_SECONDS = 10
"""How long answers are waited for once nothing more is sent."""


@dataclass(frozen=True)
class Offer:
    """What is sent: so many events a second by a clock, or, if `clients` is given, by clients that wait."""

    seconds: float
    rate: float = 0.0
    clients: int = 0
    again: bool = False
    """Whether who was turned away comes again with the same, after the seconds that Retry-After says."""


@dataclass
class Window:
    """What became of the requests sent within some time: latencies in seconds, of those accepted and of those shed."""

    offered: int = 0
    again: int = 0
    """Of those offered, how many had been turned away before."""
    accepted: "array[float]" = field(default_factory=lambda: array("d"))
    shed: "array[float]" = field(default_factory=lambda: array("d"))
    late: "array[float]" = field(default_factory=lambda: array("d"))
    """How much later than the clock said each was sent, in seconds."""
    others: dict[str, int] = field(default_factory=dict)
    """Any other end: a status, `503 without Retry-After`, `broken`, `no answer`."""

    def ms(self, share: float) -> float:
        """The latency that `share` of the accepted did not exceed, in milliseconds."""
        return 1000 * percentile(self.accepted, share) if self.accepted else 0.0

    def shed_ms(self, share: float) -> float:
        """The same of those that were turned away."""
        return 1000 * percentile(self.shed, share) if self.shed else 0.0

    def late_ms(self, share: float) -> float:
        """How late `share` of all were sent at most, in milliseconds."""
        return 1000 * percentile(self.late, share) if self.late else 0.0

    def count(self, end: str) -> None:
        """Count another end."""
        self.others[end] = self.others.get(end, 0) + 1


def together(windows: list[Window]) -> Window:
    """Several windows as one."""
    whole = Window()
    for window in windows:
        whole.offered += window.offered
        whole.again += window.again
        whole.accepted += window.accepted
        whole.shed += window.shed
        whole.late += window.late
        for end, count in window.others.items():
            whole.others[end] = whole.others.get(end, 0) + count
    return whole


class OpenLoop:
    """The process that makes the load."""

    def __init__(self, pool: ProcessPoolExecutor, bind: str, token: str) -> None:
        self._pool = pool
        self._request = Request(bind, token, EVENT)

    def offer(self, everyday: Everyday, offer: Offer) -> Future[list[Window]]:
        """Begin to send; the windows, one a second, when all is answered."""
        return self._pool.submit(_offered, self._request, everyday.endless(), offer)


@contextmanager
def open_loop(bind: str, token: str) -> Iterator[OpenLoop]:
    """The process that does not wait."""
    with process_beside() as pool:
        yield OpenLoop(pool, bind, token)


class _Connection:
    """A connection and what is being answered on it: since when, and counted in which window."""

    def __init__(self, bind: str) -> None:
        host, _, port = bind.rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=LAST_ANSWERS_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.began = 0.0
        self.rested = 0.0
        self.window: Window | None = None
        self.message = b""
        self.told_again: int | None = None
        """What the last answer said of when to come again."""
        self._held = b""

    def send(self, message: bytes, window: Window, began: float) -> None:
        self.window, self._held, self.began = window, b"", began
        self.message, self.told_again = message, None
        self.socket.sendall(message)

    def answered(self) -> bool:
        """Whether the answer is whole now; ConnectionError when there will be none."""
        found = self.socket.recv(1 << 16)
        if not found:
            raise ConnectionError("the service closed the connection")
        self._held += found
        head, end, body = self._held.partition(b"\r\n\r\n")
        if not end:
            return False
        lowered = head.lower()
        at = lowered.index(b"content-length:") + 15
        if len(body) < int(lowered[at:].split(b"\r\n", 1)[0]):
            return False
        self._tell(head[9:12], lowered)
        return True

    def _tell(self, status: bytes, head: bytes) -> None:
        window, took = self.window, time.perf_counter() - self.began
        assert window is not None, "an answer to nothing"
        self.window = None
        if status in (b"200", b"201"):
            window.accepted.append(took)
        elif status == b"503" and b"retry-after:" in head:
            window.shed.append(took)
            self.told_again = int(head.partition(b"retry-after:")[2].split(b"\r\n", 1)[0])
        else:
            window.count("503 without Retry-After" if status == b"503" else status.decode())

    def lost(self, end: str) -> None:
        """There will be no answer."""
        if self.window is not None:
            self.window.count(end)
        self.window = None
        self.socket.close()


class _Sender:
    """Sends and listens."""

    def __init__(self, request: Request, bodies: Iterator[bytes], offer: Offer) -> None:
        self._request = request
        self._bodies = bodies
        self._offer = offer
        self._rng = Random(offer.rate)
        self._poll = select.epoll()
        self._open: dict[int, _Connection] = {}
        self._idle: dict[int, _Connection] = {}
        self._again: list[tuple[float, bytes]] = []
        self._began = time.perf_counter()
        self.windows = [Window() for _ in range(max(1, int(offer.seconds)))]

    def run(self) -> list[Window]:
        end = self._began + self._offer.seconds
        due = self._began
        for _ in range(self._offer.clients):
            self._send()
        while (now := time.perf_counter()) < end:
            while self._offer.rate and due <= now:
                self._send(due)
                due += self._rng.expovariate(self._offer.rate)
            while self._again and self._again[0][0] <= now:
                self._send(*heappop(self._again))
            coming = [end, *[due] * bool(self._offer.rate), *(moment for moment, _ in self._again[:1])]
            self._listen(min(coming) - now, again=bool(self._offer.clients))
        while len(self._idle) < len(self._open) and time.perf_counter() < end + LAST_ANSWERS_SECONDS:
            self._listen(0.1, again=False)
        for connection in self._open.values():
            connection.lost("no answer")
        return self.windows

    def _send(self, due: float | None = None, message: bytes | None = None) -> None:
        now = time.perf_counter()
        window = self.windows[min(int(now - self._began), len(self.windows) - 1)]
        window.offered += 1
        window.again += message is not None
        if due is not None:
            window.late.append(now - due)
        if not self._idle and len(self._open) >= CONNECTIONS_MAX:
            return window.count("no connection left")
        connection = self._rested(now)
        try:
            connection = connection or self._connected()
            connection.send(message or self._request.framed(next(self._bodies)), window, now if due is None else due)
        except OSError:
            if connection is None:
                window.count("not connected")
            self._forget(connection)

    def _rested(self, now: float) -> _Connection | None:
        """The connection used last, as a client does who closes those that have rested for long."""
        while self._idle:
            _, connection = self._idle.popitem()
            if now - connection.rested < REST_SECONDS:
                return connection
            self._forget(connection)
            connection.socket.close()
        return None

    def _connected(self) -> _Connection:
        connection = _Connection(self._request.bind)
        descriptor = connection.socket.fileno()
        self._open[descriptor] = connection
        self._poll.register(descriptor, select.EPOLLIN)
        return connection

    def _listen(self, seconds: float, *, again: bool) -> None:
        for descriptor, _ in self._poll.poll(max(0.0, seconds)):
            connection = self._open[descriptor]
            try:
                if not connection.answered():
                    continue
            except OSError:
                self._forget(connection)
                continue
            connection.rested = time.perf_counter()
            self._idle[descriptor] = connection
            if self._offer.again and connection.told_again is not None:
                heappush(self._again, (connection.rested + connection.told_again, connection.message))
            if again:
                self._send()

    def _forget(self, connection: _Connection | None) -> None:
        if connection is None:
            return
        descriptor = connection.socket.fileno()
        self._open.pop(descriptor, None)
        self._idle.pop(descriptor, None)
        with suppress(OSError):
            self._poll.unregister(descriptor)
        connection.lost("broken")


def _offered(request: Request, bodies: Iterator[bytes], offer: Offer) -> list[Window]:
    return _Sender(request, bodies, offer).run()
