"""What verifying found: what was checked, in plain sentences, or the first difference."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from shared.log_format.checkpoints import Checkpoint
from shared.rules.rederivation import Verdict

VALUE_CHARACTERS_MAX, CAUSE_CHARACTERS_MAX = 80, 600
_NAME = re.compile(r"[A-Za-z0-9._:/+@#-]{1,120}")


def quoted(value: object) -> str:
    """A value out of a file that nobody vouches for: in quotes, on one line, in ASCII, its beginning only."""
    return _cut(ascii(value), VALUE_CHARACTERS_MAX)


def named(name: object) -> str:
    """A name out of such a file: as it is where it can only be a name, else quoted."""
    return name if isinstance(name, str) and _NAME.fullmatch(name) else quoted(name)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}..."


def _harmless(text: str) -> str:
    """A sentence on one line: what no screen prints, or obeys, is escaped."""
    plain = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[: CAUSE_CHARACTERS_MAX + 1])
    return _cut(plain, CAUSE_CHARACTERS_MAX)


class Differs(Exception):
    """The first thing in a bundle that does not hold; its position or figure where it has one.

    The cause may hold words out of the bundle: it is one line of printable characters, and not long.
    """

    def __init__(
        self, cause: str, *, position: int | None = None, figure: str | None = None, of: str = "The bundle"
    ) -> None:
        cause, figure = _harmless(cause), None if figure is None else _harmless(figure)
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
        which = f"of {quoted(checkpoint['size'])} entries with the root {named(checkpoint['root'])}"
        what = f"the log {named(origin)} {which}"
        return [f"Its first entry says that it continues {what}."]

    def _witnessed(self) -> str:
        if not self.witnesses:
            return "No witness cosigned it: that the log was not rewritten rests on checkpoints that others kept."
        whose = "of your policy, whose quorum is reached" if self.policy_given else "by keys that the bundle itself has"
        count = f"{len(self.witnesses)} witness{'es' if len(self.witnesses) > 1 else ''}"
        return f"{count} cosigned it ({', '.join(map(named, self.witnesses))}), {whose}."
