"""Loaded by a service's processes: SQLite's own calls to write and to sync files fail while FAULTS_FOLDER/disk says so.

Its first word is what fails ("write", "full" or "sync"), its second what the path of the file contains. The error is
what SQLite makes of EIO and ENOSPC, given in the place where its own function for the machine would give it.
"""

import _sqlite3
import ctypes
import os
from collections.abc import Callable
from pathlib import Path

FILE = Path(os.environ["FAULTS_FOLDER"]) / "disk"
CODES = {"write": 10 | 3 << 8, "sync": 10 | 4 << 8, "full": 13}
"""SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC, SQLITE_FULL."""
OPEN, WRITE, SYNC = 5, 3, 5
"""The places of the functions: in SQLite's table of the system, and in the table of methods of each open file."""
METHODS = 19

Words = ctypes.POINTER(ctypes.c_void_p)
Open = ctypes.CFUNCTYPE(ctypes.c_int, Words, ctypes.c_void_p, Words, ctypes.c_int, ctypes.c_void_p)
Write = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64)
Sync = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)

methods_of: dict[int, "ctypes.Array[ctypes.c_void_p]"] = {}
names: dict[int, bytes] = {}
kept: list[object] = []
"""What SQLite calls must never be collected."""


def watching(said: Path, of: dict[int, bytes]) -> Callable[[tuple[str, ...], int], str]:
    """What says which of some kinds of fault strikes a file now; none is ""."""

    def strikes(what: tuple[str, ...], file: int) -> str:
        try:
            kind, name = said.read_text().split()
        except Exception:  # there is no file, or this process is ending
            return ""
        return kind if kind in what and name.encode() in of.get(file, b"") else ""

    return strikes


def failing(address: int, strikes: Callable[[tuple[str, ...], int], str]) -> "ctypes.Array[ctypes.c_void_p]":
    """A copy of the methods at an address, which fail when they are told to."""
    kind = ctypes.c_void_p * METHODS
    methods = kind.from_buffer_copy(kind.from_address(address))
    write, sync, codes = Write(methods[WRITE]), Sync(methods[SYNC]), dict(CODES)

    def new_write(file: int, *given: object) -> int:
        struck = strikes(("write", "full"), file)
        return codes[struck] if struck else write(file, *given)  # type: ignore[no-any-return]

    def new_sync(file: int, flags: int) -> int:
        return codes["sync"] if strikes(("sync",), file) else sync(file, flags)  # type: ignore[no-any-return]

    for place, function in ((WRITE, Write(new_write)), (SYNC, Sync(new_sync))):
        methods[place] = ctypes.cast(function, ctypes.c_void_p).value
        kept.append(function)
    kept.extend((write, sync))
    return methods


def opened(vfs: object, name: int | None, file: "ctypes._Pointer[ctypes.c_void_p]", flags: int, out: object) -> int:
    """SQLite opens a file: what it then calls to write to it is ours."""
    answer = int(genuine(vfs, name, file, flags, out))
    methods = file[0]
    if answer == 0 and methods is not None and name is not None:
        address = ctypes.cast(file, ctypes.c_void_p).value or 0
        names[address] = ctypes.string_at(name)
        if methods not in methods_of:
            methods_of[methods] = failing(methods, watching(FILE, names))
        file[0] = ctypes.addressof(methods_of[methods])
    return answer


library = ctypes.CDLL(getattr(_sqlite3, "__file__", None))
library.sqlite3_vfs_find.restype = Words
system = library.sqlite3_vfs_find(None)
genuine = Open(system[OPEN])
replaced = Open(opened)
system[OPEN] = ctypes.cast(replaced, ctypes.c_void_p).value
