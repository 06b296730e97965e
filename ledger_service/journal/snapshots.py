"""The model kept in a file beside the journal, signed, so that a start need not fold the whole log again.

A snapshot is a help and never an authority: it is used only when this log's key signed it, this very program wrote
it, and the stored log has at its position the root that it names. Anything else is ignored, and everything folded.
"""

import hashlib
import os
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import structlog

from ledger_service.journal.kept import Kept
from ledger_service.journal.recorders.interface import Reader
from shared.log_format.merkle import Frontier, TileNodes, perfect_subtrees
from shared.log_format.notes import SigningKey, Verifier, decode_base64, open_note, sign_note
from shared.private import private_file
from shared.rules.model import Model
from shared.rules.snapshot import Tables, copied, packed, program, unpacked

log = structlog.get_logger("journal")
ENTRIES_BETWEEN = 20_000
SHARE_BETWEEN = 10
"""A new snapshot is due after 20,000 entries, or a tenth of all where that is more."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The model after `position` entries whose tree has this root."""

    position: int
    root: bytes
    model: Model


class NoSnapshots:
    """Keeps none: every start folds the whole log."""

    def fitting(self, reader: Reader) -> Snapshot | None:  # noqa: ARG002 - of no log
        """None."""
        return None

    def offer(self, kept: Kept) -> None:
        """Keeps nothing."""

    def wait(self) -> None:
        """Nothing is being written."""


class Snapshots(NoSnapshots):
    """One file; written in a thread of its own while the writer goes on."""

    def __init__(self, path: Path, key: SigningKey) -> None:
        self._path = path
        self._key = key
        self._last = 0
        self._writing: Thread | None = None

    def fitting(self, reader: Reader) -> Snapshot | None:
        """The kept snapshot if it is of the log that is stored; None, and a line in the log, otherwise."""
        try:
            found = read_snapshot(self._path, self._key.verifier)
            if found.root != _root_at(reader, found.position):
                raise ValueError("the log has another past")
        except FileNotFoundError:
            return None
        except (OSError, ValueError, LookupError) as error:
            log.warning("the snapshot is not used", cause=str(error), path=str(self._path))
            return None
        self._last = found.position
        return found

    def offer(self, kept: Kept) -> None:
        """Keep the model as it stands, if it is time to; what it rests on is committed."""
        due = self._last + max(ENTRIES_BETWEEN, self._last // SHARE_BETWEEN)
        if kept.position < due or (self._writing is not None and self._writing.is_alive()):
            return
        self._last = kept.position
        arguments = (kept.position, kept.tiles.root(), copied(kept.model))
        self._writing = Thread(target=self._write, args=arguments, name="journal-snapshot", daemon=True)
        self._writing.start()

    def wait(self) -> None:
        """Until what is being written is there."""
        if self._writing is not None:
            self._writing.join()

    def _write(self, position: int, root: bytes, tables: Tables) -> None:
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            body = b"".join(len(frame).to_bytes(4, "big") + frame for frame in packed(tables))
            note = sign_note(_said(self._key.name, position, root, body), self._key).encode()
            private_file(fresh)
            with fresh.open("wb") as file:
                file.write(len(note).to_bytes(4, "big") + note + body)
                file.flush()
                os.fsync(file.fileno())
            fresh.rename(self._path)
        except OSError as error:
            with suppress(OSError):
                fresh.unlink()
            log.warning("the snapshot was not kept", cause=str(error), path=str(self._path))


def read_snapshot(path: Path, verifier: Verifier) -> Snapshot:
    """The snapshot in a file; ValueError when this log's key did not sign it or it is another program's, OSError."""
    held = path.read_bytes()
    end = 4 + int.from_bytes(held[:4], "big")
    said = open_note(held[4:end].decode(), [verifier])
    body = held[end:]
    _, position, root, *_ = said.split("\n")
    decoded = decode_base64(root)
    if said != _said(verifier.name, int(position), decoded, body):
        raise ValueError("it is another program's, or damaged")
    model = unpacked(_frames(body))
    if model.position != int(position):
        raise ValueError(f"it holds the model at {model.position}, not at {position}")
    return Snapshot(model.position, decoded, model)


def _said(origin: str, position: int, root: bytes, body: bytes) -> str:
    """What is signed. Its first line is no log's origin, so that it can never pass for a checkpoint."""
    digest = hashlib.sha256(body).hexdigest()
    return f"{origin} snapshot\n{position}\n{b64encode(root).decode()}\n{program()}\n{digest}\n"


def _root_at(reader: Reader, size: int) -> bytes:
    """The root over the first `size` entries, from the hashes stored; IndexError when there are not as many."""
    node = TileNodes(reader.hashes, size)
    return Frontier(size, [node(level, index) for level, index in perfect_subtrees(0, size)]).root()


def _frames(body: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(body):
        end = at + 4 + int.from_bytes(body[at : at + 4], "big")
        yield body[at + 4 : end]
        at = end
