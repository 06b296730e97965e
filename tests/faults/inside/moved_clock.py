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
    """Move the clock whenever the file says something else."""
    told = FILE.with_name(f"clock.{os.getpid()}")
    told.write_text(said)
    look = threading.Event()
    while not look.wait(LOOK_SECONDS):
        with suppress(OSError):
            wanted = FILE.read_text()
            if wanted != said:
                traveller.move_to(moved_to(wanted))
                said = wanted
                told.write_text(said)


first = FILE.read_text()
travelling = time_machine.travel(moved_to(first)).start()
threading.Thread(target=follow, args=[travelling, first], name="clock", daemon=True).start()
