"""All witnesses of a policy: who is asked, when, and which checkpoint has the cosignatures that the policy asks for."""

from collections.abc import Iterable

from ledger_service.journal.recorders.interface import CheckpointRow, CosignatureRow, JournalRecorder, Reader
from ledger_service.journal.writer import Written
from ledger_service.log.published import with_cosignatures
from ledger_service.witnessing.asking import Asking, WitnessStatus
from ledger_service.witnessing.client import Client
from shared.log_format.witnesses import Policy

EVERY_SECONDS = 10.0
SIZES_LOOKED_AT = 100
CLOSE_SECONDS = 1.0
URGENT = frozenset(f"fund1035.{short}.v1" for short in ("year.closed", "action.confirmed", "report.issued"))
"""Entries after which the witnesses are asked at once: a close takes effect by its confirmation."""


class Witnessing:
    """The witnesses of one ledger process; without a policy nobody is asked."""

    def __init__(self, recorder: JournalRecorder, policy: Policy | None, every_s: float = EVERY_SECONDS) -> None:
        self._policy = policy
        witnesses = [] if policy is None else [witness for witness in policy.witnesses.values() if witness.url]
        self._asking = [Asking(recorder, witness, Client(witness), every_s) for witness in witnesses]

    def start(self) -> None:
        """Begin to ask, each witness in a thread of its own."""
        for asking in self._asking:
            asking.start()

    def written(self, group: Written) -> None:
        """Ask at once when a year was closed or an edition issued."""
        if not URGENT.isdisjoint(group.types):
            self.urge()

    def urge(self) -> None:
        """Ask every witness now."""
        for asking in self._asking:
            asking.urge()

    def status(self) -> list[WitnessStatus]:
        """How it stands with each witness that is asked."""
        return [asking.status for asking in self._asking]

    @property
    def alarms(self) -> list[str]:
        """What witnesses say against the log stored here."""
        return [status.alarm for status in self.status() if status.alarm]

    def cosigned(self, reader: Reader) -> CheckpointRow | None:
        """The newest checkpoint whose cosignatures make the policy's quorum, with them under its note."""
        if self._policy is None or not self._policy.witnesses:
            return None
        for size in reader.cosigned_sizes(SIZES_LOOKED_AT):
            said = reader.cosignatures(size)
            row = reader.checkpoint_covering(size)
            if row is not None and row.size == size and self._policy.reached(self._names(said)):
                return with_cosignatures(row, said)
        return None

    def _names(self, said: Iterable[CosignatureRow]) -> list[str]:
        assert self._policy is not None
        names = {witness.verifier.vkey: name for name, witness in self._policy.witnesses.items()}
        return [names[row.witness] for row in said if row.witness in names]

    def close(self) -> None:
        """Ask no more."""
        for asking in self._asking:
            asking.close()
        for asking in self._asking:
            if asking.is_alive():
                asking.join(CLOSE_SECONDS)
