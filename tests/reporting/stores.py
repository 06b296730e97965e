"""The databases that reporting can be kept in, a fresh one as often as a test wants one."""

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from reporting_service.projections.engine import open_engine
from reporting_service.projections.store import Store
from tests.databases import Server

KINDS = ("sqlite", "postgres")


@dataclass
class Stores:
    """Makes stores of one kind, and lets go of them in the end."""

    folder: Path
    server: Server | None
    _numbers: count = field(default_factory=count)
    _urls: list[str] = field(default_factory=list)
    _opened: list[Store] = field(default_factory=list)

    def url(self) -> str:
        """A database of one's own."""
        fresh = (
            self.server.create() if self.server else f"sqlite:///{self.folder / f'reporting-{next(self._numbers)}.db'}"
        )
        self._urls.append(fresh)
        return fresh

    def new(self, url: str | None = None) -> Store:
        """A store in a new database, or once more in one that is there."""
        store = Store(open_engine(url or self.url()))
        self._opened.append(store)
        return store

    def close(self) -> None:
        """Close every connection and drop the databases of the server."""
        for store in self._opened:
            store.engine.dispose()
        for url in self._urls if self.server else ():
            self.server.drop(url)
