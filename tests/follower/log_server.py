"""A small real HTTP server for a log in memory, with long poll and with faults a test can switch on."""

import socket
import struct
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from shared.log_format.tiles import BadPath
from tests.log_format.served_log import ServedLog


class Cut(Exception):
    """Send this many bytes of the announced body, then close."""


class Reset(Exception):
    """Reset the connection without an answer."""


class Status(Exception):
    """Answer with this status."""


class Hang(Exception):
    """Do not answer until the server ends."""


class LogServer(ThreadingHTTPServer):
    """Serves `log`; `fault(path, body)` may return another body or raise one of the faults."""

    daemon_threads = True

    def __init__(self, log: ServedLog) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.log = log
        self.changed = threading.Condition()
        self.ended = threading.Event()
        self.heard = threading.Condition()
        self.cosigned: bytes | None = None
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.fault: Callable[[str, bytes], bytes] = lambda path, body: body
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def append(self, entries: list[bytes]) -> None:
        with self.changed:
            self.log.append(entries)
            self.changed.notify_all()

    def replace(self, log: ServedLog) -> None:
        with self.changed:
            self.log = log
            self.changed.notify_all()

    def is_asked(self, part: str, within_s: float = 20.0) -> bool:
        """Whether a path with this part was asked for, or is in time."""
        with self.heard:
            return self.heard.wait_for(lambda: any(part in path for path in self.paths), within_s)

    def once(self, prefix: str, fault: Exception) -> None:
        """The first answer to a path that begins like this meets the fault."""
        left = [fault]

        def meet(path: str, body: bytes) -> bytes:
            if path.startswith(prefix) and left:
                raise left.pop()
            return body

        self.fault = meet

    def handle_error(self, request: object, client_address: object) -> None:
        """A follower that went away is no news."""

    def end(self) -> None:
        self.ended.set()
        with self.changed:
            self.changed.notify_all()
        self.shutdown()
        self.server_close()


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LogServer

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        path = self.path.removeprefix("/")
        with self.server.heard:
            self.server.asked.append((path, dict(self.headers)))
            self.server.heard.notify_all()
        try:
            self._send(200, self.server.fault(path, self._body(path)))
        except (KeyError, BadPath):
            self._send(404, b"not here")
        except Status as fault:
            self._send(fault.args[0], b"not now")
        except Cut as fault:
            self._send(200, self._body(path), fault.args[0])
            self.close_connection = True
        except Reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
        except Hang:
            self.server.ended.wait()
            self.close_connection = True

    def _body(self, path: str) -> bytes:
        url = urlsplit(path)
        query = parse_qs(url.query)
        if "cosigned" in query:
            if self.server.cosigned is None:
                raise KeyError(path)
            return self.server.cosigned
        with self.server.changed:
            if "after" in query:
                after, wait = int(query["after"][0]), float(query["wait"][0])
                self.server.changed.wait_for(lambda: self.server.log.size != after or self.server.ended.is_set(), wait)
            return self.server.log.get(url.path)

    def _send(self, status: int, body: bytes, sent: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:sent])

    def log_message(self, format: str, *args: object) -> None:
        """Silence."""
