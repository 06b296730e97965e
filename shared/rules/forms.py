"""The form of every posted event of a log, checked apart from its decisions, which are taken again meanwhile.

Form and decision ask nothing of each other, and together they take longer than anything else in an audit: two cores do
it in little more than half the time. Where it is not worth a process, the form is checked where the decisions are.
"""

import subprocess
import sys
from collections.abc import Iterator
from typing import BinaryIO

import orjson

from shared.contract.envelope import check_event
from shared.contract.events import EVENT_TYPES
from shared.contract.problems import Malformed
from shared.process import cores
from shared.rules.case import Entry
from shared.rules.collecting import seldom_collecting

POSTED = ("specversion", "id", "source", "type", "time", "subject", "datacontenttype", "data")
ENTRIES_MIN = 10_000
"""Shorter logs are checked sooner than a process is started."""
TOGETHER = 256
"""So many entries are handed over at once."""
PIPE = 1 << 20
"""Room for many groups, in bytes: who takes the decisions should not wait for who checks the form."""
LENGTH = 4


class Mismatch(Exception):
    """The first thing that does not hold: at which position, and why."""

    def __init__(self, position: int, cause: str) -> None:
        super().__init__(f"Position {position}: {cause}.")
        self.position = position
        self.cause = cause


def posted_event(entry: Entry) -> Entry:
    """The event of an entry as it was posted."""
    return {name: entry[name] for name in POSTED if name in entry}


def check_form(event: Entry, role: str, position: int) -> None:
    """Mismatch unless the schemas accept the event as it stands, and its type may be posted by that role."""
    try:
        if check_event(event) != event:
            raise Mismatch(position, "the event is not in the form it is recorded in")
    except Malformed as error:
        raise Mismatch(position, f"the event is malformed ({error.detail})") from error
    if type(role) is not str or role not in EVENT_TYPES[event["type"]].roles:
        raise Mismatch(position, f"the role {role} may not post {event['type']}")


class Forms:
    """Who checks the form of the entries whose decisions are taken again: nobody else, unless `apart`."""

    def __init__(self, *, apart: bool = False) -> None:
        self.apart = apart

    def add(self, body: bytes) -> None:
        """The next entry; Mismatch where an earlier one has not its form."""

    def settle(self) -> None:
        """Mismatch names the first of what was added that has not its form, where that is known here."""

    def close(self) -> None:
        """Given up before its end."""


def forms_of(origin: str, entries: int) -> Forms:
    """The forms of so many entries: in a process of their own where that is worth it."""
    worth_it = entries >= ENTRIES_MIN and cores() > 1
    return FormsApart(origin) if worth_it else Forms()


class FormsApart(Forms):
    """Hands the entries over to another process; `settle` says whether the posted ones among them have their form."""

    def __init__(self, origin: str) -> None:
        super().__init__(apart=True)
        self._given = 0
        self._later: list[bytes] = []
        program = (sys.executable, "-P", "-m", "shared.rules.forms", origin)
        process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pipesize=PIPE)
        self._process: subprocess.Popen[bytes] | None = process

    def add(self, body: bytes) -> None:
        """The next entry; Mismatch where an earlier one has not its form."""
        self._given += 1
        self._later.append(body)
        if len(self._later) == TOGETHER:
            self._hand_over()

    def settle(self) -> None:
        """Wait until all that was added is checked; Mismatch names the first that has not its form.

        OSError is no verdict: the process failed.
        """
        if self._process is None:
            return
        self._hand_over()
        process, self._process = self._process, None
        said, _ = process.communicate()
        checked, cause = _answer(said) if process.returncode == 0 else (-1, None)
        if cause is not None:
            raise Mismatch(checked, cause)
        if checked != self._given:
            raise OSError(f"the process that checks the form of events ended with {process.returncode}")

    def close(self) -> None:
        """End the process, if it still runs."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _hand_over(self) -> None:
        later, self._later = self._later, []
        if self._process is None or not later:
            return
        assert self._process.stdin is not None, "it was asked for a pipe"
        try:
            self._process.stdin.write(b"".join(len(body).to_bytes(LENGTH, "big") + body for body in later))
            self._process.stdin.flush()
        except BrokenPipeError:
            self.settle()  # it has found something


def _answer(said: bytes) -> tuple[int, str | None]:
    """What `main` wrote; (-1, None) if this is anything else."""
    try:
        checked, cause = orjson.loads(said)
    except (ValueError, TypeError):
        return -1, None
    return (checked, cause) if type(checked) is int else (-1, None)


def checked_entry(body: bytes, position: int, origin: str) -> Entry:
    """The entry; Mismatch unless what was posted of it has its form, or when anything goes wrong with it."""
    try:
        entry: Entry = orjson.loads(body)
        if entry["source"] != origin:
            check_form(posted_event(entry), entry["recorded_role"], position)
    except Mismatch:
        raise
    except Exception as error:  # whatever it is, this entry was not found good
        raise Mismatch(position, f"its form cannot be checked ({type(error).__name__}: {error})") from error
    return entry


def checked_apart(bodies: Iterator[bytes], origin: str) -> tuple[int, str | None]:
    """How many entries were checked, and why the last of them has not its form; None when all have it."""
    position = 0
    try:
        for position, body in enumerate(bodies, 1):
            checked_entry(body, position, origin)
    except Mismatch as found:
        return position, found.cause
    return position, None


def _bodies(pipe: BinaryIO) -> Iterator[bytes]:
    while length := pipe.read(LENGTH):
        yield pipe.read(int.from_bytes(length, "big"))


def main() -> None:
    """Checks the entries on standard input; what `checked_apart` gives goes to standard output."""
    with seldom_collecting():
        checked = checked_apart(_bodies(sys.stdin.buffer), sys.argv[1])
    sys.stdout.buffer.write(orjson.dumps(checked))


if __name__ == "__main__":
    main()
