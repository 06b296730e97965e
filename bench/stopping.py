"""A runner that somebody asks to stop: raised where it waits, and remembered."""

import signal
from types import FrameType
from typing import NoReturn


class Asked(BaseException):
    """Somebody asked this runner to stop: Ctrl-C, SIGTERM or a closed terminal."""


class Stop:
    """Remembers that somebody asked, should the exception be lost in a destructor."""

    asked = False


def stop_on_signals() -> Stop:
    """Raise Asked on a signal, and remember it."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    stop = Stop()

    def asked(_number: int, _frame: FrameType | None) -> NoReturn:
        for one in signals:
            signal.signal(one, signal.SIG_IGN)
        stop.asked = True
        raise Asked

    for one in signals:
        signal.signal(one, asked)
    return stop
