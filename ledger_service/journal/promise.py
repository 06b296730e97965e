"""One answer that one thread waits for and another gives."""

from threading import Lock
from typing import Generic, TypeVar

from shared.contract.problems import Unavailable

ANSWER_SECONDS_MAX = 120.0
Answer = TypeVar("Answer")


class Promise(Generic[Answer]):
    """Given once; waited for by one thread."""

    __slots__ = ("_given", "_told")

    def __init__(self) -> None:
        self._given = Lock()
        self._given.acquire()
        self._told: Answer | Exception

    def tell(self, answer: Answer | Exception) -> None:
        """Give the answer, or the exception that is raised where it is waited for."""
        self._told = answer
        self._given.release()

    def result(self, seconds: float = ANSWER_SECONDS_MAX) -> Answer:
        """The answer; the exception told instead, or Unavailable (503) when there is none in time."""
        if not self._given.acquire(timeout=seconds):
            raise Unavailable("No answer in time; it may still be recorded. Ask again with the same id.", 5)
        try:
            if isinstance(self._told, Exception):
                raise self._told
            return self._told
        finally:
            del self._told  # or the exception would keep all that its traceback has seen, a large body say
