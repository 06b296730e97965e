"""Stored databases of earlier programs: what is kept of each, and a copy to try this program on."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "stores"
DATABASES = ("ledger.db", "reporting.db")
KEY = "keys/log.key"


@dataclass(frozen=True)
class Kept:
    """What the program that wrote a store said of it."""

    ledger_schema: int
    reporting_tables: int
    entries: int
    root: str
    reports: Mapping[str, str]
    """SHA-256 of each year's JSON report without its edition, as `report.issued` freezes it."""
    facility: Mapping[str, Any]
    """Each year's balances."""


def names() -> list[str]:
    """The stores that are kept, oldest first: those of a version's development before its own."""
    return sorted((path.name for path in FOLDER.iterdir() if path.is_dir()), key=lambda name: f"{name}~")


def keep(name: str, home: Path, kept: Kept) -> Path:
    """Keep the databases under a home; the log's key is the demo's own, made for it and used nowhere else."""
    folder = FOLDER / name
    folder.mkdir(parents=True)
    for file in (*DATABASES, KEY):
        with gzip.GzipFile(folder / f"{Path(file).name}.gz", "wb", mtime=0) as packed:
            packed.write((home / file).read_bytes())
    (folder / "kept.json").write_text(json.dumps(asdict(kept), indent=2) + "\n")
    return folder


def opened(name: str, home: Path) -> Kept:
    """Put a copy of a kept store under a home; what was said of it."""
    (home / "keys").mkdir(parents=True)
    for file in (*DATABASES, KEY):
        (home / file).write_bytes(gzip.decompress((FOLDER / name / f"{Path(file).name}.gz").read_bytes()))
    (home / KEY).chmod(0o600)
    return Kept(**json.loads((FOLDER / name / "kept.json").read_text()))
