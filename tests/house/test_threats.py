"""The threat model names its tests: each is there, under that name, and there are more than twenty attacks."""

import ast
import re

from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "threat-model.md").read_text()
NAMED = re.compile(r"`(tests/[a-z_/]+\.py)::(test_[a-z0-9_]+)`")
ROWS = [line for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)]


def _functions(path):
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_test_that_the_threat_model_names_is_there():
    named = {pair for row in ROWS for pair in NAMED.findall(row)}
    assert not sorted(f"{path}::{name}" for path, name in named if name not in _functions(path))


def test_every_attack_has_a_number_and_a_test():
    assert [int(row.split("|")[1]) for row in ROWS] == list(range(1, len(ROWS) + 1))
    assert len(ROWS) >= 20
    assert not [row for row in ROWS if not NAMED.search(row)]
