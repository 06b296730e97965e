"""This process's own TCP connections, as the kernel knows them, and letting go of those that do not get on (Linux)."""

import os
import socket
import stat
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

_LAST_TIMES = struct.Struct("=44x4I")
"""In Linux's struct tcp_info: milliseconds since data was last sent, since (not kept), since received, since an ack."""


class Idle(NamedTuple):
    """Seconds since data last left through a connection, and since data last came."""

    sent: float
    received: float


def own_sockets() -> Iterator[socket.socket]:
    """Every TCP socket of this process, used before the next is asked for; none where the kernel does not tell."""
    with suppress(OSError):
        for name in os.listdir("/proc/self/fd"):
            with suppress(OSError):
                if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                    with socket.socket(fileno=os.dup(int(name))) as one:
                        if one.family in (socket.AF_INET, socket.AF_INET6) and one.type == socket.SOCK_STREAM:
                            yield one


def shut_down(addresses: set[str], hopeless: Callable[[Idle], bool]) -> int:
    """Shut down the connections from these addresses that are hopeless; returns how many. A client that was resting
    between requests connects again."""
    ended = 0
    for one in own_sockets():
        with suppress(OSError):
            if str(one.getpeername()[0]) in addresses and hopeless(_idle(one)):
                one.shutdown(socket.SHUT_RDWR)
                ended += 1
    return ended


def unread_for(seconds: int) -> bool:
    """Have the kernel end connections of which nothing is taken for so long, through the sockets that listen, which
    hand it on to each connection; False as long as nothing listens."""
    found = False
    for one in own_sockets():
        if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * seconds)
            found = True
    return found


def _idle(connection: socket.socket) -> Idle:
    sent, _, received, _ = _LAST_TIMES.unpack(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 60))
    return Idle(sent / 1000, received / 1000)
