"""The reference pages say what the code does: generated ones are made again and compared, settings by name."""

import ast
import re

import pytest

from docs.generate import PAGES, REFERENCE
from ledger_service.cli import main as ledger
from reporting_service.cli import main as reporting
from shared.process import SERVER_TUNABLES, TUNABLES
from shared.serving import THREADS_MORE, THREADS_TIMES
from tests.house.tree import ROOT, tracked

SETTING = re.compile(r"(FUND|LEDGER|REPORTING|AUTH|OIDC|SESSION)_[A-Z0-9_]+")


@pytest.mark.parametrize("page", PAGES)
def test_a_generated_page_is_what_the_code_makes(page):
    assert (REFERENCE / page).read_text() == PAGES[page](), f"docs/reference/{page} is out of date: run `make docs`"


def _documented():
    return set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)`", (REFERENCE / "settings.md").read_text(), re.MULTILINE))


def _read_in(path):
    """The names of settings that stand as strings in a module."""
    tree = ast.parse((ROOT / path).read_text())
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {string for string in strings if SETTING.fullmatch(string)}


def test_every_setting_is_documented_and_every_documented_one_is_read():
    readers = ("ledger_service/settings.py", "reporting_service/settings.py", "shared/environment.py")
    assert _documented() == set().union(*map(_read_in, readers))


def test_what_is_set_in_code_is_told_as_it_is():
    times = {4: "four", 5: "five", 6: "six"}[THREADS_TIMES]
    decision = (ROOT / "docs/decisions/0009-one-worker-many-threads.md").read_text()
    assert f"up to {times} times as many blocking threads" in decision
    assert f"and {THREADS_MORE} more" in decision
    settings = (REFERENCE / "settings.md").read_text()
    assert f"`{TUNABLES}`" in settings
    assert all(f"`{name}={value}`" in settings for name, value in SERVER_TUNABLES.items())


def test_every_command_in_the_docs_exists():
    known = {"ledger": set(ledger.commands), "reporting": set(reporting.commands)}
    texts = [(path, (ROOT / path).read_text()) for path in tracked() if path.suffix == ".md"]
    said = {
        (str(path), program, command)
        for path, text in texts
        for program, command in re.findall(r"(?:\.venv/bin/|`|exec keys )(ledger|reporting) ([a-z][a-z-]+)", text)
    }
    assert not [line for line in sorted(said) if line[2] not in known[line[1]]]
