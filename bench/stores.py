"""The two stores that everything is measured on: files beside FUND_HOME, or a throw-away PostgreSQL cluster."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.clusters import Cluster, installed_binaries, wheel_binaries

SQLITE, POSTGRES = "SQLite", "PostgreSQL"


@dataclass(frozen=True)
class Store:
    """A kind of database: its name, what the services are told, and where a limit may be measured."""

    name: str
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    url: str = ""
    """The PostgreSQL database for limits; empty with SQLite."""

    @property
    def is_postgres(self) -> bool:
        """Whether it is PostgreSQL."""
        return bool(self.url)

    def bytes_stored(self) -> dict[str, int]:
        """Bytes on disk by service, everything that belongs to it counted."""
        if not self.is_postgres:
            return {name: _files(self.folder, f"{name}.db*") for name in ("ledger", "reporting")}
        found = {name: _database_bytes(url) for name, url in self._urls().items()}
        return {"reporting": _files(self.folder, "reporting.db*")} | found

    def _urls(self) -> dict[str, str]:
        names = {"ledger": "LEDGER_DATABASE_URL", "reporting": "REPORTING_DATABASE_URL"}
        return {service: self.settings[name] for service, name in names.items() if name in self.settings}


def _files(folder: Path, pattern: str) -> int:
    return sum(path.stat().st_size for path in folder.glob(pattern))


def _database_bytes(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert row is not None
    return int(row[0])


@contextmanager
def sqlite(folder: Path) -> Iterator[Store]:
    """SQLite files in a folder."""
    yield Store(SQLITE, folder)


@contextmanager
def postgres(folder: Path) -> Iterator[Store]:
    """A cluster with durable commits and a database per service; LookupError when no server is installed."""
    binaries = installed_binaries() or wheel_binaries()
    if binaries is None:
        raise LookupError("no PostgreSQL server is installed")
    with Cluster(binaries, {"shared_buffers": "256MB", "max_wal_size": "4GB"}) as cluster:
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            for name in ("ledger", "reporting", "limits"):
                connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        settings = {"LEDGER_DATABASE_URL": cluster.url("ledger")}
        if _reporting_takes_postgres():
            settings["REPORTING_DATABASE_URL"] = cluster.url("reporting")
        yield Store(POSTGRES, folder, settings, cluster.url("limits"))


def _reporting_takes_postgres() -> bool:
    from reporting_service.settings import load
    from shared.environment import SettingsInvalid

    try:
        load({"REPORTING_DATABASE_URL": "postgresql://localhost/any"}, serving=False)
    except SettingsInvalid:
        return False
    return True


KINDS = {"sqlite": sqlite, "postgres": postgres}
