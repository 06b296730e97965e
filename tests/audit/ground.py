"""What is edited, genuine: a ledger's store, reporting's copy of its log, an audit bundle; and who looks after them.

One history, the sample of 2007 to 2010, recorded by a real journal, followed into a real reporting database, cosigned
by a witness that remembers it, and bundled under that witness's policy.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import orjson

from bench.workload.sample import sample_history
from ledger_service.journal.commands import Command, Posted, marks_of, posted_event
from ledger_service.journal.journal import ThreadedJournal, opened
from ledger_service.journal.recorders.interface import CosignatureRow, GroupRows, StoreRefused
from ledger_service.journal.recorders.sqlite import SQLiteJournalRecorder
from ledger_service.journal.recorders.sqlite_rows import Session
from ledger_service.verification import Counts, Verification
from ledger_service.witnessing.asking import Asking
from ledger_service.witnessing.client import Client
from reporting_service.bundle.writing import write_bundle
from reporting_service.follower import Bookmark
from reporting_service.projections.store import Store
from shared.contract.problems import Problem
from shared.log_format.checkpoints import Checkpoint, sign_checkpoint
from shared.log_format.merkle import Frontier, TileNodes, consistency_proof, leaf_hashes
from shared.log_format.notes import SigningKey, Verifier
from shared.log_format.tiles import TileRows
from shared.log_format.witnesses import Policy, Witness, add_checkpoint
from tests.reporting.history import store_at
from tests.witnessing.witness import Refused
from tests.witnessing.witness import Witness as Server

KEY = SigningKey("audited.example/log", b"\x05" * 32)
NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
EVENTS = "stored_events"
EARLIER = 300
"""The first checkpoint of at least so many entries is cosigned, and the newest."""


@dataclass(frozen=True)
class Log:
    """A log in memory: its entries and the hashes above them."""

    bodies: list[bytes]
    levels: dict[int, list[bytes]]

    @classmethod
    def of(cls, bodies: Sequence[bytes]) -> "Log":
        levels: dict[int, list[bytes]] = {}
        for level, _, hash_ in TileRows().append(leaf_hashes(bodies)):
            levels.setdefault(level, []).append(hash_)
        return cls(list(bodies), levels)

    @property
    def size(self) -> int:
        return len(self.bodies)

    def hashes(self, level: int, start: int, count: int) -> list[bytes]:
        return self.levels.get(level, [])[start : start + count]

    def nodes(self, size: int | None = None) -> TileNodes:
        return TileNodes(self.hashes, self.size if size is None else size)

    def note(self, size: int | None = None) -> str:
        """The checkpoint of the first `size` entries, signed by the operator's key."""
        frontier = Frontier()
        frontier.extend(self.levels[0][:size])
        return sign_checkpoint(Checkpoint(KEY.name, frontier.size, frontier.root()), KEY)


class Direct(Client):
    """Asks the witness without a network between."""

    def __init__(self, server: Server, witness: Witness) -> None:
        super().__init__(witness)
        self._server = server

    def _post(self, body: bytes) -> tuple[int, bytes]:
        try:
            return 200, self._server.add_checkpoint(body.decode()).encode()
        except Refused as refused:
            return refused.status, refused.body.encode()


class Ground:
    """Everything genuine, made once in a folder."""

    def __init__(self, folder: Path) -> None:
        self.server = Server("auditor.example/w", KEY.vkey)
        self.policy = Policy.parse(f"log {KEY.vkey}\nwitness w {self.server.vkey} {self.server.url}\nquorum w\n")
        self.witness = self.policy.witnesses["w"]
        self.steps = list(sample_history())
        self.log = Log.of(recorded(folder / "ledger.db", self.steps))
        self.ledger = sqlite3.connect(folder / "ledger.db", isolation_level=None)
        self.ledger.text_factory = lambda stored: stored.decode("utf-8", "surrogateescape")
        stored = Session(self.ledger, EVENTS)
        earlier = stored.checkpoint_covering(EARLIER)
        assert earlier is not None
        cosigned = {size: self.cosigned(self.log, size) for size in (earlier.size, self.log.size)}
        self.seen = Checkpoint.parse(cosigned[self.log.size].partition("\n\n")[0] + "\n")
        lines = {size: note.rpartition("\n\n")[2].split("\n", 1)[1] for size, note in cosigned.items()}
        rows = [CosignatureRow(size, self.server.vkey, line) for size, line in lines.items()]
        stored.append(GroupRows(cosignatures=rows))
        self.copy = followed(folder / "reporting.db", self.log, cosigned)
        self.bundle = bundled(self.copy, self.policy)
        shorter = Log.of(self.log.bodies[: earlier.size])
        before = followed(folder / "before.db", shorter, {earlier.size: cosigned[earlier.size]})
        self.older = bundled(before, self.policy)
        before.engine.dispose()

    def close(self) -> None:
        self.server.close()
        self.ledger.close()
        self.copy.engine.dispose()

    @property
    def verifier(self) -> Verifier:
        return KEY.verifier

    def cosigned(self, log: Log, size: int) -> str:
        """The checkpoint with the witness's line, which it then remembers."""
        known = self.server.seen.get(KEY.name, (0, b""))[0]
        proof = consistency_proof(known, size, log.nodes(size))
        return log.note(size) + self.server.add_checkpoint(add_checkpoint(known, proof, log.note(size)).decode())

    def verify_ledger(self) -> None:
        """`ledger verify` on the store as it is now; Mismatch where something does not hold."""
        reader = Session(self.ledger, EVENTS)
        if reader.origin() != KEY.name:
            raise StoreRefused("The database is of another log.")
        Verification(reader, self.verifier, Counts(), lambda _done, _of: None).run()

    def ask_witness(self) -> None:
        """What the ledger asks its witness on the store as it is now; Contradicts when that saw another log."""
        Asking(self, self.witness, Direct(self.server, self.witness), 1.0).ask()

    @contextmanager
    def reading(self):
        yield Session(self.ledger, EVENTS)

    @contextmanager
    def group(self):
        yield Session(self.ledger, EVENTS)


def recorded(path: Path, steps: Sequence) -> list[bytes]:
    """The steps recorded by a journal of their own; the log's entries."""
    recorder = SQLiteJournalRecorder.at(str(path))
    journal = ThreadedJournal(recorder, opened(recorder, KEY, now=lambda: NOW))
    for step in steps:
        body = orjson.dumps(step.events if step.batch else step.events[0])
        events = Posted(body, marks_of([posted_event(event) for event in step.events]))
        with suppress(Problem):
            journal.record(Command(events, step.subject, frozenset([step.role]), batch=step.batch))
    with journal.reading() as reader:
        bodies = [body for _, body in reader.bodies(0)]
    journal.close()
    return bodies


def followed(path: Path, log: Log, cosigned: dict[int, str]) -> Store:
    """A reporting database that has followed a log to its end, and keeps these cosigned checkpoints."""
    store, frontier = store_at(path), Frontier()
    frontier.extend(log.levels[0])
    store.apply(log.bodies, 1, Bookmark(log.size, frontier.to_bytes(), log.note(), ""))
    for size, note in cosigned.items():
        store.keep_cosigned(size, note, NOW.isoformat())
    return store


def bundled(store: Store, policy: Policy | None = None) -> bytes:
    """The bundle of 2008."""
    file = BytesIO()
    write_bundle(store, 2008, file, policy=policy)
    return file.getvalue()
