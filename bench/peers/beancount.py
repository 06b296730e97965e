"""beancount: a ledger file of as many transactions loaded and checked."""

import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from bench.figures import Figure
from bench.peers.absent import Absent
from bench.peers.journal import write_journal

LOAD = "import sys; from beancount import loader; sys.exit(bool(loader.load_file(sys.argv[1])[1]))"


def beancount(size: int) -> list[Figure]:
    """`loader.load_file` in a process of its own, its cache not used; Absent when it is not installed."""
    if find_spec("beancount") is None:
        raise Absent("the package beancount")
    with tempfile.TemporaryDirectory(prefix="fund-bench-") as folder:
        path = Path(folder) / "fund.beancount"
        write_journal(path, "beancount", size)
        began = time.perf_counter()
        environment = {"BEANCOUNT_DISABLE_LOAD_CACHE": "1", "PATH": ""}
        subprocess.run([sys.executable, "-c", LOAD, str(path)], check=True, env=environment)
        took = time.perf_counter() - began
    return [Figure(f"beancount load, {size:,} transactions", "a text file", took, "s", peer=True)]
