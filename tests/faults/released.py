"""A log with an entry of every released type, as it was recorded when the schemas were released: kept for ever.

`python -m tests.faults.released` makes it where there is none yet; it never changes a stored one.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from ledger_service.journal.commands import Command, Posted, marks_of, posted_event
from ledger_service.journal.journal import ThreadedJournal, opened
from ledger_service.journal.recorders.sqlite import SQLiteJournalRecorder
from reporting_service.bundle.contents import report_file
from reporting_service.reports.annual import YEARS, annual_report
from shared.contract.problems import Refused
from shared.log_format.checkpoints import Checkpoint
from shared.log_format.notes import SigningKey
from tests.contract.fixtures import example
from tests.contract.released import stored
from tests.pair.story import Story
from tests.reporting.history import follow, store_at
from tests.tlog_checker import tree_root

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "released"
ENTRIES = FOLDER / "v1.entries.jsonl"
GOLDEN = FOLDER / "v1.golden.json"
"""Size and root of that log, and the SHA-256 of each year's report over it."""
TYPES = tuple(stored())
KEY = SigningKey("released.example/log", b"\x07" * 32)
AT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
BEFORE = Checkpoint("released.example/before", 7, sha256(b"the log that this one continues").digest())
Golden = dict[str, Any]
RECORDED = ("position", "stream", "version", "recorded_at", "recorded_by", "recorded_role", "rule_set", "effective_on")


def entries() -> list[bytes]:
    """The stored log, entry by entry."""
    return ENTRIES.read_bytes().splitlines()


def golden() -> Golden:
    """What was stored of it."""
    found: Golden = json.loads(GOLDEN.read_text())
    return found


def root(bodies: list[bytes]) -> bytes:
    """The root over entries, by the tests' second reader."""
    return tree_root([sha256(b"\0" + body).digest() for body in bodies])


def reports(bodies: list[bytes]) -> dict[str, str]:
    """The SHA-256 of each year's report over these entries."""
    years = sorted({orjson.loads(body)["year"] for body in bodies} & {*YEARS})
    with TemporaryDirectory() as folder:
        store = follow(store_at(Path(folder) / "reporting.db"), bodies, len(bodies))
        with store.view() as view:
            made = {str(year): sha256(report_file(annual_report(view, year))).hexdigest() for year in years}
        store.engine.dispose()
    return made


class Office:
    """Records in a journal of its own, without a service; every entry by the same clock."""

    def __init__(self, path: Path) -> None:
        self._recorder = SQLiteJournalRecorder.at(str(path))
        self._journal = ThreadedJournal(self._recorder, opened(self._recorder, KEY, now=lambda: AT, continues=BEFORE))

    def post(self, event: dict[str, Any], role: str, subject: str) -> dict[str, Any]:
        """Record an event; Refused where the rules refuse it, which is recorded too."""
        posted = Posted(orjson.dumps(event), marks_of([posted_event(event)]))
        told: dict[str, Any] = orjson.loads(self._journal.record(Command(posted, subject, frozenset([role]))).body)
        return told

    def bodies(self) -> list[bytes]:
        """All entries so far."""
        with self._journal.reading() as reader:
            return [body for _, body in reader.bodies(0)]

    def close(self) -> None:
        """Let go of the file."""
        self._journal.close()


def recorded_again(path: Path) -> list[bytes]:
    """Everything that was posted to the stored log posted again to an empty one in a file; the log that this makes."""
    with closing(Office(path)) as office:
        for event, role, subject in _posted():
            try:
                office.post(event, role, subject)
            except Refused:
                continue
        return office.bodies()


def _posted() -> Iterator[tuple[dict[str, Any], str, str]]:
    for entry in map(orjson.loads, entries()):
        refused = entry["type"] == "fund1035.command.refused.v1"
        if refused or entry["source"] != KEY.name:
            event = entry["data"]["event"] if refused else entry
            kept = {name: value for name, value in event.items() if name not in (*RECORDED, "year")}
            yield {"specversion": "1.0"} | kept, entry["recorded_role"], entry["recorded_by"]


def make() -> list[bytes]:
    """The story of every type, with one refusal at its end."""
    with TemporaryDirectory() as folder, closing(Office(Path(folder) / "released.db")) as office:
        Story(office.post).tell_all()
        try:
            office.post(example("report.issued") | {"id": "again"}, "secretariat", "secretariat-1")
        except Refused:
            return office.bodies()
        raise AssertionError("a report issued again was not refused")


if __name__ == "__main__":
    if not ENTRIES.exists():
        ENTRIES.write_bytes(b"".join(body + b"\n" for body in make()))
        found = {"size": len(entries()), "root": root(entries()).hex(), "reports": reports(entries())}
        GOLDEN.write_text(json.dumps(found, indent=1) + "\n")
    print(GOLDEN.read_text())
