"""Loaded by a service's processes: their clock is so many seconds off the machine's as FAULTS_FOLDER/clock says.

The file is looked at again and again; beside it stands, under each process's number, how far its clock was moved.
"""

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import time_machine

FILE = Path(os.environ["FAULTS_FOLDER"]) / "clock"
LOOK_SECONDS = 0.02


def moved_to(said: str) -> float:
    """The present instant of a clock moved so, as seconds since the epoch."""
    real = time_machine.escape_hatch.time if time_machine.escape_hatch.is_travelling() else time
    return float(real.time()) + float(said)


def follow(traveller: time_machine.Traveller, said: str) -> None:
    """Move the clock whenever the file says something else than it said."""
    told = FILE.with_name(f"clock.{os.getpid()}")
    look = threading.Event()
    while not look.wait(LOOK_SECONDS):
        with suppress(OSError):
            wanted = FILE.read_text()
            if wanted != said:
                traveller.move_to(moved_to(wanted))
                traveller.time_ns()  # from here on it ticks
                said = wanted
                told.write_text(said)


def begin() -> None:
    """Have this process's clock follow the file; also in a process that was forked, to which no thread came along."""
    threading.Thread(target=follow, args=[travelling, "of another process"], name="clock", daemon=True).start()


travelling = time_machine.travel(moved_to(FILE.read_text())).start()
os.register_at_fork(after_in_child=begin)
begin()
