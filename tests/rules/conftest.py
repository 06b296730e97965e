"""A fresh history for each test, whose refusals and entries are also compared with golden.json.

`--without-rule ID` takes a rule away, to see which tests miss it; `--write-golden` writes golden.json anew.
"""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

import shared.rules
from shared.rules.refusals import Rule
from tests.rules.facts import History

PATH = Path(__file__).with_name("golden.json")
GOLDEN = json.loads(PATH.read_text("utf-8")) if PATH.exists() else {}
WRITTEN: dict[str, object] = {}


def pytest_addoption(parser):
    parser.addoption("--without-rule", help="run the tests as if this rule had been removed")
    parser.addoption("--write-golden", action="store_true", help="write tests/rules/golden.json anew")


def pytest_configure(config):
    removed = config.getoption("--without-rule", default=None)
    for module in pkgutil.iter_modules(shared.rules.__path__) if removed else ():
        for found in vars(importlib.import_module(f"shared.rules.{module.name}")).values():
            if isinstance(found, Rule) and found.id == removed:
                object.__setattr__(found, "test", lambda case: None)


@pytest.fixture
def history(request) -> Iterator[History]:
    history = History()
    yield history
    name = f"{request.node.path.stem}::{request.node.name}"
    seen = json.loads(json.dumps(history.refusals))
    log = sha256(json.dumps([history.entries, history.shown], sort_keys=True).encode()).hexdigest()
    if request.config.getoption("--write-golden"):
        WRITTEN[name] = {"refusals": seen, "log": log}
    elif not request.config.getoption("--without-rule") and not request.session.testsfailed:
        assert GOLDEN[name]["refusals"] == seen
        assert GOLDEN[name]["log"] == log, "entries or answers changed: look why, then --write-golden"


def pytest_sessionfinish():
    if WRITTEN:
        PATH.write_text(json.dumps(WRITTEN, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
