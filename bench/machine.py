"""What the figures were measured on: they mean little without it."""

import os
import platform
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from shared.process import cores

SYNCS = 50


def machine() -> dict[str, str]:
    """Processor, cores, memory, versions, and what one durable write costs here."""
    return {
        "processor": _first("/proc/cpuinfo", "model name"),
        "cores": str(cores()),
        "memory": f"{int(_first('/proc/meminfo', 'MemTotal').split()[0]) // 1024:,} MiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": sys.version.split()[0],
        "sqlite": sqlite3.sqlite_version,
        "one fdatasync": f"{1000 * sync_seconds():.2f} ms (median of {SYNCS})",
    }


def sync_seconds() -> float:
    """The median time of an fdatasync after 4 kB."""
    took = []
    with tempfile.TemporaryFile(buffering=0) as file:
        for _ in range(SYNCS):
            file.write(b"0" * 4096)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return median(took)


def _first(path: str, name: str) -> str:
    lines = Path(path).read_text().splitlines() if Path(path).exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)), "0")
