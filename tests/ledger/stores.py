"""The databases a journal can be kept in, as tests open them and reach behind the ledger's back."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg

from ledger_service.journal.recorders.postgres import PostgresJournalRecorder
from ledger_service.journal.recorders.sqlite import SQLiteJournalRecorder


@dataclass(frozen=True)
class SQLiteStore:
    """A database file."""

    path: Path
    kind: type[SQLiteJournalRecorder] = SQLiteJournalRecorder

    @property
    def url(self):
        return f"sqlite:///{self.path}"

    def recorder(self):
        """A new recorder; the caller closes it."""
        return self.kind.at(str(self.path))

    def run(self, statement):
        """One statement past the ledger; its rows."""
        with closing(sqlite3.connect(self.path, isolation_level=None, timeout=30)) as raw:
            return raw.execute(statement).fetchall()


@dataclass(frozen=True)
class PostgresStore:
    """A database of a PostgreSQL server."""

    url: str
    kind: type[PostgresJournalRecorder] = PostgresJournalRecorder

    def recorder(self):
        """A new recorder; the caller closes it."""
        return self.kind.at(self.url)

    def run(self, statement):
        """One statement past the ledger; its rows."""
        with psycopg.connect(self.url, autocommit=True) as raw:
            cursor = raw.execute(statement)
            return cursor.fetchall() if cursor.description else []
