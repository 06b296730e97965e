"""The second pass: atomic batches over HTTP, each tried again while the ledger cannot answer."""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.auth import AuthBase

from ledger_service.importing.checking import Fault, Ready
from ledger_service.importing.posters import Poster
from shared.contract.envelope import content_digest

BATCH_EVENTS_MAX = 10_000
BODY_BYTES_MAX = 15 << 20
ATTEMPTS = 10
FIRST_WAIT_S, LONGEST_WAIT_S = 0.1, 5.0
ASKED_WAIT_MAX_S = 60.0
TIMEOUT_S = (5.0, 120.0)
_LATER = (502, 503, 504)
_MEDIA_TYPE = "application/cloudevents-batch+json"


class Unavailable(Exception):
    """The ledger did not answer, however often it was asked."""


class Stopped(Exception):
    """The ledger turned a batch away: nothing of it is recorded, what was posted before it stands."""

    def __init__(self, batch: "Batch", problem: dict[str, Any]) -> None:
        super().__init__(str(problem["detail"]))
        self.batch = batch
        self.problem = problem

    def refusals(self) -> list[dict[str, Any]]:
        """Every line that rules refuse, with its refusals."""
        return [{"line": self._line(fault["index"]), **fault} for fault in self.problem.get("faults", ())]

    def faults(self) -> list[Fault]:
        """Every other line at fault: malformed for the ledger, or recorded before with other content."""
        pointed = [error for error in self.problem.get("errors", ()) if error["pointer"].startswith("#/")]
        found = [Fault(self._line(_index(said["pointer"])), said["pointer"], said["detail"]) for said in pointed]
        if posted := self.problem.get("posted_digest"):
            known = [ready.line for ready in self.batch.events if content_digest(ready.event) == posted]
            found += [Fault(line, "id", "was recorded before with other content") for line in known]
        return found

    def _line(self, index: int) -> int:
        return self.batch.events[index].line


def _index(pointer: str) -> int:
    return int(pointer.split("/")[1])


@dataclass(slots=True)
class Batch:
    """Neighbouring lines of one poster, recorded whole or not at all."""

    poster: Poster
    events: list[Ready] = field(default_factory=list)
    size: int = 2

    def holds(self, ready: Ready, most: int) -> bool:
        """Whether one more line fits."""
        room = len(self.events) < most and self.size + len(ready.body) < BODY_BYTES_MAX
        return room and ready.poster == self.poster

    def add(self, ready: Ready) -> None:
        """Take a line in."""
        self.events.append(ready)
        self.size += len(ready.body) + 1

    def body(self) -> bytes:
        """The JSON array to post."""
        return b"[" + b",".join(ready.body for ready in self.events) + b"]"


def batches(found: Iterable[Ready], most: int) -> Iterator[Batch]:
    """The lines in their order, in batches of at most so many."""
    batch: Batch | None = None
    for ready in found:
        if batch is None or not batch.holds(ready, most):
            if batch is not None:
                yield batch
            batch = Batch(ready.poster)
        batch.add(ready)
    if batch is not None:
        yield batch


@dataclass(slots=True)
class Counts:
    """What an import has done so far; `position` is the last one that it was told."""

    events: int = 0
    recorded: int = 0
    recorded_before: int = 0
    warnings: int = 0
    position: int = 0

    def add(self, answer: dict[str, Any], new: bool) -> None:
        """Count a batch by its receipts: what is new in it is covered by the batch's own checkpoint."""
        receipts = answer["receipts"]
        recorded = sum(receipt["checkpoint"] == answer["checkpoint"] for receipt in receipts) if new else 0
        self.events += len(receipts)
        self.recorded += recorded
        self.recorded_before += len(receipts) - recorded
        self.warnings += sum(bool(receipt["warnings"]) for receipt in receipts)
        self.position = max(self.position, *(max([receipt["position"], *receipt["caused"]]) for receipt in receipts))


class _Bearer(AuthBase):
    """The poster's token as it is now; keeps requests from looking for a password elsewhere."""

    def __init__(self, poster: Poster) -> None:
        self._poster = poster

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._poster.token()}"
        return request


class Ledger:
    """A ledger somewhere, posted to with patience."""

    def __init__(self, url: str, pause: Callable[[float], None] = time.sleep) -> None:
        self._url = f"{url.rstrip('/')}/v1/events"
        self._session = requests.Session()
        self._pause = pause

    def post(self, batch: Batch) -> tuple[dict[str, Any], bool]:
        """The receipts of a batch, and whether anything of it is new; Stopped or Unavailable otherwise."""
        cause = ""
        for attempt in range(ATTEMPTS):
            try:
                answer = self._send(batch)
            except requests.RequestException as error:
                wait, cause = 0.0, str(error)
            else:
                if answer.status_code in (200, 201):
                    return answer.json(), answer.status_code == 201
                if answer.status_code not in _LATER:
                    raise Stopped(batch, _problem(answer))
                wait, cause = _asked_wait(answer), str(_problem(answer).get("detail"))
            if attempt + 1 < ATTEMPTS:
                self._pause(max(wait, _backoff(attempt)))
        raise Unavailable(f"{self._url} did not answer in {ATTEMPTS} attempts: {cause}")

    def _send(self, batch: Batch) -> requests.Response:
        headers = {"Content-Type": _MEDIA_TYPE, "Accept": "application/json"}
        return self._session.post(
            self._url,
            data=batch.body(),
            headers=headers,
            auth=_Bearer(batch.poster),
            timeout=TIMEOUT_S,
            allow_redirects=False,
        )


def _backoff(attempt: int) -> float:
    """Twice as long each time, up to a bound, and never for all clients at once."""
    longest: float = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**attempt)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


def _asked_wait(answer: requests.Response) -> float:
    given = answer.headers.get("Retry-After", "")
    return min(ASKED_WAIT_MAX_S, float(given)) if given.isdecimal() else 0.0


def _problem(answer: requests.Response) -> dict[str, Any]:
    """The problem document; for an answer that is none, its status."""
    try:
        document = answer.json()
    except requests.JSONDecodeError:
        document = None
    if isinstance(document, dict) and "detail" in document:
        return document
    return {"status": answer.status_code, "detail": f"The answer was HTTP {answer.status_code} {answer.reason}."}
