"""Small disks: file systems in memory, mounted where this machine lets us, that fill up and can be made read-only."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

BALLAST = "ballast"
PIECE = 1 << 16


class SmallDisk:
    """A mounted file system of so many bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def room(self) -> int:
        """Free bytes."""
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize

    def fill(self, left: int = 0) -> None:
        """Put a file there that leaves so many bytes."""
        with (self.folder / BALLAST).open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while (size := min(PIECE, self.room - left)) > 0:
                file.write(bytes(size))

    def make_room(self) -> None:
        """Take that file away."""
        (self.folder / BALLAST).unlink(missing_ok=True)

    def remount(self, how: str) -> None:
        """Make it read-only ("ro") or not ("rw"); nobody may have a file open for writing."""
        subprocess.run(["mount", "-o", f"remount,{how}", str(self.folder)], check=True)


class UnmountedDisk(SmallDisk):
    """A folder like any other, which its owner may not write to for a while; root always may."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder)

    def remount(self, how: str) -> None:
        """Take away the right to write ("ro"), or give it back ("rw")."""
        writable = how == "rw"
        for file in self.folder.iterdir():
            file.chmod(0o600 if writable else 0o400)
        self.folder.chmod(0o700 if writable else 0o500)


@contextmanager
def small_disk(folder: Path, size: int, owner: str = "") -> Iterator[SmallDisk]:
    """A file system of `size` bytes mounted at a folder, which is made, for a user of this machine."""
    folder.mkdir(parents=True, exist_ok=True)
    options = f"size={size},mode=0700" + (f",uid={owner}" if owner else "")
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True, capture_output=True)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@cache
def can_mount() -> bool:
    """Whether this machine lets us mount one."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with small_disk(Path(folder) / "tried", 1 << 16):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False
