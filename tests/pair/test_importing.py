"""Importing does nothing: no thread, no file, no look at the environment; settings are read in two places only."""

import json
import os
import subprocess
import sys

from tests.house.tree import ROOT, modules

SERVICES = ("ledger_service", "reporting_service", "shared")
READERS = {"app.py", "cli.py", "recording.py"}
IMPORT_ALL = """
import importlib, json, sys, threading
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
print(json.dumps([thread.name for thread in threading.enumerate()]))
"""


def _names():
    paths = [module.path.with_suffix("") for module in modules(*SERVICES)]
    return [".".join(path.parts).removesuffix(".__init__") for path in paths]


def test_importing_every_module_starts_and_writes_nothing(tmp_path):
    environment = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, json.dumps(_names())],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["MainThread"]
    assert list(tmp_path.iterdir()) == []


def test_only_the_composition_roots_read_the_environment():
    readers = {str(module.path) for module in modules(*SERVICES) if "os.environ" in module.text}
    strays = {path for path in readers if path.rsplit("/", 1)[-1] not in READERS}
    assert strays <= {"shared/process.py", "shared/serving.py"}
