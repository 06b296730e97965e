"""Rebuilding: fold the verified entries anew into tables beside the live ones, then swap in one transaction."""

from collections.abc import Callable

from sqlalchemy import Connection, Engine, MetaData, text

from reporting_service.follower.sink import Bookmark
from reporting_service.projections import log_copy, schema
from reporting_service.projections.engine import shut_out_readers
from reporting_service.projections.fold import Fold
from reporting_service.projections.store import Damaged, read_bookmark, save_bookmark, writing
from reporting_service.projections.tables import BESIDE, DERIVED, new_rows, write
from shared.log_format.merkle import leaf_hashes
from shared.log_format.tiles import TileRows
from shared.postings import Entry

PAGE = 8_192
Progress = Callable[[int, int], None]
"""Told after each page: entries folded, and entries there are."""


def rebuild(engine: Engine, progress: Progress | None = None) -> int:
    """Fold every stored entry anew and put the result in the live tables' place; gives the position reached.

    The service may run meanwhile. Damaged, with nothing changed, when the entries are not those that were verified.
    """
    beside = MetaData()
    for table in DERIVED.sorted_tables:
        table.to_metadata(beside, name=BESIDE + table.name).indexes.clear()  # their names are taken until the swap
    with writing(engine) as connection:
        beside.drop_all(connection)
        beside.create_all(connection)
    try:
        return _Work(engine, beside, progress).until_swapped()
    except BaseException:
        with writing(engine) as connection:
            beside.drop_all(connection)
        raise


class _Work:
    """The fold so far, and the tree of the entries folded."""

    def __init__(self, engine: Engine, beside: MetaData, progress: Progress | None) -> None:
        self._engine, self._beside, self._progress = engine, beside, progress
        self._fold = Fold(self._stored)
        self._tree = TileRows()
        self._connection: Connection | None = None

    def until_swapped(self) -> int:
        """Page after page until the bookmark is reached, then swap."""
        while True:
            with writing(self._engine) as connection:
                bookmark, generation = read_bookmark(connection)
                if self._tree.size == bookmark.position:
                    self._swap(connection, bookmark, generation)
                    return bookmark.position
                self._page(connection, bookmark.position)
            if self._progress:
                self._progress(self._tree.size, bookmark.position)

    def _page(self, connection: Connection, head: int) -> None:
        self._connection = connection
        first, last = self._tree.size + 1, min(self._tree.size + PAGE, head)
        bodies = log_copy.bodies(connection, first, last)
        if len(bodies) != last - first + 1:
            raise Damaged(f"the verified copy holds {len(bodies)} of the entries {first} to {last}")
        self._check(connection, bodies, first, last)
        rows = new_rows()
        self._fold.page([log_copy.decode(body) for body in bodies], rows)
        write(connection, rows, self._beside, BESIDE)

    def _check(self, connection: Connection, bodies: list[bytes], first: int, last: int) -> None:
        """Every full tile of leaves must have the hash that was stored when it was verified."""
        made = {(level, place): hash_ for level, place, hash_ in self._tree.append(leaf_hashes(bodies)) if level == 1}
        kept = log_copy.tile_roots(connection, (first - 1) // 256, last // 256)
        for (_, place), hash_ in made.items():
            if kept.get(place) != hash_:
                raise Damaged(f"the entries {place * 256 + 1} to {place * 256 + 256} are not those that were verified")

    def _swap(self, connection: Connection, bookmark: Bookmark, generation: int) -> None:
        if self._tree.frontier.to_bytes() != bookmark.frontier:
            raise Damaged(f"the last of the {bookmark.position} entries are not those that were verified")
        shut_out_readers(connection)
        for table in DERIVED.sorted_tables:
            connection.execute(text(f"DROP TABLE IF EXISTS {table.name}"))
            connection.execute(text(f"ALTER TABLE {BESIDE}{table.name} RENAME TO {table.name}"))
            for index in table.indexes:
                index.create(connection)
        schema.note(connection, "derived")
        save_bookmark(connection, bookmark, generation + 1)

    def _stored(self, position: int) -> Entry | None:
        assert self._connection is not None
        return log_copy.entry_at(self._connection, position)
