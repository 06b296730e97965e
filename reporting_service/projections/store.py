"""The store: projections and bookmark in one database, moved on together, a page at a time."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Column, Connection, Engine, Integer, LargeBinary, Table, Text, delete, insert, select
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, ProgrammingError

from reporting_service.follower.sink import Bookmark, OutOfOrder, SinkUnavailable
from reporting_service.projections import cosigned, log_copy, schema
from reporting_service.projections.fold import Fold
from reporting_service.projections.tables import DERIVED, VERIFIED, new_rows, write
from reporting_service.projections.view import Recollection, View
from shared.postings import Entry

bookmark_table = Table(
    "bookmark",
    VERIFIED,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("checkpoint_note", Text, nullable=False),
    Column("verified_at", Text, nullable=False),
    Column("generation", Integer, nullable=False),
)


NO_ANSWER = (OperationalError, InterfaceError, InternalError, ProgrammingError)
"""What the databases call it when they are not there, or not as we left them."""


class Damaged(Exception):
    """Entries that are not those the bookmark speaks of; nothing was changed."""


class StoreUnavailable(SinkUnavailable):
    """The database does not open or does not answer."""


class NotYetKnown(LookupError):
    """A position behind the last verified one."""


class Store:
    """Everything reporting keeps; one writer at a time, any number of readers.

    `stale`: the read models are of an older version and must be rebuilt before anything is read or applied.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = threading.Lock()
        self._fold: Fold | None = None
        self._folded = (-1, -1)
        self._memory: dict[str, Recollection] = {}
        self._connection: Connection | None = None
        with writing(self.engine) as connection:
            self.stale = schema.prepare(connection)

    def bookmark(self) -> Bookmark:
        """How far the log was verified and folded."""
        with _answering(), self.engine.connect() as connection:
            return read_bookmark(connection)[0]

    def apply(self, entries: Sequence[bytes], first_position: int, bookmark: Bookmark) -> None:
        """Fold a page and move the bookmark, both or neither; OutOfOrder for a page seen before."""
        with self._writing, writing(self.engine) as connection:
            before, generation = read_bookmark(connection)
            if first_position != before.position + 1:
                raise OutOfOrder(f"the page begins at {first_position}, the bookmark stands at {before.position}")
            fold = self._fold_at(connection, before.position, generation)
            self._fold = None
            self._write(connection, fold, entries, before, bookmark, generation)
        self._fold, self._folded = fold, (bookmark.position, generation)

    def root(self, size: int) -> bytes:
        """The root over the first `size` entries of the verified copy."""
        with _answering(), self.engine.connect() as connection, connection.begin():
            return log_copy.root(connection, size)

    def cosigned_size(self) -> int:
        """How many entries the newest kept cosigned checkpoint covers; 0 when there is none."""
        with _answering(), self.engine.connect() as connection, connection.begin():
            return cosigned.last_size(connection)

    def keep_cosigned(self, size: int, note: str, seen_at: str) -> None:
        """Keep a verified checkpoint with the cosignatures under it."""
        with self._writing, writing(self.engine) as connection:
            cosigned.keep(connection, size, note, seen_at)

    def _write(
        self,
        connection: Connection,
        fold: Fold,
        page: Sequence[bytes],
        before: Bookmark,
        after: Bookmark,
        generation: int,
    ) -> None:
        entries = [log_copy.decode(body) for body in page]
        positions = range(before.position + 1, after.position + 1)
        if [entry["position"] for entry in entries] != list(positions):
            raise Damaged(f"the page does not hold the entries {positions.start} to {positions.stop - 1}")
        copied, derived = new_rows(), new_rows()
        grown = log_copy.add(copied, before.tree(), page, entries)
        if grown.to_bytes() != after.frontier:
            raise Damaged(f"the page's entries do not lead to the tree of {after.position} that was verified")
        fold.page(entries, derived)
        write(connection, copied, VERIFIED)
        write(connection, derived, DERIVED)
        save_bookmark(connection, after, generation)

    def _fold_at(self, connection: Connection, position: int, generation: int) -> Fold:
        """The kept state where it is that of the bookmark, else what the stored rows leave."""
        self._connection = connection
        if self._fold is not None and self._folded == (position, generation):
            return self._fold
        fold = Fold(self._stored)
        fold.recall(connection)
        return fold

    def _stored(self, position: int) -> Entry | None:
        assert self._connection is not None
        return log_copy.entry_at(self._connection, position)

    @contextmanager
    def view(self, known_at: int | str | None = None, as_of: str | None = None) -> Iterator[View]:
        """The books as known at a position or UTC instant, by default now; NotYetKnown beyond the bookmark."""
        with _answering(), self.engine.connect() as connection, connection.begin():
            bookmark, generation = read_bookmark(connection)
            head = bookmark.position
            position = _position(connection, known_at, head)
            root = bookmark.tree().root() if position == head else None
            yield View(connection, position, head, as_of, root, generation, self._memory)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except NO_ANSWER as error:
        raise StoreUnavailable(str(error.orig)) from error


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that holds the store's write lock from its beginning."""
    with _answering(), engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def _position(connection: Connection, known_at: int | str | None, head: int) -> int:
    if known_at is None:
        return head
    if isinstance(known_at, str):
        return log_copy.last_recorded_by(connection, known_at, head)
    if known_at > head:
        raise NotYetKnown(f"position {known_at} is not known here: the log is verified up to {head}")
    return known_at


def read_bookmark(connection: Connection) -> tuple[Bookmark, int]:
    """The bookmark, and the generation of the derived tables it belongs to."""
    row = connection.execute(select(bookmark_table)).one_or_none()
    if row is None:
        return Bookmark(), 0
    return Bookmark(row.position, row.frontier, row.checkpoint_note, row.verified_at), row.generation


def save_bookmark(connection: Connection, bookmark: Bookmark, generation: int) -> None:
    """Put the bookmark in the old one's place."""
    connection.execute(delete(bookmark_table))
    connection.execute(
        insert(bookmark_table).values(
            id=1,
            position=bookmark.position,
            frontier=bookmark.frontier,
            checkpoint_note=bookmark.checkpoint_note,
            verified_at=bookmark.verified_at,
            generation=generation,
        )
    )
