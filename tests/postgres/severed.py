"""A door to a PostgreSQL server that can be slammed at the worst moment: before or after the server hears COMMIT."""

import contextlib
import socket
import threading
from pathlib import Path

COMMIT = b"COMMIT\0"
SOCKET_NAME = ".s.PGSQL.5432"


class Door:
    """Passes bytes between clients and a server's socket; `sever` says what happens to the next commit."""

    def __init__(self, folder: Path, server: Path) -> None:
        self._server = server / SOCKET_NAME
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / SOCKET_NAME))
        self._listener.listen()
        self.sever: str | None = None
        self.severed = threading.Event()
        self.open = True
        self._passing: list[socket.socket] = []
        self._muted: socket.socket | None = None
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                if not self.open:
                    client.close()
                    continue
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._server))
                self._passing += [client, server]
                threading.Thread(target=self._pass, args=(client, server), daemon=True).start()
                threading.Thread(target=self._answer, args=(server, client), daemon=True).start()

    def _pass(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(1 << 16):
                if COMMIT in data and self.sever is not None:
                    self._slam(client, server, data)
                    return
                server.sendall(data)
        _shut(server)

    def _slam(self, client: socket.socket, server: socket.socket, data: bytes) -> None:
        when, self.sever = self.sever, None
        if when == "after":
            self._muted = client
            server.sendall(data)
            return
        _shut(client)
        _shut(server)
        self.severed.set()

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(1 << 16):
                if client is self._muted:
                    for one in self._passing:
                        _shut(one)
                    self.severed.set()
                    break
                client.sendall(data)
        _shut(client)

    def close(self) -> None:
        """Let nobody in any more."""
        _shut(self._listener)


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
