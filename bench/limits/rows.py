"""Raw rows: the ledger's own entries written and read by the plain driver, with the same durability, nothing else."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import islice

import orjson
import psycopg

from bench.stores import Store

Row = tuple[int, str, int, str, bytes, int | None]
"""As the ledger stores an entry: position, stream, version, type, canonical bytes, year."""

IN_SQLITE = "CREATE TABLE raw (position INTEGER PRIMARY KEY, stream TEXT, version INT, type TEXT, body BLOB, year INT)"
IN_POSTGRES = (
    "DROP TABLE IF EXISTS raw; CREATE TABLE raw "
    "(position bigint PRIMARY KEY, stream text, version bigint, type text, body bytea, year bigint)"
)
UNNEST = (
    "INSERT INTO raw SELECT * FROM "
    "unnest(%b::bigint[], %b::text[], %b::bigint[], %b::text[], %b::bytea[], %b::bigint[])"
)


def rows_of(bodies: list[bytes]) -> list[Row]:
    """The rows of entries given as their canonical bytes."""
    entries = ((orjson.loads(body), body) for body in bodies)
    return [(e["position"], e["stream"], e["version"], e["type"], body, e["year"]) for e, body in entries]


@contextmanager
def raw_insert(store: Store) -> Iterator[Callable[[list[Row], int], float]]:
    """A function that writes rows in transactions of a size, and gives the seconds that took."""
    with _raw_postgres(store) if store.is_postgres else _raw_sqlite(store) as write:

        def timed(rows: list[Row], size: int) -> float:
            stream = iter(rows)
            began = time.perf_counter()
            while group := list(islice(stream, size)):
                write(group)
            return time.perf_counter() - began

        yield timed


@contextmanager
def _raw_sqlite(store: Store) -> Iterator[Callable[[list[Row]], None]]:
    path = store.folder / "raw.db"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(IN_SQLITE)

    def write(group: list[Row]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO raw VALUES (?,?,?,?,?,?)", group)
        connection.execute("COMMIT")

    yield write
    connection.close()
    for left in store.folder.glob("raw.db*"):
        left.unlink()


@contextmanager
def _raw_postgres(store: Store) -> Iterator[Callable[[list[Row]], None]]:
    with psycopg.connect(store.url, autocommit=True) as connection:
        connection.execute(IN_POSTGRES)

        def write(group: list[Row]) -> None:
            connection.execute(UNNEST, [list(column) for column in zip(*group, strict=True)], prepare=True)

        yield write


def read_entries(store: Store) -> list[bytes]:
    """The canonical bytes of every entry of the ledger, in order, read plainly."""
    chosen = "SELECT state FROM stored_events ORDER BY position"
    if store.is_postgres:
        with psycopg.connect(store.settings["LEDGER_DATABASE_URL"]) as connection:
            return [row[0] for row in connection.cursor(binary=True).execute(chosen)]
    with closing(sqlite3.connect(f"file:{store.folder / 'ledger.db'}?mode=ro", uri=True)) as database:
        return [row[0] for row in database.execute(chosen)]
