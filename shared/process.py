"""A service's processes: none outlives the one that started it, and start-up's memory is not searched for garbage."""

import ctypes
import gc
import os
import secrets
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from threading import get_native_id, local
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_PR_SET_PDEATHSIG = 1
COLLECT_AFTER = (10_000, 50, 100)
"""New objects before the collector looks for cycles among them, and how many looks before it looks further back."""
TUNABLE = "glibc.malloc.tcache_count"
TUNABLES = f"{TUNABLE}=0"
"""Each thread keeps what it freed for itself, up to a fifth of a megabyte; with hundreds of threads memory grows so for
hours. Without, it stays level and nothing is slower, since Python's small objects do not come from there (glibc)."""
SERVER_TUNABLES = {"_RJEM_MALLOC_CONF": "tcache:false"}
"""The same of the HTTP server, which brings an allocator of its own (jemalloc)."""
SWITCH_SECONDS = 0.1
"""So often each thread that waits for the interpreter wakes to ask for it. With Python's own 5 ms, hundreds that wait
leave hardly any time for work."""


def die_with_parent(parent: int) -> None:
    """Be killed as soon as the parent process ends, however it ends (Linux); exits now if it is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(3)


def start_anew_with_level_memory() -> None:
    """Begin this program again, as the same process, with TUNABLES, which are heeded only at a start (Linux).

    What else an operator set in GLIBC_TUNABLES stays, and so does a tcache_count of their own. SERVER_TUNABLES that are
    not set are heeded when the HTTP server is imported.
    """
    for name, value in SERVER_TUNABLES.items():
        os.environ.setdefault(name, value)
    given = os.environ.get("GLIBC_TUNABLES", "")
    if sys.platform == "linux" and TUNABLE not in given:
        os.environ["GLIBC_TUNABLES"] = f"{given}:{TUNABLES}" if given else TUNABLES
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - itself


def cores() -> int:
    """How many this process may use."""
    return len(allowed_cores()) or os.cpu_count() or 1


def allowed_cores() -> set[int]:
    """Those that this process may use; none where the system does not say."""
    with suppress(AttributeError, OSError):
        return os.sched_getaffinity(0)
    return set()


def allow_cores(task: int, allowed: set[int]) -> None:
    """Let another process, or a thread, use these alone; nothing changes where the system forbids it (seccomp)."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.sched_setaffinity(task, allowed)


def share_one_core(application: WSGIApplication) -> WSGIApplication:
    """Have every thread that runs Python, but this one, run on one core of several (Linux): those there are, those that
    answer. They ask for their turn every SWITCH_SECONDS.

    One interpreter lock lets one of them run at a time. To wake the next one on another core costs more than what it
    then does. Which core is left to chance, so that several services seldom meet on one. This thread begins those of
    the HTTP server, which read and write on any. With one core nothing is done: what computes for long, as the checks
    of a large batch, is done by these threads then, and the others' turns must come soon.
    """
    allowed, here = sorted(allowed_cores()), local()
    if len(allowed) < 2:
        return application
    sys.setswitchinterval(SWITCH_SECONDS)
    core = {secrets.choice(allowed)}
    with suppress(OSError):
        for thread in map(int, os.listdir("/proc/self/task")):
            if thread != get_native_id():
                allow_cores(thread, core)

    def on_one_core(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not hasattr(here, "settled"):
            allow_cores(0, core)
            here.settled = True
        return application(environ, start_response)

    return on_one_core


def spare_the_collector() -> None:
    """What start-up built stays: looking through it again for cycles would take a third of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    gc.enable()
