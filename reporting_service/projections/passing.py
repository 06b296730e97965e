"""A store for one reading: the projections in a file that nobody else sees, the entries left where they are.

It is folded once, up to the position that is read. So nothing is journaled, and of the running totals, of which a view
as of its last position reads the last ones, only the last of each page are written.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.exc import OperationalError

from reporting_service.projections.fold import Fold
from reporting_service.projections.tables import DERIVED, Row, Rows, new_rows, write
from reporting_service.projections.view import View
from shared.postings import Entry

BodyAt = Callable[[int], bytes]

TOTALS: dict[str, Callable[[Row], Any]] = {
    "postings": itemgetter(0),
    "income_actuals": itemgetter(0, 1),
    "flows": itemgetter(0, 1),
    "project_money": itemgetter(0, 1),
}
"""Tables of running totals, and what a row is the total of."""

_SETTINGS = ("journal_mode=OFF", "cache_size=-16384")
_PLACES = """
CREATE TABLE places (position INTEGER PRIMARY KEY, type TEXT NOT NULL, source TEXT NOT NULL);
CREATE VIEW entries AS SELECT position, type, source, body_at(position) AS body FROM places"""
"""What is asked of entries, where their bytes lie elsewhere."""


@contextmanager
def passing_view(pages: Iterable[Sequence[Entry]], body_at: BodyAt, position: int, root: bytes) -> Iterator[View]:
    """The books after the pages, whose last entry stands at the position; `body_at` gives the bytes of any of them."""
    asked = _Asked(body_at)
    try:
        with _engine().connect() as connection:
            _prepare(connection, asked)
            fold = Fold(lambda earlier: orjson.loads(body_at(earlier)))
            for page in pages:
                _add(connection, fold, page)
            connection.commit()
            yield View(connection, position, position, root=root)
    except OperationalError as error:
        where = "the store for one reading, in the folder for temporary files (SQLITE_TMPDIR or TMPDIR)"
        raise asked.failed or OSError(f"{where}, fails ({error.orig})") from error


@cache
def _engine() -> Engine:
    """Each connection has a database of its own in a file without a name, gone once it is closed, however that comes
    (sqlite.org/inmemorydb.html); statements are compiled once for all."""
    return create_engine("sqlite://", creator=lambda: sqlite3.connect(""), poolclass=NullPool)


class _Asked:
    """What SQL asks for the bytes of an entry; it remembers why there were none, which SQLite does not."""

    def __init__(self, body_at: BodyAt) -> None:
        self._body_at = body_at
        self.failed: Exception | None = None

    def __call__(self, position: int) -> bytes:
        try:
            return self._body_at(position)
        except Exception as error:
            self.failed = error
            raise


def _prepare(connection: Connection, body_at: BodyAt) -> None:
    raw: Any = connection.connection.driver_connection
    raw.create_function("body_at", 1, body_at)
    for setting in _SETTINGS:
        raw.execute(f"PRAGMA {setting}")
    raw.executescript(_PLACES)
    DERIVED.create_all(connection, checkfirst=False)


def _add(connection: Connection, fold: Fold, page: Sequence[Entry]) -> None:
    rows = new_rows()
    fold.page(page, rows)
    _keep_last(rows)
    places = [(entry["position"], entry["type"], entry["source"]) for entry in page]
    if places:
        connection.exec_driver_sql("INSERT INTO places VALUES (?, ?, ?)", places)
    write(connection, rows, DERIVED)


def _keep_last(rows: Rows) -> None:
    for name, key in TOTALS.items():
        rows[name] = list({key(row): row for row in rows[name]}.values())
