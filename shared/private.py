"""Files that are for their owner alone: keys, tokens, databases. What is there already keeps the mode it was given."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def private_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, for its owner alone."""
    for missing in reversed([folder for folder in (path, *path.parents) if not folder.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)


def private_file(path: Path) -> None:
    """Have an empty file ready for whoever writes it by name, such as a database; one that is there is left alone."""
    private_folder(path.parent)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def write_once(path: Path, content: bytes) -> bool:
    """Write a file unless it exists, whole or not at all; says whether it did."""
    if path.exists():
        return False
    with _draft(path, content, 0o600) as draft:
        try:
            os.link(draft, path)
        except FileExistsError:
            return False
    return True


def replace_file(path: Path, content: bytes, mode: int) -> None:
    """Put other content in a file's place, whole or not at all."""
    with _draft(path, content, mode) as draft:
        draft.rename(path)


@contextmanager
def _draft(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    """A file beside the one that is wanted, written to the disk; gone afterwards."""
    private_folder(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)
        yield draft
    finally:
        draft.unlink(missing_ok=True)
