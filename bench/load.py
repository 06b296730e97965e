"""Many clients at once on plain sockets in a process of their own, so that the service is measured and not the client.

One loop serves all connections: it sends the next prepared request of a connection when the last was answered.
"""

import os
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context

from bench.figures import percentile
from bench.leash import die_with

ANSWER_SECONDS = 120
EVENT = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


@dataclass(frozen=True)
class Request:
    """What every client sends: where, as whom, and of which kind; the bodies differ."""

    bind: str
    token: str
    content_type: str
    path: str = "/v1/events"

    def framed(self, body: bytes) -> bytes:
        """The bytes of one request: POST with a body, GET without one."""
        head = (
            f"{'POST' if body else 'GET'} {self.path} HTTP/1.1\r\nHost: {self.bind}\r\n"
            f"Authorization: Bearer {self.token}\r\n"
        )
        if body:
            head += f"Content-Type: {self.content_type}\r\nContent-Length: {len(body)}\r\n"
        return head.encode() + b"\r\n" + body


@dataclass(frozen=True)
class Measured:
    """How long a load took, each request's latency in seconds, and how often each status was answered."""

    seconds: float
    latencies: list[float]
    statuses: dict[int, int]

    @property
    def others(self) -> int:
        """Answers other than 200 and 201."""
        return sum(count for status, count in self.statuses.items() if status not in (200, 201))

    def ms(self, share: float) -> float:
        """The latency that `share` of the requests did not exceed, in milliseconds."""
        return 1000 * percentile(self.latencies, share)


class Generator:
    """The process that makes the load."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def load(self, request: Request, clients: Sequence[Sequence[bytes]]) -> Measured:
        """Send each client's bodies, one after the other on a connection of its own, all clients at once."""
        return self._pool.submit(_run, request, [list(bodies) for bodies in clients]).result()


@contextmanager
def process_beside() -> Iterator[ProcessPoolExecutor]:
    """A process that makes load, already there before a clock runs; it ends when this one does, however it ends."""
    spawn = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, initializer=die_with, initargs=(os.getpid(),)) as pool:
        pool.submit(time.time).result()
        yield pool


@contextmanager
def generator() -> Iterator[Generator]:
    """The process for requests whose bodies are ready."""
    with process_beside() as pool:
        yield Generator(pool)


class _Connection:
    """One client: the requests left to send, and the answer being read."""

    def __init__(self, bind: str, requests: list[bytes]) -> None:
        host, _, port = bind.rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._left = iter(requests)
        self._held = b""
        self._missing = -1
        self._status = 0
        self.began = 0.0

    def send_next(self) -> bool:
        """Send the next request; False when there is none."""
        request = next(self._left, None)
        if request is None:
            return False
        self.began = time.perf_counter()
        self.socket.sendall(request)
        return True

    def receive(self) -> int | None:
        """Take what has come; the status once the answer is whole."""
        found = self.socket.recv(1 << 20)
        if not found:
            raise ConnectionError("the service closed the connection")
        if self._missing >= 0:
            self._missing -= len(found)
        else:
            self._held += found
            self._read_head()
        if self._missing != 0:
            return None
        self._held, self._missing = b"", -1
        return self._status

    def _read_head(self) -> None:
        head, end, body = self._held.partition(b"\r\n\r\n")
        if not end:
            return
        self._status = int(head[9:12])
        at = head.lower().index(b"content-length:") + 15
        self._missing = int(head[at:].split(b"\r\n", 1)[0]) - len(body)


def _run(request: Request, clients: list[list[bytes]]) -> Measured:
    connections = [_Connection(request.bind, [request.framed(body) for body in bodies]) for bodies in clients]
    latencies: list[float] = []
    statuses: dict[int, int] = {}
    with selectors.DefaultSelector() as selector:
        began = time.perf_counter()
        for connection in connections:
            if connection.send_next():
                selector.register(connection.socket, selectors.EVENT_READ, connection)
        while selector.get_map():
            for key, _ in selector.select(ANSWER_SECONDS):
                _serve(key.data, selector, latencies, statuses)
        seconds = time.perf_counter() - began
    for connection in connections:
        connection.socket.close()
    return Measured(seconds, latencies, statuses)


def _serve(
    connection: _Connection, selector: selectors.BaseSelector, latencies: list[float], statuses: dict[int, int]
) -> None:
    status = connection.receive()
    if status is None:
        return
    latencies.append(time.perf_counter() - connection.began)
    statuses[status] = statuses.get(status, 0) + 1
    if not connection.send_next():
        selector.unregister(connection.socket)
