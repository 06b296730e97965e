"""hledger: the balances of a journal of as many transactions."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.figures import Figure
from bench.peers.absent import Absent
from bench.peers.journal import write_journal

ROUNDS = 3


def hledger(size: int) -> list[Figure]:
    """`hledger balance`; Absent when it is not installed."""
    program = shutil.which("hledger")
    if program is None:
        raise Absent("Debian's package hledger")
    with tempfile.TemporaryDirectory(prefix="fund-bench-") as folder:
        path = Path(folder) / "fund.journal"
        write_journal(path, "hledger", size)
        took = median(_seconds([program, "-f", str(path), "balance"]) for _ in range(ROUNDS))
    return [Figure(f"hledger balance, {size:,} transactions", "a text file", took, "s", peer=True)]


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "LANG": "C.UTF-8"})
    return time.perf_counter() - began
