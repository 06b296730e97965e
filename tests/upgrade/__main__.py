"""`python -m tests.upgrade NAME [--tree FOLDER]`: keep the stores of a program's demo, for every later one to open.

Run it when a version is released. `--tree` is a checkout of another version; its demo is run and its databases are
kept, with what its own reports said.
"""

import argparse
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from shared.log_format.canonical import canonical
from shared.log_format.checkpoints import Checkpoint
from shared.log_format.notes import parse_note
from tests.upgrade.stores import DATABASES, Kept, keep

BALANCES = ("opening", "allocated", "approved", "available")


def _settled(database: Path) -> None:
    """Everything in the one file, without free pages, and without the PDFs, which would be most of it."""
    with closing(sqlite3.connect(database)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'kept_forms'").fetchone():
            connection.execute("DELETE FROM kept_forms WHERE form = 'pdf'")
            connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("VACUUM")


def _one(database: Path, query: str, default: Any = None) -> Any:
    with closing(sqlite3.connect(database)) as connection:
        try:
            found = connection.execute(query).fetchone()
        except sqlite3.OperationalError:
            return default
    return found[0] if found else default


def _digest(report: dict[str, Any]) -> str:
    return hashlib.sha256(canonical({name: said for name, said in report.items() if name != "edition"})).hexdigest()


def _balances(report: dict[str, Any]) -> dict[str, Any]:
    rows = {row["key"]: row["cells"] for row in report["tables"]["T2"]["rows"]}
    return {key: {line: rows[key][line] for line in ("line-1", "line-2")} for key in rows}


def kept_of(home: Path) -> Kept:
    """What stands under a demo's home."""
    ledger, reporting = (home / name for name in DATABASES)
    note = _one(ledger, "SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1")
    checkpoint = Checkpoint.parse(parse_note(note).text)
    reports = {path.stem[-4:]: json.loads(path.read_text()) for path in sorted(home.glob("reports/report-????.json"))}
    return Kept(
        ledger_schema=int(_one(ledger, "SELECT value FROM meta WHERE name = 'schema_version'", 1)),
        reporting_tables=int(_one(reporting, "SELECT max(version) FROM schema_versions", 0)),
        entries=checkpoint.size,
        root=checkpoint.root_base64,
        reports={year: _digest(report) for year, report in reports.items()},
        facility={year: _balances(report) for year, report in reports.items()},
    )


def main() -> int:
    """Run the demo of a tree and keep its stores."""
    options = argparse.ArgumentParser(prog="python -m tests.upgrade", description=__doc__)
    options.add_argument("name", help="of the version, such as 0.1.0")
    options.add_argument("--tree", type=Path, default=Path(__file__).resolve().parents[2])
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="stores-") as home:
        environment = {**os.environ, "FUND_HOME": home, "PYTHONPATH": str(chosen.tree), "PYTHONSAFEPATH": "1"}
        subprocess.run([sys.executable, "-m", "bench.demo"], cwd=chosen.tree, env=environment, check=True)
        demo = Path(home) / "demo"
        for name in DATABASES:
            _settled(demo / name)
        folder = keep(chosen.name, demo, kept_of(demo))
    print(f"{folder}: {sum(path.stat().st_size for path in folder.iterdir()):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
