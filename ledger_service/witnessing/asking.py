"""Asking one witness, again and again, for the newest checkpoint: a thread that the writer never waits for."""

from dataclasses import dataclass, replace
from threading import Event, Thread

import structlog

from ledger_service.journal.recorders.interface import (
    CheckpointRow,
    CosignatureRow,
    GroupRows,
    JournalRecorder,
    StoreUnavailable,
)
from ledger_service.witnessing.client import Client, Contradicts, Knows, NoAnswer, WillNot
from shared.log_format.merkle import TileNodes, consistency_proof
from shared.log_format.witnesses import Witness

log = structlog.get_logger("witness")
SIZES_LOOKED_AT = 1_000
TRIES = 4
PAUSE_SECONDS_MAX = 300.0


@dataclass(frozen=True, slots=True)
class WitnessStatus:
    """How it stands with one witness: `size` it cosigned last, `trouble` with it, `alarm` when it saw another log.

    An alarm stays until the witness cosigns: that it cannot be reached since does not take it back.
    """

    name: str
    size: int = 0
    trouble: str | None = None
    alarm: str | None = None


class Asking(Thread):
    """One witness's thread: it wakes when urged and every so often, and asks for the newest checkpoint only."""

    def __init__(self, recorder: JournalRecorder, witness: Witness, client: Client, every_s: float) -> None:
        super().__init__(name=f"witness-{witness.name}", daemon=True)
        self._recorder, self._witness, self._client = recorder, witness, client
        self._every = every_s
        self._known: int | None = None
        self._failures = 0
        self._answered = False
        self._urged, self._closing = Event(), False
        self.status = WitnessStatus(witness.name)

    def urge(self) -> None:
        """Ask now: there is a checkpoint that matters."""
        self._urged.set()

    def close(self) -> None:
        """Ask no more; a request under way is left to end by itself."""
        self._closing = True
        self._urged.set()

    def run(self) -> None:
        """Ask until closed."""
        while not self._closing:
            self._urged.clear()
            self._attempt()
            self._urged.wait(min(self._every * 2**self._failures, max(self._every, PAUSE_SECONDS_MAX)))
        self._client.close()

    def _attempt(self) -> None:
        try:
            self.ask()
        except (NoAnswer, WillNot, StoreUnavailable) as error:
            self._failures = min(self._failures + 1, 10)
            self._show(trouble=str(error), alarm=self.status.alarm)
        except Contradicts as error:
            self._show(trouble=None, alarm=f"{self._witness.name} {error}")
        except Exception as error:  # noqa: BLE001 - the thread lives on, and says what happened
            self._failures = min(self._failures + 1, 10)
            self._show(trouble=f"{type(error).__name__}: {error}", alarm=self.status.alarm)
        else:
            self._failures = 0
            self._show(trouble=None, alarm=None)

    def _show(self, trouble: str | None, alarm: str | None) -> None:
        before, self.status = self.status, replace(self.status, trouble=trouble, alarm=alarm)
        if alarm and alarm != before.alarm:
            log.critical("witness.alarm", witness=self._witness.name, alarm=alarm)
        elif trouble and trouble != before.trouble:
            log.warning("witness.trouble", witness=self._witness.name, trouble=trouble)

    def ask(self) -> None:
        """Have the newest checkpoint cosigned, unless it is; keep what the witness says."""
        for _ in range(TRIES):
            row, old, proof = self._wanted()
            if row is None:
                return
            try:
                signatures = self._client.cosign(old, proof, row.note)
            except Knows as other:
                self._known = self._heard(other.size, old, row)
                continue
            self._answered = True
            lines = "".join(signature.line for signature in signatures[:1])
            with self._recorder.group() as group:
                kept = CosignatureRow(row.size, self._witness.verifier.vkey, lines)
                group.append(GroupRows(cosignatures=[kept]))
            self._known = row.size
            self.status = replace(self.status, size=row.size)
            return
        raise NoAnswer("it names another size each time")

    def _heard(self, size: int, old: int, row: CheckpointRow) -> int:
        """The size to prove from, told by the witness; Contradicts when the log stored here never had it."""
        if size > row.size:
            what = f"has cosigned {size} entries of this log, and only {row.size} are here: entries were lost or"
            raise Contradicts(f"{what} an older copy was restored")
        if size == old:
            raise Contradicts(f"has cosigned another log of {size} entries under this key")
        return size

    def _wanted(self) -> tuple[CheckpointRow | None, int, list[bytes]]:
        """The newest checkpoint, unless this witness cosigned it, and the proof that it continues what it knows.

        Until it has answered once it is asked all the same: a restored older copy may end at a cosigned checkpoint.
        """
        vkey = self._witness.verifier.vkey
        with self._recorder.reading() as reader:
            row = reader.newest_checkpoint()
            cosigned = row is not None and any(said.witness == vkey for said in reader.cosignatures(row.size))
            if row is None or (cosigned and self._answered):
                self.status = replace(self.status, size=row.size if row else 0)
                return None, 0, []
            if self._known is None:
                sizes = reader.cosigned_sizes(SIZES_LOOKED_AT)
                mine = (size for size in sizes if any(said.witness == vkey for said in reader.cosignatures(size)))
                self._known = next(mine, 0)
                self.status = replace(self.status, size=self._known)
            old = min(self._known, row.size)
            proof = consistency_proof(old, row.size, TileNodes(reader.hashes, row.size)) if 0 < old < row.size else []
            return row, old, proof
