"""A stage with a tiny history on each store: what the benches ask is asked here too, once."""

import pytest

from bench.__main__ import stage
from bench.load import generator

EVENTS = 300
SHARE = 0.02


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def at(request):
    """A stage on one store, nothing running."""
    with generator() as load, stage(request.param, EVENTS, load, 1, SHARE) as made:
        yield made
