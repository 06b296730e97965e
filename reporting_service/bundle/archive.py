"""The one zip that some contents make: stored files one after another, without dates, comments, fields or gaps.

Nothing is compressed, because a compressed stream has more than one spelling: every byte here follows from the names
and contents, so that a changed byte is found by writing the archive again.
"""

import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO
from zlib import crc32

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
VERSION, FLAGS, STORED = 20, 0, 0
MIDNIGHT, FIRST_DAY = 0, 0x21
"""1 January 1980, the first day that a zip knows."""
FILES_MAX, BYTES_MAX = 0xFFFE, 0xFFFF_FFFE
NAME_BYTES_MAX = 64


class BadArchive(ValueError):
    """Bytes that are not the archive which their contents make, or contents that fit none."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its name, where its header begins, its size and check sum."""

    name: str
    at: int
    size: int
    crc: int

    @property
    def content_at(self) -> int:
        """Where its content begins."""
        return self.at + _LOCAL.size + len(self.name)

    def local(self) -> bytes:
        """The header in front of the content."""
        fixed = (LOCAL, VERSION, FLAGS, STORED, MIDNIGHT, FIRST_DAY, self.crc, self.size, self.size)
        return _LOCAL.pack(*fixed, len(self.name), 0) + self.name.encode("ascii")

    def central(self) -> bytes:
        """Its line of the table at the end."""
        times = (VERSION, VERSION, FLAGS, STORED, MIDNIGHT, FIRST_DAY)
        sizes = (self.crc, self.size, self.size, len(self.name), 0, 0, 0, 0, 0, self.at)
        return _CENTRAL.pack(CENTRAL, *times, *sizes) + self.name.encode("ascii")


def write_archive(file: BinaryIO, contents: Iterable[tuple[str, bytes]]) -> list[Member]:
    """Write name after name with its content; BadArchive when it grows past what a plain zip holds."""
    members, at = list[Member](), 0
    for name, content in contents:
        member = Member(name, at, len(content), crc32(content))
        header = member.local()
        at += len(header) + len(content)
        if len(members) >= FILES_MAX or at > BYTES_MAX:
            raise BadArchive(f"a bundle has at most {FILES_MAX} files and {BYTES_MAX} bytes")
        file.write(header)
        file.write(content)
        members.append(member)
    file.writelines(_tail(members, at))
    return members


def _tail(members: list[Member], at: int) -> Iterator[bytes]:
    """The table of all files and the last record."""
    size = 0
    for member in members:
        line = member.central()
        size += len(line)
        yield line
    if at + size > BYTES_MAX:
        raise BadArchive(f"a bundle has at most {BYTES_MAX} bytes")
    yield _END.pack(END, 0, 0, len(members), len(members), size, at, 0)


class Archive:
    """An archive to be read with suspicion: `check_frame` compares every byte that is not content."""

    def __init__(self, file: BinaryIO) -> None:
        """Walk the headers; BadArchive where no file begins that could stand there."""
        self._file = file
        self._size = file.seek(0, os.SEEK_END)
        self.members: dict[str, Member] = {}
        self._tail_at = self._walk()

    def _walk(self) -> int:
        at = 0
        while (header := self._bytes(at, _LOCAL.size))[:4] == LOCAL:
            member = self._member(header, at)
            if member.name in self.members:
                raise BadArchive(f"{member.name} is in the zip twice, again at byte {at}")
            self.members[member.name] = member
            at = member.content_at + member.size
            if at > self._size:
                raise BadArchive(f"{member.name} ends beyond the end of the zip: it was cut or its size changed")
            if len(self.members) > FILES_MAX:
                raise BadArchive(f"the zip holds more than {FILES_MAX} files")
        if header[:4] != CENTRAL:
            before = f"behind {next(reversed(self.members))}" if self.members else "at its beginning"
            raise BadArchive(f"the zip has neither a file nor its table {before}, at byte {at}")
        return at

    def _member(self, header: bytes, at: int) -> Member:
        if len(header) < _LOCAL.size:
            raise BadArchive(f"the zip ends within a header, at byte {at}")
        _, *fixed, crc, packed, size, name_length, extra_length = _LOCAL.unpack(header)
        if fixed != [VERSION, FLAGS, STORED, MIDNIGHT, FIRST_DAY] or packed != size or extra_length:
            raise BadArchive(f"the zip has a file that is compressed, dated or has extra fields, at byte {at}")
        name = self._bytes(at + _LOCAL.size, min(name_length, NAME_BYTES_MAX))
        if name_length != len(name) or not name.isascii() or not name.decode("ascii").isprintable() or not name:
            raise BadArchive(f"the zip names a file that no bundle holds, at byte {at}")
        return Member(name.decode("ascii"), at, size, crc)

    def read(self, name: str) -> bytes:
        """A file's content, its check sum not yet compared."""
        member = self.members[name]
        return self._bytes(member.content_at, member.size)

    def check_frame(self) -> None:
        """BadArchive unless every header, the table and the end are those that the contents make."""
        members = []
        for member in self.members.values():
            expected = Member(member.name, member.at, member.size, crc32(self.read(member.name)))
            self._check(member.at, expected.local(), f"the header of {member.name}")
            members.append(expected)
        at = self._tail_at
        for number, chunk in enumerate(_tail(members, at)):
            what = f"the table's line of {members[number].name}" if number < len(members) else "the end of the table"
            self._check(at, chunk, what)
            at += len(chunk)
        if at != self._size:
            raise BadArchive(f"{self._size - at} bytes stand behind the end of the zip, from byte {at}")

    def _check(self, at: int, expected: bytes, what: str) -> None:
        found = self._bytes(at, len(expected))
        if found != expected:
            pairs = zip(found, expected, strict=False)
            first = next((place for place, (one, other) in enumerate(pairs) if one != other), len(found))
            raise BadArchive(f"{what} is not the one that the content makes, at byte {at + first}")

    def _bytes(self, at: int, count: int) -> bytes:
        self._file.seek(at)
        return self._file.read(count)
