"""The file to import, JSON Lines or CSV: read twice from its beginning, one record in memory at a time."""

import codecs
import csv
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO

from shared.contract.problems import Malformed

FORMATS = {"jsonl": (".jsonl", ".ndjson", ".json"), "csv": (".csv",)}
"""The endings by which a format is recognised."""
LINE_BYTES_MAX = 1 << 20

Content = bytes | dict[str, object] | Malformed
"""A line of JSON, the cells of a CSV row by column, or why it cannot be read."""


@dataclass(frozen=True, slots=True)
class Source:
    """An open file that can be read again."""

    file: BinaryIO
    format: str
    size: int

    def records(self) -> Iterator[tuple[int, Content]]:
        """Every record from the beginning, with the number of its first line; blank ones are passed over."""
        self.file.seek(0)
        return _csv(self.file) if self.format == "csv" else _json_lines(self.file)

    def read(self) -> int:
        """How many bytes have been read."""
        return self.file.tell()


@contextmanager
def open_source(name: str, format: str | None, stdin: IO[bytes]) -> Iterator[Source]:
    """Open a file by name, `-` for standard input; what cannot be read twice is copied to a temporary file first.

    OSError when it cannot be opened, ValueError when its format cannot be told.
    """
    known = format or format_of(name)
    with stdin if name == "-" else Path(name).open("rb") as given, TemporaryFile() as spool:
        file: IO[bytes] = given
        if name == "-" or not given.seekable():
            shutil.copyfileobj(given, spool)
            file = spool
        yield Source(file, known, file.seek(0, 2))  # type: ignore[arg-type]


def format_of(name: str) -> str:
    """The format that a name tells; ValueError when it tells none."""
    if name == "-":
        return "jsonl"
    for format, endings in FORMATS.items():
        if name.lower().endswith(endings):
            return format
    raise ValueError("Its name does not tell its format: give --format jsonl or --format csv")


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Its lines; Malformed for one that is too long, after which nothing more is read."""
    while line := file.readline(LINE_BYTES_MAX + 1):
        if len(line) > LINE_BYTES_MAX:
            raise _malformed(f"is longer than {LINE_BYTES_MAX} bytes; nothing after it was read")
        yield line


def _malformed(detail: str, pointer: str = "#") -> Malformed:
    return Malformed([{"pointer": pointer, "detail": detail}])


def _json_lines(file: BinaryIO) -> Iterator[tuple[int, Content]]:
    number = 0
    try:
        for number, line in enumerate(_lines(file), 1):
            if text := line.strip():
                yield number, text
    except Malformed as malformed:
        yield number + 1, malformed


def _csv(file: BinaryIO) -> Iterator[tuple[int, Content]]:
    texts = (line.decode("utf-8", "surrogateescape") for line in _lines(_without_mark(file)))
    rows = csv.reader(texts, strict=True)
    number = 1
    try:
        columns = next(rows, [])
        if twice := [name for name, count in Counter(columns).items() if count > 1]:
            raise _malformed(f"has a column twice: {', '.join(sorted(twice))}")
        yield 1, dict.fromkeys(columns)
        number = rows.line_num + 1
        for row in rows:
            if any(row):
                yield number, _cells(columns, row)
            number = rows.line_num + 1
    except Malformed as malformed:
        yield number, malformed
    except csv.Error as error:
        yield number, _malformed(f"is not CSV: {error}; nothing after it was read")


def _without_mark(file: BinaryIO) -> BinaryIO:
    """The file behind the mark with which spreadsheets begin UTF-8."""
    if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
        file.seek(0)
    return file


def _cells(columns: list[str], row: list[str]) -> Content:
    if len(row) > len(columns):
        return _malformed(f"has {len(row)} cells for {len(columns)} columns")
    try:
        "".join(row).encode()
    except UnicodeEncodeError:
        return _malformed("is not UTF-8")
    return {column: cell for column, cell in zip(columns, row, strict=False) if cell}
