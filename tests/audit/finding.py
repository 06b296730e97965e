"""What became of one edit: found or not, by whom, at which position; and changes that really change something."""

import random
from dataclasses import dataclass

BY_ITSELF, BY_OTHERS = "its own check", "a kept checkpoint or a witness"


@dataclass(frozen=True)
class Found:
    """An edit that was found: by whom, and the position that was named."""

    by: str
    said: str
    position: int | None = None


@dataclass(frozen=True)
class Edit:
    """One edit as it was made: of what, how, at which position if it has one, and how it was found, if it was."""

    of: str
    kind: str
    what: str
    position: int | None
    found: Found | None

    @property
    def named(self) -> bool:
        """Whether the position of the edit was named exactly."""
        return self.found is not None and self.position is not None and self.found.position == self.position


class NothingChanged(Exception):
    """The edit left everything as it was: make another one."""


def flipped(value: object, chance: random.Random) -> object:
    """Another value of the same kind: one bit of bytes or of a number, one character of a text."""
    if isinstance(value, bytes):
        at = chance.randrange(max(1, len(value)))
        return value[:at] + bytes([(value[at] if value else 0) ^ (1 << chance.randrange(8))]) + value[at + 1 :]
    if isinstance(value, str) and value:
        at = chance.randrange(len(value))
        return value[:at] + chr(ord(value[at]) ^ (1 << chance.randrange(7))) + value[at + 1 :]
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(8))
    return chance.choice([1, "x"])
