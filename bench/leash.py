"""A leash on processes: what we start ends when we end, however we end."""

import argparse
import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with(parent: int) -> None:
    """Have the kernel kill this process when process `parent` ends, also if it has ended already (Linux)."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def leashed(parent: int) -> Callable[[], None]:
    """What a new child runs before its program so that it dies with `parent`. Start children from a thread
    that outlives them: the kernel takes the end of that thread for the end of the parent."""
    return lambda: die_with(parent)


def leash_option() -> None:
    """Read `--parent PID` and die when that process dies: for programs that make starts."""
    options = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    options.add_argument("--parent", type=int, help="end when this process ends")
    parent = options.parse_args().parent
    if parent is not None:
        die_with(parent)
