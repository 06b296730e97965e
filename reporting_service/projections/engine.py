"""Connections to the database: SQLite with a write-ahead log and our own BEGIN, or PostgreSQL."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

WRITERS = 1036
"""The advisory lock of PostgreSQL that stands for the write lock of SQLite."""

UNLESS_GIVEN = {
    "application_name": "fund-reporting",
    "connect_timeout": "3",
    "target_session_attrs": "read-write",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
"""How we connect to PostgreSQL unless the URL says otherwise; of several hosts, to the one that takes writes."""

READ = """
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
LOCK TABLE bookmark IN ACCESS SHARE MODE"""
"""Everything is seen as of one moment, and no table is swapped for another within it."""


def open_engine(url: str) -> Engine:
    """An engine whose transactions begin where we say; ValueError for other kinds of database."""
    kind = url.split(":", 1)[0]
    if kind in ("postgresql", "postgres"):
        engine = create_engine("postgresql+psycopg://", creator=_connecting(url), pool_pre_ping=True)
        event.listen(engine, "begin", _begin_on_postgres)
        return engine
    if kind != "sqlite":
        raise ValueError(f"{kind} is not supported: use sqlite:/// or postgresql://")
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _connecting(url: str) -> Callable[[], Any]:
    """What opens a connection; the URL is libpq's own, several hosts and all."""
    import psycopg  # slow to import, and not needed on SQLite
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    given = conninfo_to_dict(url)
    conninfo = make_conninfo(url, **{name: value for name, value in UNLESS_GIVEN.items() if name not in given})
    return lambda: psycopg.connect(conninfo, prepare_threshold=None)


def _begin_on_postgres(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})" if writes else READ)


def shut_out_readers(connection: Connection) -> None:
    """Wait until nobody reads, and let nobody read until the transaction ends, where the database would mix tables."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE bookmark IN ACCESS EXCLUSIVE MODE")


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Any) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
