"""Serving a WSGI application: one granian worker that never outlives its parent, plain words when it cannot start."""

import gc
import importlib
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import MPServer

from shared.process import die_with_parent, spare_the_collector
from shared.sockets import unread_for

THREADS_TIMES, THREADS_MORE = 6, 192
"""There are always more threads than places and bodies that are waited for, so that one can say that there is none.
They are made only when they are needed, and end when they are not."""
CONNECTIONS_MAX = 4096
"""More wait to be accepted; each takes a descriptor, and up to HEAD_BYTES_MAX of memory."""
DESCRIPTORS_KEPT_FREE = 256
HEAD_SECONDS = 10
"""A connection on which no whole request head comes for so long is closed, also while it rests between requests."""
HEAD_BYTES_MAX = 65_536
UNREAD_SECONDS = 20
"""A connection that takes nothing of an answer for so long is closed (Linux)."""
KILL_TIMEOUT_SECONDS = 20
PORT_WAIT_SECONDS = 3.0
BACKLOG = 2048
TOLD_TO_STOP = (signal.SIGTERM, signal.SIGINT)

stopping = threading.Event()
"""Set in the worker as soon as it is told to stop, so that long polls end at once."""


class CannotServe(Exception):
    """The application refuses to start; `exit_code` 1 mismatch, 2 settings, 3 unavailable."""

    def __init__(self, sentence: str, exit_code: int = 3) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


class _Server(MPServer):
    """Granian's server, remembering how its worker ended."""

    worker_exit_code = 0

    def _spawn_workers(self, spawn_target: Any, target_loader: Any) -> None:
        """Fork the worker; what tells it to stop waits until it no longer has this process's handlers."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, TOLD_TO_STOP)
        try:
            super()._spawn_workers(spawn_target, target_loader)  # type: ignore[no-untyped-call]
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _stop_workers(self) -> None:
        workers = list(self.wrks)
        if not self.interrupt_signal:
            for worker in workers:
                worker.inner.join(timeout=1)
        ended = [worker.inner.exitcode for worker in workers if worker.inner.exitcode]
        super()._stop_workers()  # type: ignore[no-untyped-call]
        self.worker_exit_code = ended[0] if ended else 0


def serve(factory: str, host: str, port: int, threads: int = 32) -> int:
    """Serve what `factory` ("module:function") builds until SIGTERM or SIGINT; returns the exit code.

    `threads` is the measure of what may be in work at once; the service's door (shared/admission.py) sees to it.
    """
    if os.environ.get("FUND_DIE_WITH_PARENT") == "1":
        die_with_parent(os.getppid())
    if not port_is_free(host, port):
        print(f"{host}:{port} is taken by another process.", file=sys.stderr)
        return 3
    server = _Server(
        factory,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads_of(threads),
        backlog=BACKLOG,
        backpressure=_connections_max(),
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=1000 * HEAD_SECONDS, max_buffer_size=HEAD_BYTES_MAX),
        workers_kill_timeout=KILL_TIMEOUT_SECONDS,
        log_enabled=False,
    )
    try:
        server.serve(target_loader=_Loader(factory, os.getpid()), wrap_loader=False)
    except SystemExit:
        if server.worker_exit_code in (1, 2, 3):
            return server.worker_exit_code
        return 0 if server.interrupt_signal else 3
    return 0


def threads_of(threads: int) -> int:
    """How many there may be where so many are the measure."""
    return THREADS_TIMES * threads + THREADS_MORE


def _connections_max() -> int:
    """How many connections there may be at once, once this process may have as many descriptors as it can get."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    free = CONNECTIONS_MAX if hard == resource.RLIM_INFINITY else hard - DESCRIPTORS_KEPT_FREE
    return max(1, min(CONNECTIONS_MAX, free))


class _Loader:
    """Builds the application in the worker process, tied to the parent's life."""

    def __init__(self, factory: str, parent: int) -> None:
        self._factory = factory
        self._parent = parent

    def __call__(self) -> Callable[..., Any]:
        _end_when_told_to()
        die_with_parent(self._parent)
        module, _, function = self._factory.partition(":")
        _tell_when_stopping()
        gc.disable()
        try:
            application: Callable[..., Any] = getattr(importlib.import_module(module), function)()
        except CannotServe as refusal:
            print(refusal, file=sys.stderr, flush=True)
            os._exit(refusal.exit_code)
        spare_the_collector()
        threading.Thread(target=_let_go_of_the_unread, name="unread", daemon=True).start()
        return application


def _end_when_told_to() -> None:
    """At once, until granian sets its own handlers: nothing has begun yet that would have to be finished."""
    for number in TOLD_TO_STOP:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, TOLD_TO_STOP)


def _let_go_of_the_unread() -> None:
    """Once it listens."""
    while sys.platform == "linux" and not unread_for(UNREAD_SECONDS):
        time.sleep(0.05)


def _tell_when_stopping() -> None:
    """Have `stopping` set when granian's own signal handler runs, which it installs after the application is built."""
    from granian import _signals

    install: Callable[..., None] = _signals.set_main_signals

    def set_main_signals(interrupt_handler: Callable[..., None], reload_handler: Any = None) -> None:
        def handler(*args: Any) -> None:
            stopping.set()
            interrupt_handler(*args)

        heard, told = os.pipe()
        os.set_blocking(told, False)
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        threading.Thread(target=_have_it_handled, args=(heard,), name="stopping", daemon=True).start()
        install(handler, reload_handler)

    _signals.set_main_signals = set_main_signals


def _have_it_handled(heard: int) -> None:
    """Wake the main thread until it runs the handler: told twice while it begins to wait, it may sleep on."""
    while (number := os.read(heard, 1)[0]) not in TOLD_TO_STOP:
        pass
    main = threading.main_thread().ident
    assert main is not None, "it runs"
    while not stopping.wait(0.05):
        signal.pthread_kill(main, number)


def port_is_free(host: str, port: int) -> bool:
    """Whether nobody listens there, waiting a little for a predecessor that is still ending."""
    deadline = time.monotonic() + PORT_WAIT_SECONDS
    while not _can_bind(host, port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _can_bind(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
