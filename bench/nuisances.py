"""Clients that nobody wants: idle, slow, silent, huge, gone. Each is there while its context lasts."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import requests

from bench.load import BATCH, EVENT, Request
from bench.pair import Pair

MEBIBYTE = 1 << 20
LARGE = 10 * MEBIBYTE
DRIP_SECONDS = 0.5
GONE_SECONDS = 0.02
ANSWER_SECONDS = 60
UNREAD, TAKES = 8, 4_096
"""Answers on a connection, and the bytes that its client's kernel takes of them; the server's keeps some 4 MB."""

Nuisance = Callable[[Pair, int], contextlib.AbstractContextManager[None]]


@contextmanager
def idle(pair: Pair, clients: int) -> Iterator[None]:
    """Connections on which nothing is ever sent; opened again when they are closed."""
    with _each(clients, lambda ending: _hold(pair, b"", ending), threads=1):
        yield


@contextmanager
def half_heads(pair: Pair, clients: int) -> Iterator[None]:
    """Request heads that never end, a byte at a time."""
    with _each(clients, lambda ending: _hold(pair, b"GET /livez HTTP/1.1\r\nX-Slow: ", ending), threads=1):
        yield


@contextmanager
def dripping(pair: Pair, clients: int) -> Iterator[None]:
    """Bodies that come a byte at a time, of somebody who may post."""
    head = Request(pair.ledger_bind, pair.token("finance", "slow"), EVENT).framed(b"{" + b" " * 5_000)[:-5_000]
    with _each(clients, lambda ending: _hold(pair, head, ending), threads=1):
        yield


@contextmanager
def dripping_forms(pair: Pair, clients: int) -> Iterator[None]:
    """Forms that come a byte at a time, of somebody who was shown the page to sign in and has no token."""
    cookie = requests.get(f"{pair.ledger_url}/sign-in", timeout=ANSWER_SECONDS).headers["Set-Cookie"].partition(";")[0]
    head = f"POST /sign-in HTTP/1.1\r\nHost: {pair.ledger_bind}\r\nCookie: {cookie}\r\nContent-Length: 60000\r\n"
    first = f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\na=".encode()
    with _each(clients, lambda ending: _hold(pair, first, ending), threads=1):
        yield


@contextmanager
def unread(pair: Pair, clients: int) -> Iterator[None]:
    """Answers that are asked for, eight of 1.7 MB on each connection, and never taken: more than the kernel keeps."""
    path = "/static/vendor/swagger-ui/swagger-ui-bundle.js"
    request = Request(pair.ledger_bind, pair.token("auditor"), EVENT, path).framed(b"")
    with _each(clients, lambda ending: _hold(pair, UNREAD * request, ending, drip=b"", takes=TAKES), threads=1):
        yield


@contextmanager
def large(pair: Pair, clients: int) -> Iterator[None]:
    """Batches of 10 MiB in which something is wrong, one after the other."""
    bodies = wrong_batch(LARGE)
    request = Request(pair.ledger_bind, pair.token("finance", "large"), BATCH).framed(bodies)
    with _each(clients, lambda ending: _repeat(pair, request, ending, answer=True)):
        yield


@contextmanager
def aborting(pair: Pair, clients: int) -> Iterator[None]:
    """Posts whose clients are gone before the answer."""
    body = json.dumps({"specversion": "1.0"}).encode()
    request = Request(pair.ledger_bind, pair.token("finance", "gone"), EVENT).framed(body)
    with _each(clients, lambda ending: _repeat(pair, request, ending, answer=False)):
        yield


NUISANCES: dict[str, tuple[Nuisance, int]] = {
    "idle connections": (idle, 2_000),
    "request heads that never end": (half_heads, 500),
    "bodies that drip": (dripping, 50),
    "8 answers of 1.7 MB each never read": (unread, 200),
    "batches of 10 MiB, all refused": (large, 8),
    "posts whose clients are gone": (aborting, 8),
}
"""By name, and how many clients in a full run."""


def wrong_batch(size: int) -> bytes:
    """A batch of events of which only the last is seen to be wrong."""
    event = {"specversion": "1.0", "id": "1", "source": "https://large.example", "type": "fund1035.income.received.v1"}
    one = json.dumps({**event, "datacontenttype": "application/json", "data": {"reference": "x" * 900}}).encode()
    return b"[" + b",".join([one] * (size // len(one))) + b"]"


@contextmanager
def _each(clients: int, run: Callable[["_Ending"], None], threads: int | None = None) -> Iterator[None]:
    ending = _Ending(clients if threads else 1)
    running = [threading.Thread(target=run, args=(ending,), daemon=True) for _ in range(threads or clients)]
    for thread in running:
        thread.start()
    try:
        yield
    finally:
        ending.set()
        for thread in running:
            thread.join()


class _Ending(threading.Event):
    """When to stop, and how many connections one thread holds."""

    def __init__(self, connections: int) -> None:
        super().__init__()
        self.connections = connections


def _connected(pair: Pair, takes: int | None = None) -> socket.socket:
    host, _, port = pair.ledger_bind.rpartition(":")
    one = socket.socket()
    one.settimeout(ANSWER_SECONDS)
    if takes is not None:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, takes)
    one.connect((host, int(port)))
    return one


def _hold(pair: Pair, first: bytes, ending: _Ending, drip: bytes = b" ", takes: int | None = None) -> None:
    """Keep connections open, each sending something and then a byte now and then, if its first bytes were any."""
    held: list[socket.socket] = []
    while not ending.is_set():
        while len(held) < ending.connections and not ending.is_set():
            with contextlib.suppress(OSError):
                held.append(_connected(pair, takes))
                held[-1].sendall(first)
                held[-1].setblocking(False)
        if ending.wait(DRIP_SECONDS):
            break
        held = [one for one in held if _lives(one, drip if first else b"")]
    for one in held:
        one.close()


def _lives(one: socket.socket, drip: bytes) -> bool:
    """Whether a connection takes one byte more; of one that is only held, whether the other end has closed it."""
    try:
        if drip:
            one.sendall(drip)
        closed = one.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return True
    except OSError:
        closed = True
    if closed:
        one.close()
    return not closed


def _repeat(pair: Pair, request: bytes, ending: _Ending, *, answer: bool) -> None:
    while not ending.is_set():
        with contextlib.suppress(OSError), _connected(pair) as one:
            one.sendall(request)
            if answer:
                one.recv(65_536)
            else:
                ending.wait(GONE_SECONDS)
