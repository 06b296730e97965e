"""Large batches are checked in a process of their own, so that a second core works on one while another is decided.

That process says the events' sources and types, and their keys and digests or what is wrong with them: what the same
checks would say here, but without keeping those waiting who post little. It ends when its input does.
"""

import signal
import subprocess
import sys
import time
from contextlib import suppress
from threading import Lock, Timer
from typing import IO, Any, NamedTuple

import orjson
import structlog

from ledger_service.api.checking import checked_batch, events_in, names_in
from ledger_service.journal.commands import marks_of
from shared.contract.problems import Problem, packed, unpacked
from shared.process import allow_cores, allowed_cores, cores, spare_the_collector

log = structlog.get_logger("http")
BYTES_MIN = 32_768
"""Smaller bodies are checked sooner than they are handed over."""


PATIENCE_SECONDS = 10.0
"""A process that has not answered by then is given up."""
PAUSE_SECONDS = 30.0
"""Before another is started in its place."""


class Seen(NamedTuple):
    """A batch that was checked: (source, type) of its events, each pair once; key and digest of each, or a problem."""

    names: list[tuple[object, object]]
    found: bytes | dict[str, Any]

    @property
    def marks(self) -> bytes:
        """Key and digest of every event; raises the Problem when there is one."""
        if isinstance(self.found, dict):
            raise unpacked(self.found)
        return self.found


def started() -> "Apart | None":
    """The process, where there is a second core for it."""
    return Apart() if cores() > 1 else None


def _process(allowed: set[int]) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(
        [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    allow_cores(process.pid, allowed)
    return process


class Apart:
    """One checking process; requests take turns."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._cores = allowed_cores()
        self._process: subprocess.Popen[bytes] | None = _process(self._cores)
        self._again_at = 0.0
        self._closed = False

    def batch(self, body: bytes) -> Seen | None:
        """What is to be known of a batch; None when that must be found out here."""
        if len(body) < BYTES_MIN:
            return None
        with self._turn:
            said = self._asked(body)
        return _seen(said) if said else None

    def _asked(self, body: bytes) -> bytes | None:
        if self._process is None and time.monotonic() >= self._again_at and not self._closed:
            self._process = _process(self._cores)
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            return None
        impatience = Timer(PATIENCE_SECONDS, self._process.kill)
        impatience.start()
        try:
            _write(self._process.stdin, body)
            return _read(self._process.stdout)
        except (OSError, EOFError) as error:
            log.error("batches are checked in the doors' own process for a while", cause=repr(error))
            self._end()
            self._again_at = time.monotonic() + PAUSE_SECONDS
            return None
        finally:
            impatience.cancel()

    def close(self) -> None:
        """End the process."""
        with self._turn:
            self._closed = True
            self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                stream.close()  # type: ignore[union-attr]


def examined(body: bytes) -> bytes:
    """What is to be known of a batch."""
    posted: list[object] = []
    try:
        posted = events_in(body, batch=True)
        return _said(posted, None, marks_of(checked_batch(posted, len(body))))
    except Problem as problem:
        return _said(posted, packed(problem))


def _said(posted: list[object], problem: dict[str, Any] | None, marks: bytes = b"") -> bytes:
    names = dict.fromkeys((_word(source), _word(name)) for source, name in names_in(posted))
    head = orjson.dumps([list(names), problem])
    return len(head).to_bytes(4, "big") + head + marks


def _word(given: object) -> str | None:
    """What may be asked about; anything else is a fault of its own."""
    return given if isinstance(given, str) else None


def _seen(said: bytes) -> Seen:
    end = 4 + int.from_bytes(said[:4], "big")
    names, problem = orjson.loads(said[4:end])
    return Seen([tuple(pair) for pair in names], problem or said[end:])


def _write(stream: IO[bytes], message: bytes) -> None:
    stream.write(len(message).to_bytes(4, "big"))
    stream.write(message)
    stream.flush()


def _read(stream: IO[bytes]) -> bytes:
    """The next message; EOFError when the other process ended."""
    size = int.from_bytes(_exactly(stream, 4), "big")
    return _exactly(stream, size)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    found = stream.read(size)
    if len(found) != size:
        raise EOFError("the other process ended")
    return found


def main() -> None:
    """Answer bodies until the input ends; told to stop together with the service, it finishes what it was asked."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    spare_the_collector()
    try:
        while True:
            _write(sys.stdout.buffer, examined(_read(sys.stdin.buffer)))
    except (EOFError, BrokenPipeError):
        return


if __name__ == "__main__":
    main()
