"""What the journal asks of a store, whatever the database: rows out, groups in, one lock."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

SCHEMA_VERSION = "2"

Link = Callable[[int, int], str]
"""What binds a checkpoint to the one before it, by their sizes (0: there is none before): see journal/sealing.py."""


class StoreUnavailable(Exception):
    """The database did not take or give data: locked, full, read-only or broken."""


class StoreDamaged(StoreUnavailable):
    """The database says itself that its file is damaged."""


class StoreFull(StoreUnavailable):
    """The disk of the database is full."""


class OutcomeUnknown(StoreUnavailable):
    """The database was lost, or its disk failed, while it committed a group, and cannot be asked whether it did."""


class StoreRefused(Exception):
    """The database is not this ledger's: another origin, another schema version, or damaged."""

    exit_code = 1


class EntryRow(NamedTuple):
    """One entry as stored: its place, what it is found by, and its canonical bytes."""

    position: int
    stream: str
    version: int
    type: str
    year: int | None
    body: bytes


class KeyRow(NamedTuple):
    """What an idempotency key stands for: `digest` of the content, and what the receipt repeats."""

    position: int
    digest: bytes
    caused: int = 0
    warnings: str | None = None


class CheckpointRow(NamedTuple):
    """One signed checkpoint, kept for ever: `note` is the whole signed note, `link` binds it to the one before."""

    size: int
    note: str
    link: str = ""


class CosignatureRow(NamedTuple):
    """What a witness, named by its public key (vkey), said of the checkpoint of a size: a signature line of it."""

    size: int
    witness: str
    line: str


class StreamRow(NamedTuple):
    """A stream's name and its last version."""

    stream: str
    version: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries to page through; None means any."""

    stream: str | None = None
    type: str | None = None
    year: int | None = None


HashRow = tuple[int, int, bytes]
"""(tile level, index within that level, hash): one stored hash of the tree."""


@dataclass(slots=True)
class GroupRows:
    """Everything one group adds, stored together or not at all."""

    entries: list[EntryRow] = field(default_factory=list)
    keys: dict[bytes, KeyRow] = field(default_factory=dict)
    hashes: list[HashRow] = field(default_factory=list)
    checkpoint: CheckpointRow | None = None
    cosignatures: list[CosignatureRow] = field(default_factory=list)


class Reader(Protocol):
    """What can be read within one transaction: everything as of one moment. Any method may raise StoreUnavailable."""

    def origin(self) -> str:
        """The log that this journal is of; StoreRefused when its tables are of another version."""

    def damage(self) -> str | None:
        """What the database finds wrong with its own tables and indices; reads all of it."""

    def head(self) -> int:
        """The last position; 0 in an empty journal."""

    def bodies(self, after: int) -> Iterator[tuple[int, bytes]]:
        """(position, canonical bytes) of every entry after a position, in order, streamed."""

    def rows(self, after: int) -> Iterator[EntryRow]:
        """Every entry after a position with the columns it is found by, streamed."""

    def entries_at(self, positions: Sequence[int]) -> dict[int, bytes]:
        """The canonical bytes at these positions, those that exist."""

    def page(self, after: int, limit: int, wanted: Filter) -> list[tuple[int, bytes]]:
        """Up to `limit` (position, bytes) after a position, oldest first."""

    def streams(self, after: str, limit: int) -> list[StreamRow]:
        """Up to `limit` streams by name, after a name."""

    def keys(self, keys: Sequence[bytes]) -> dict[bytes, KeyRow]:
        """The idempotency keys among these that are taken."""

    def key_rows(self) -> Iterator[tuple[bytes, KeyRow]]:
        """Every idempotency key in order of position, streamed."""

    def hashes(self, level: int, start: int, count: int) -> list[bytes]:
        """Stored hashes of a tile level from an index, fewer at the end."""

    def hash_levels(self) -> dict[int, int]:
        """How many hashes each tile level holds."""

    def newest_checkpoint(self) -> CheckpointRow | None:
        """The signed checkpoint of the largest size."""

    def checkpoint_covering(self, size: int) -> CheckpointRow | None:
        """The smallest signed checkpoint of at least this many entries."""

    def checkpoints(self, after: int) -> Iterator[CheckpointRow]:
        """Every signed checkpoint of more than `after` entries, smallest first, streamed."""

    def cosignatures(self, size: int) -> list[CosignatureRow]:
        """What witnesses said of the checkpoint of a size, by their keys."""

    def cosigned_sizes(self, limit: int) -> list[int]:
        """Sizes of checkpoints that any witness cosigned, the largest first."""

    def cosignature_rows(self) -> Iterator[CosignatureRow]:
        """Every kept cosignature, smallest size first, streamed."""


class Group(Reader, Protocol):
    """One write transaction: the store's write lock is held until it ends."""

    def append(self, rows: GroupRows) -> None:
        """Add a group's rows; the transaction's end stores them. A cosignature that is there already stays."""

    def touch(self) -> None:
        """Write and leave nothing, to see whether the store still takes anything."""


class JournalRecorder(Protocol):
    """A store of the journal. Every method may raise StoreUnavailable."""

    def prepare(self, origin: str, link: Link | None = None) -> None:
        """Create the tables or bring older ones to this version; StoreRefused when the origin differs.

        `link` is needed once, for checkpoints of a store that did not bind each to the one before it yet.
        """

    def group(self) -> AbstractContextManager[Group]:
        """Begin a write transaction, the lock taken first; commits at the end, or rolls all back."""

    def reading(self) -> AbstractContextManager[Reader]:
        """Begin a read transaction."""

    def close(self) -> None:
        """Let go of every connection."""
