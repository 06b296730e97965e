"""A store with the sample history, and the service over it."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from reporting_service.app import create_app
from reporting_service.projections.store import Store
from reporting_service.settings import Settings, load
from shared.access import mint_dev_token
from tests.reporting import facts
from tests.reporting.history import History, Standing, follow, sample
from tests.reporting.stores import KINDS, Stores
from tests.reporting.told import Told


@pytest.fixture(scope="session")
def history() -> History:
    """The sample history."""
    return sample()


@pytest.fixture(scope="session", params=KINDS)
def stores(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """Each kind of database in turn."""
    server = request.getfixturevalue("postgres") if request.param == "postgres" else None
    made = Stores(tmp_path_factory.mktemp("stores"), server)
    yield made
    made.close()


@pytest.fixture(scope="session")
def store(history: History, stores: Stores) -> Store:
    """A store that has followed the sample; for reading only."""
    return follow(stores.new(), history.bodies, 64)


@pytest.fixture
def empty(stores: Stores) -> Store:
    """A store of one's own."""
    return stores.new()


@pytest.fixture
def told(empty: Store) -> Told:
    """A history of one's own, with Kenya a Member State and a budget of 2008."""
    found = Told(empty)
    facts.member(found.history)
    facts.budget(found.history)
    return found


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a service on loopback."""
    return load({"FUND_HOME": str(tmp_path_factory.mktemp("home"))}, serving=False)


@pytest.fixture
def standing(history: History) -> Standing:
    """A follower at rest."""
    return Standing(history.position)


class Asking:
    """Asks the service in a role."""

    def __init__(self, client: FlaskClient, settings: Settings) -> None:
        self._client, self._settings = client, settings

    def __call__(self, path: str, role: str | None = "auditor", accept: str | None = None):
        """The answer to GET."""
        headers = {} if accept is None else {"Accept": accept}
        if role:
            headers["Authorization"] = f"Bearer {mint_dev_token(self._settings.fund_home, role, role)}"
        return self._client.get(path, headers=headers)


@pytest.fixture
def ask(settings: Settings, store: Store, standing: Standing) -> Iterator[Asking]:
    """The service over the sample."""
    app = create_app(settings, store=store, follower=standing)
    with app.test_client() as client:
        yield Asking(client, settings)
