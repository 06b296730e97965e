"""POST /v1/events: one event or an atomic batch. Parses, authorises, validates, and hands it to the journal."""

from typing import Any

import orjson
from flask import Response, g, request

from ledger_service.api.ledger import answer, caller, ledger
from ledger_service.api.queries import Query, Routes, TrueFalse
from ledger_service.api.shapes import Receipt
from ledger_service.journal.commands import Command, PostedEvent, posted_event
from ledger_service.journal.writer import receipts_checkpoint
from shared.access import Identity
from shared.contract.envelope import check_event
from shared.contract.events import EVENT_TYPES
from shared.contract.pointers import step
from shared.contract.problems import Forbidden, Malformed, TooLarge, UnsupportedMediaType
from shared.contract.strict_json import parse

EVENT = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
EVENT_BYTES_MAX = 32_768
BATCH_EVENTS_MAX = 10_000

routes = Routes("intake", __name__, description="Posting facts")


class PostQuery(Query):
    """How to post."""

    dry_run = TrueFalse(metadata={"description": "decide, and record nothing"})


@routes.post("/v1/events")
@routes.query(PostQuery)
@routes.answers(201, Receipt)
def post(query: dict[str, Any]) -> Response:
    """Post one event, or a batch that is recorded whole or not at all.

    `source` and `id` are the key: the same again answers 200 with the same receipt, other content 409.
    422 names every rule that refuses it; the refusal itself is recorded. With `dry_run=true` the answer is
    200 and says what would be recorded (`entries`), warned of (`warnings`) or refused (`refusals`), and where what
    was posted before stands (`positions`).
    """
    batch = _is_batch()
    body: bytes = g.body
    if not batch and len(body) > EVENT_BYTES_MAX:
        raise TooLarge(f"An event is at most {EVENT_BYTES_MAX} bytes; this one has {len(body)}.")
    posted = _events(parse(body), batch)
    identity, dry_run = caller(), query.get("dry_run", False)
    _authorise(posted, identity, ledger().settings.origin)
    events = _batch(posted, len(body)) if batch else [_checked(posted[0], "#")]
    outcome = ledger().journal.record(Command(events, identity.subject, identity.roles, batch, dry_run))
    if outcome.trial is not None:
        return answer(outcome.trial)
    status = 201 if outcome.new else 200
    if batch:
        return answer({"receipts": outcome.receipts, "checkpoint": receipts_checkpoint(outcome.receipts)}, status)
    return _one(outcome.receipts[0], status)


def _one(receipt: dict[str, Any], status: int) -> Response:
    g.position = receipt["position"]
    response = answer(receipt, status)
    response.headers["Location"] = f"/v1/events/{receipt['position']}"
    return response


def _is_batch() -> bool:
    """Which of the two content types was sent; UnsupportedMediaType (415) for any other."""
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype not in (EVENT, BATCH) or charset not in ("utf-8", "utf8") or encoding != "identity":
        raise UnsupportedMediaType(
            f"Send {EVENT} or {BATCH}, in UTF-8 and not compressed.", headers={"Accept-Post": f"{EVENT}, {BATCH}"}
        )
    return request.mimetype == BATCH


def _events(value: object, batch: bool) -> list[object]:
    if not batch:
        return [value]
    if not isinstance(value, list) or not 1 <= len(value) <= BATCH_EVENTS_MAX:
        raise Malformed([{"pointer": "#", "detail": f"must be an array of 1 to {BATCH_EVENTS_MAX} events"}])
    return value


def _authorise(posted: list[object], identity: Identity, origin: str) -> None:
    """Forbidden (403) unless the caller's roles may post every type, and no event claims to be the ledger's own."""
    for event in posted:
        if not isinstance(event, dict):
            continue
        if event.get("source") == origin:
            raise Forbidden(f"The source {origin} is the ledger's own.")
        name = event.get("type")
        kind = EVENT_TYPES.get(name) if isinstance(name, str) else None
        if kind is not None and not kind.roles & identity.roles:
            may = ", ".join(sorted(kind.roles)) or "the ledger alone"
            raise Forbidden(f"{kind.name} is recorded by: {may}.")


def _checked(event: object, pointer: str) -> PostedEvent:
    return posted_event(check_event(event, pointer))


def _batch(posted: list[object], body_bytes: int) -> list[PostedEvent]:
    """Every event of a batch, checked; Malformed (400) with the errors of all of them."""
    events: list[PostedEvent] = []
    errors: list[Any] = []
    for index, event in enumerate(posted):
        if body_bytes > EVENT_BYTES_MAX and len(orjson.dumps(event)) > EVENT_BYTES_MAX:
            raise TooLarge(f"An event is at most {EVENT_BYTES_MAX} bytes; number {index} of this batch is larger.")
        try:
            events.append(_checked(event, step("#", index)))
        except Malformed as malformed:
            errors += malformed.errors
    if not errors:
        errors = _repeated(events)
    if errors:
        raise Malformed(errors)
    return events


def _repeated(events: list[PostedEvent]) -> list[dict[str, str]]:
    seen: dict[tuple[str, str], int] = {}
    errors = []
    for index, posted in enumerate(events):
        first = seen.setdefault((posted.event["source"], posted.event["id"]), index)
        if first != index:
            errors.append({"pointer": f"#/{index}/id", "detail": f"is the id of #/{first} too, from the same source"})
    return errors
