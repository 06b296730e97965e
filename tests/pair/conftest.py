"""A pair of services as real processes on free loopback ports, over a home of its own."""

import pytest

from bench.pair import Pair
from tests.pair.desk import Desk


@pytest.fixture
def pair(tmp_path):
    """A fresh pair, stopped after the test; what the services print is kept beside it."""
    with Pair(tmp_path / "fund", output=tmp_path / "services.log") as running:
        yield running


@pytest.fixture
def desk(pair):
    return Desk(pair)


@pytest.fixture(scope="module")
def shared_pair(tmp_path_factory):
    """One pair for the tests of a module that do not disturb each other."""
    folder = tmp_path_factory.mktemp("pair")
    with Pair(folder / "fund", output=folder / "services.log") as running:
        yield running


@pytest.fixture(scope="module")
def shared_desk(shared_pair):
    return Desk(shared_pair)
