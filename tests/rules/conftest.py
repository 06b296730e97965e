"""A fresh history for each test; `--without-rule ID` takes a rule away, to see which tests miss it."""

import importlib
import pkgutil

import pytest

import shared.rules
from shared.rules.refusals import Rule
from tests.rules.facts import History


def pytest_addoption(parser):
    parser.addoption("--without-rule", help="run the tests as if this rule had been removed")


def pytest_configure(config):
    removed = config.getoption("--without-rule", default=None)
    for module in pkgutil.iter_modules(shared.rules.__path__) if removed else ():
        for found in vars(importlib.import_module(f"shared.rules.{module.name}")).values():
            if isinstance(found, Rule) and found.id == removed:
                object.__setattr__(found, "test", lambda case: None)


@pytest.fixture
def history() -> History:
    return History()
