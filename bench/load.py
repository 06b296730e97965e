"""Many clients at once on plain sockets, so that what is measured is the service and not the client."""

import socket
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

PROCESSES = 2


@dataclass(frozen=True)
class Request:
    """What every client sends: where, as whom, and of which kind; the bodies differ."""

    bind: str
    token: str
    content_type: str

    def framed(self, body: bytes) -> bytes:
        """The bytes of one POST /v1/events."""
        head = (
            f"POST /v1/events HTTP/1.1\r\nHost: {self.bind}\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: {self.content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


@dataclass(frozen=True)
class Measured:
    """How long a load took, each request's latency in seconds, and the answers other than 201."""

    seconds: float
    latencies: list[float]
    others: int

    def percentile(self, share: float) -> float:
        """The latency that `share` of the requests did not exceed, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def load(request: Request, clients: Sequence[Sequence[bytes]]) -> Measured:
    """Send each client's bodies, one after the other on a connection of its own, all clients at once."""
    shares = [list(clients[number::PROCESSES]) for number in range(min(PROCESSES, len(clients)))]
    with ProcessPoolExecutor(len(shares), mp_context=get_context("spawn")) as pool:
        list(pool.map(_warm, shares))
        runs = list(pool.map(_run, [request] * len(shares), shares))
    began, ended = min(run[0] for run in runs), max(run[1] for run in runs)
    latencies = [latency for run in runs for latency in run[2]]
    return Measured(ended - began, latencies, sum(run[3] for run in runs))


def _warm(_: object) -> None:
    """Have the process there before the clock runs."""


def _run(request: Request, clients: list[list[bytes]]) -> tuple[float, float, list[float], int]:
    latencies: list[float] = []
    statuses: list[int] = []
    framed = [[request.framed(body) for body in bodies] for bodies in clients]
    threads = [threading.Thread(target=_client, args=(request.bind, f, latencies, statuses)) for f in framed]
    began = time.time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return began, time.time(), latencies, sum(status != 201 for status in statuses)


def _client(bind: str, requests: list[bytes], latencies: list[float], statuses: list[int]) -> None:
    host, _, port = bind.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=120) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for framed in requests:
            began = time.perf_counter()
            connection.sendall(framed)
            statuses.append(_status(connection))
            latencies.append(time.perf_counter() - began)


def _status(connection: socket.socket) -> int:
    """The status of one answer, its body read to the end."""
    held = b""
    while b"\r\n\r\n" not in held:
        held += _received(connection)
    head, _, body = held.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    )
    missing = length - len(body)
    while missing > 0:
        missing -= len(_received(connection))
    return int(head.split(b" ", 2)[1])


def _received(connection: socket.socket) -> bytes:
    found = connection.recv(1 << 20)
    if not found:
        raise ConnectionError("the service closed the connection")
    return found
