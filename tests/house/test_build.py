"""House rules for what builds the project: make's targets, locks with hashes, pins, import directions."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.house.tree import CODE, ROOT, modules

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
TARGETS = (
    "demo",
    "test",
    "run",
    "setup",
    "fmt",
    "lint",
    "types",
    "imports",
    "check",
    "bench",
    "docs",
    "help",
    "fast",
    "faults",
)
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(\[[a-z,]+\])?==(\S+)$")
LOCKS = {
    "requirements.lock": [],
    "requirements-reports.lock": ["reports"],
    "requirements-dev.lock": ["reports", "dev"],
}


def _wanted(extras):
    project = PYPROJECT["project"]
    return project["dependencies"] + [pin for extra in extras for pin in project["optional-dependencies"][extra]]


@pytest.mark.parametrize("target", TARGETS)
def test_make_knows_and_explains_the_target(target):
    assert re.search(rf"^{target}:.*## \S", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_every_dependency_is_pinned_exactly():
    loose = [pin for pin in _wanted(PYPROJECT["project"]["optional-dependencies"]) if not PIN.match(pin)]
    assert not loose


@pytest.mark.parametrize(("lock", "extras"), LOCKS.items())
def test_every_locked_package_has_a_hash(lock, extras):
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text())
    assert blocks
    assert not [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block]


@pytest.mark.parametrize(("lock", "extras"), LOCKS.items())
def test_the_lock_holds_every_pin_of_pyproject(lock, extras):
    text = (ROOT / lock).read_text()
    pins = [PIN.match(pin).group(1, 3) for pin in _wanted(extras)]
    assert not [f"{name}=={version}" for name, version in pins if f"\n{name}=={version} " not in "\n" + text]


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_names_no_package_index(lock):
    assert "://" not in (ROOT / lock).read_text()


def _imported(*folders):
    """The first names of everything imported under the folders that is not ours nor Python's."""
    ours = {*CODE, "tests"} | sys.stdlib_module_names
    for module in modules(*folders):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                found = [alias.name for alias in node.names]
            else:
                found = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            yield from ((name.split(".")[0], module.path) for name in found if name.split(".")[0] not in ours)


@pytest.mark.parametrize(
    ("lock", "folders"),
    [
        ("requirements.lock", ("ledger_service", "shared")),
        ("requirements-reports.lock", ("reporting_service",)),
        ("requirements-dev.lock", ("bench", "docs", "tests")),
    ],
)
def test_everything_imported_is_locked(lock, folders):
    locked = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / lock).read_text(), re.MULTILINE))
    distributions = packages_distributions()
    missing = {
        (name, str(path))
        for name, path in _imported(*folders)
        if not {dist.lower().replace("_", "-") for dist in distributions.get(name, [name])} & locked
    }
    assert not missing


def test_ci_runs_what_make_check_runs():
    assert "make check" in (ROOT / ".ci" / "run").read_text()


def test_imports_go_only_in_the_declared_directions():
    linter = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(linter, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
