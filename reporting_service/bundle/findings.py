"""What verifying found: what was checked, in plain sentences, or the first difference."""

from dataclasses import asdict, dataclass
from typing import Any

from shared.log_format.checkpoints import Checkpoint
from shared.rules.rederivation import Verdict


class Differs(Exception):
    """The first thing in a bundle that does not hold; its position or figure where it has one."""

    def __init__(
        self, cause: str, *, position: int | None = None, figure: str | None = None, of: str = "The bundle"
    ) -> None:
        where = f"Position {position}" if position is not None else f"Figure {figure}" if figure else of
        super().__init__(f"{where}: {cause}.")
        self.cause, self.position, self.figure = cause, position, figure


@dataclass(slots=True)
class Counts:
    """How many entries came about in which way."""

    decisions: int = 0
    effects: int = 0
    refusals: int = 0
    refused_batches: int = 0

    def add(self, verdict: Verdict) -> None:
        """One more entry that came about so."""
        if name := _COUNTED.get(verdict):
            setattr(self, name, getattr(self, name) + 1)


_COUNTED = {
    Verdict.DECISION: "decisions",
    Verdict.EFFECT: "effects",
    Verdict.REFUSAL: "refusals",
    Verdict.REFUSED_BATCH: "refused_batches",
}


@dataclass(slots=True)
class Found:
    """A bundle that holds: its checkpoint, whose cosignatures it has, and what was checked."""

    checkpoint: Checkpoint
    year: int
    known_at: int
    witnesses: tuple[str, ...]
    counts: Counts
    policy_given: bool = False
    seen: int | None = None
    continues: dict[str, Any] | None = None
    """Origin and checkpoint of the log that this one's first entry says it continues."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "ok": True,
            "origin": self.checkpoint.origin,
            "checkpoint": {"size": self.checkpoint.size, "root": self.checkpoint.root_base64},
            "year": self.year,
            "known_at": self.known_at,
            "witnesses": list(self.witnesses),
            "continues": self.continues,
            **asdict(self.counts),
            "checked": self.sentences(),
        }

    def sentences(self) -> list[str]:
        """What was checked, in plain words."""
        size, counts = self.checkpoint.size, self.counts
        decided = (
            f"{counts.decisions} decisions were taken again, each under the rule set it names, and gave the same "
            f"entries, with {counts.effects} that they caused, byte for byte."
        )
        refused = (
            f"{counts.refusals} refusals were refused again for the same reasons; {counts.refused_batches} refused "
            "batches were checked for their form only: what was refused in them is not in the log."
        )
        return [
            f"The key given signed the checkpoint of {self.checkpoint.origin} with {size} entries.",
            self._witnessed(),
            *([] if self.seen is None else [f"It continues the log of {self.seen} entries whose checkpoint you kept."]),
            *self._continued(),
            f"All {size} entries are there, in canonical form, and their hashes lead to the signed root.",
            decided,
            refused,
            f"The report of {self.year} as known at position {self.known_at} was made again, byte for byte the same.",
            "The manifest, the rule sets and every other byte of the zip are those that these contents make.",
        ]

    def _continued(self) -> list[str]:
        if self.continues is None:
            return []
        origin, checkpoint = self.continues["origin"], self.continues["checkpoint"]
        what = f"the log {origin} of {checkpoint['size']} entries with the root {checkpoint['root']}"
        return [f"Its first entry says that it continues {what}."]

    def _witnessed(self) -> str:
        if not self.witnesses:
            return "No witness cosigned it: that the log was not rewritten rests on checkpoints that others kept."
        whose = "of your policy, whose quorum is reached" if self.policy_given else "by keys that the bundle itself has"
        count = f"{len(self.witnesses)} witness{'es' if len(self.witnesses) > 1 else ''}"
        return f"{count} cosigned it ({', '.join(self.witnesses)}), {whose}."
