"""A TCP proxy between the two services, or a poster and the ledger, that does to the bytes what networks do.

A fault is a function over the pieces of one direction of one connection: it yields what goes on, and may raise
ConnectionResetError (an RST both ways) or EOFError (an orderly end, too early). `share` of the pieces are struck.
"""

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from threading import Thread

from bench.pair import free_bind

Pieces = AsyncIterator[bytes]
Struck = Callable[[bytes], Pieces]
"""What becomes of one piece that is struck."""

PIECE = 1 << 16
LONG = 10_000_000
LINGER_NOT = struct.pack("ii", 1, 0)


async def cut(piece: bytes) -> Pieces:
    """The connection ends before anything of the piece has come."""
    raise EOFError
    yield piece


async def delay(piece: bytes) -> Pieces:
    """The piece comes late."""
    await asyncio.sleep(0.3)
    yield piece


async def reset(piece: bytes) -> Pieces:
    """Half of it comes, then a reset: in the middle of a body where head and body come apart."""
    yield piece[: len(piece) // 2]
    await asyncio.sleep(0.01)
    raise ConnectionResetError


async def truncated(piece: bytes) -> Pieces:
    """All but the last bytes come, then an orderly end."""
    yield piece[:-7]
    raise EOFError


async def duplicated(piece: bytes) -> Pieces:
    """The piece comes twice."""
    yield piece
    yield piece


async def reordered(piece: bytes) -> Pieces:
    """Two parts of a body change places: its end comes before its middle."""
    at = piece.find(b"\r\n\r\n") + 4 if b"\r\n\r\n" in piece else 0
    third = (len(piece) - at) // 3
    first, second = at + third, at + 2 * third
    yield piece[:first] + piece[second:] + piece[first:second]


async def slow(piece: bytes) -> Pieces:
    """The bytes drip."""
    for at in range(0, len(piece), 97):
        await asyncio.sleep(0.005)
        yield piece[at : at + 97]


async def long(piece: bytes) -> Pieces:
    """Another body altogether: ten million bytes with the head of an answer that is well."""
    yield b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: %d\r\n\r\n" % LONG
    for _ in range(0, LONG, PIECE):
        yield b"x" * PIECE
    raise EOFError


ANSWERS: dict[str, Struck] = {
    "cut": cut,
    "delay": delay,
    "reset-mid-body": reset,
    "truncated": truncated,
    "duplicated": duplicated,
    "reordered": reordered,
    "slow": slow,
    "10-mb-body": long,
}
"""What can become of bytes on their way; the last only of answers."""


class Proxy:
    """Listens on loopback and passes on to one address, in a thread of its own, until it is left."""

    def __init__(self, bind: str, seed: int = 0) -> None:
        """`bind` is where it passes on to, `host:port`."""
        self._host, _, port = bind.rpartition(":")
        self._port = int(port)
        self.bind = free_bind()
        self.url = f"http://{self.bind}"
        self.answers: Struck | None = None
        self.requests: Struck | None = None
        self.share = 0.5
        self.struck = 0
        self._chance = random.Random(seed)
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def __enter__(self) -> "Proxy":
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def heal(self) -> None:
        """Strike nothing any more; what has been cut stays cut."""
        self.answers = self.requests = None

    def sever(self) -> None:
        """Reset every connection there is."""
        self._loop.call_soon_threadsafe(lambda: [_reset(writer) for writer in list(self._open)])

    async def _listen(self) -> None:
        host, _, port = self.bind.rpartition(":")
        self._server = await asyncio.start_server(self._pass_on, host, int(port), limit=PIECE)

    async def _end(self) -> None:
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(self._host, self._port, limit=PIECE)
        except OSError:
            _reset(writer)
            return
        ends = (writer, far_writer)
        self._open.update(ends)
        ways = [
            asyncio.ensure_future(self._one_way(reader, far_writer, lambda: self.requests)),
            asyncio.ensure_future(self._one_way(far_reader, writer, lambda: self.answers)),
        ]
        try:
            done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            broken = any(isinstance(way.exception(), ConnectionError) for way in done)
            for end in ends:
                _reset(end) if broken else end.close()
        except asyncio.CancelledError:
            return
        finally:
            self._open.difference_update(ends)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _one_way(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Callable[[], Struck | None]
    ) -> None:
        with suppress(EOFError):
            while piece := await reader.read(PIECE):
                async for part in self._become(piece, fault()):
                    writer.write(part)
                    await writer.drain()
        with suppress(OSError):
            await writer.drain()

    async def _become(self, piece: bytes, struck: Struck | None) -> Pieces:
        if struck is None or self._chance.random() >= self.share:
            yield piece
            return
        self.struck += 1
        async for part in struck(piece):
            yield part


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with an RST instead of a FIN."""
    found = writer.get_extra_info("socket")
    with suppress(OSError):
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    writer.transport.abort()
