"""A parser under trial: what it reads, what it may refuse with, and genuine texts to begin from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

SECONDS_MAX = 2.0
"""Of processor time, for one input: more is a hang."""


@dataclass(frozen=True)
class Parser:
    """One way in.

    `read` takes an input, asserts what must hold of what it accepts, and raises nothing but `refusals`.
    """

    name: str
    read: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...]
    specimens: Sequence[bytes]
    grammar: Callable[[Random], bytes] | None = None
    """Makes inputs that get further than a damaged specimen would."""
    bytes_max: int = 65_536

    def accepts(self, content: bytes) -> bool:
        """Whether an input is read; whatever is raised beside the refusals comes out."""
        try:
            self.read(content)
        except self.refusals:
            return False
        return True
