"""One answer that one thread waits for and another gives."""

import time
from threading import Lock
from typing import Generic, TypeVar

from shared.contract.problems import Unavailable

ANSWER_SECONDS_MAX, QUESTION_SECONDS_MAX = 120.0, 20.0
"""How long what is to be recorded is waited for, and the answer to a question, which is soon asked again."""
MAY_BE_RECORDED = "No answer in time; it may still be recorded. Ask again with the same id."
NOT_ANSWERED = "No answer in time. Ask again."
Answer = TypeVar("Answer")


class Promise(Generic[Answer]):
    """Given once; waited for by one thread."""

    __slots__ = ("_given", "_late", "_told", "_until")

    def __init__(self, seconds: float = ANSWER_SECONDS_MAX, late: str = MAY_BE_RECORDED) -> None:
        """How long from now it is waited for, and what is said when there is no answer by then."""
        self._until, self._late = time.monotonic() + seconds, late
        self._given = Lock()
        self._given.acquire()
        self._told: Answer | Exception

    @property
    def left(self) -> float:
        """For how many seconds it is still waited for."""
        return max(0.0, self._until - time.monotonic())

    def tell(self, answer: Answer | Exception) -> None:
        """Give the answer, or the exception that is raised where it is waited for."""
        self._told = answer
        self._given.release()

    def result(self) -> Answer:
        """The answer; the exception told instead, or Unavailable (503) when there is none in time."""
        if not self._given.acquire(timeout=self.left):
            raise Unavailable(self._late, 5)
        try:
            if isinstance(self._told, Exception):
                raise self._told
            return self._told
        finally:
            del self._told  # or the exception would keep all that its traceback has seen, a large body say
