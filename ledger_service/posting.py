"""Posting a file of events to a running ledger, batch by batch, patiently."""

import time
from collections.abc import Callable
from typing import IO, Any

import requests

from ledger_service.event_files import in_batches, read_events

BATCH = "application/cloudevents-batch+json"
TRIES = 8
WAIT_SECONDS_MAX = 30.0


class NotPosted(Exception):
    """The ledger did not take it; `exit_code` 1 when it refused, 3 when it could not be reached."""

    def __init__(self, sentence: str, exit_code: int) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


class Sender:
    """Posts batches in order. The ledger knows each event by source and id, so all of it may be sent again."""

    def __init__(self, url: str, token: str, *, pause: Callable[[float], None] = time.sleep) -> None:
        self.recorded = 0
        self.known = 0
        self.position = 0
        self._url = f"{url.rstrip('/')}/v1/events"
        self._session = requests.Session()
        self._session.headers.update({"Authorization": f"Bearer {token}", "Content-Type": BATCH})
        self._pause = pause

    def send(self, file: IO[bytes], batch: int, done: Callable[[int], None]) -> None:
        """Post every event of a file; NotPosted names the first that was refused."""
        for first, events in in_batches(read_events(file), batch):
            answer = self._posted(first, events)
            self._count(answer.json(), answer.status_code == 201)
            done(first - 1 + len(events))

    def _count(self, answer: dict[str, Any], new: bool) -> None:
        """New events stand under the answer's own checkpoint, known ones under an earlier one."""
        receipts, size = answer["receipts"], answer["checkpoint"]["size"]
        recorded = sum(receipt["checkpoint"]["size"] == size for receipt in receipts) if new else 0
        self.recorded += recorded
        self.known += len(receipts) - recorded
        self.position = max(self.position, *(receipt["position"] for receipt in receipts))

    def _posted(self, first: int, events: list[object]) -> requests.Response:
        for attempt in range(TRIES):
            try:
                answer = self._session.post(self._url, json=events, timeout=150)
            except requests.RequestException as error:
                said, wait = f"The ledger cannot be reached: {error}", 2.0**attempt / 4
            else:
                if answer.status_code in (200, 201):
                    return answer
                if answer.status_code not in (429, 503):
                    raise NotPosted(_refusal(first, len(events), answer), 1)
                said, wait = f"The ledger is not taking events: {answer.text}", _seconds(answer)
            self._pause(min(wait, WAIT_SECONDS_MAX))
        raise NotPosted(said, 3)


def _seconds(answer: requests.Response) -> float:
    given = answer.headers.get("Retry-After", "")
    return float(given) if given.isdigit() else 1.0


def _refusal(first: int, count: int, answer: requests.Response) -> str:
    """In words: which events, and what the ledger said of them."""
    try:
        problem = answer.json()
    except requests.JSONDecodeError:
        problem = {"title": answer.reason, "detail": ""}
    lines = [f"Events {first} to {first + count - 1} were not recorded: {problem['title']}. {problem['detail']}"]
    lines += [f"  {error['pointer']}: {error['detail']}" for error in problem.get("errors", [])[:20]]
    for refusal in problem.get("refusals", [])[:20]:
        event = first + refusal.get("index", 0)
        lines.append(f"  event {event}: {refusal['rule']}: {refusal['detail']} It would pass: {refusal['would_pass']}")
    return "\n".join(lines)
