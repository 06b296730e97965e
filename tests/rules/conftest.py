"""A fresh history for each test."""

import pytest

from tests.rules.facts import History


@pytest.fixture
def history() -> History:
    return History()
