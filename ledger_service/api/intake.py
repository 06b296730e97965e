"""POST /v1/events: one event or an atomic batch. Parses, authorises, validates, and hands it to the journal."""

from collections.abc import Iterable
from typing import Any

from flask import Response, g
from flask.globals import request_ctx

from ledger_service.api.checking import checked, checked_batch, events_in, names_in
from ledger_service.api.ledger import answer, caller, ledger
from ledger_service.api.queries import Query, Routes, TrueFalse
from ledger_service.api.shapes import Receipt
from ledger_service.journal.commands import Command, Posted, marks_of
from shared.contract.events import EVENT_TYPES
from shared.contract.problems import Forbidden, UnsupportedMediaType

EVENT = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"

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
    identity, dry_run = caller(), query.get("dry_run", False)
    posted = _posted(g.body, batch)
    told = ledger().record(Command(posted, identity.subject, identity.roles, batch, dry_run))
    response = answer(told.body, told.status)
    g.position = told.position
    if told.position is not None and not batch:
        response.headers["Location"] = f"/v1/events/{told.position}"
    return response


def _is_batch() -> bool:
    """Which of the two content types was sent; UnsupportedMediaType (415) for any other."""
    request = request_ctx.request
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype not in (EVENT, BATCH) or charset not in ("utf-8", "utf8") or encoding != "identity":
        raise UnsupportedMediaType(
            f"Send {EVENT} or {BATCH}, in UTF-8 and not compressed.", headers={"Accept-Post": f"{EVENT}, {BATCH}"}
        )
    return request.mimetype == BATCH


def _posted(body: bytes, batch: bool) -> Posted:
    """The events of a body, checked, once the caller may post them: 400, 403, 413."""
    apart = ledger().apart
    if batch and apart is not None and (seen := apart.batch(body)):
        _authorise(seen.names)
        return Posted(body, seen.marks)
    events = events_in(body, batch)
    _authorise(names_in(events))
    return Posted(body, marks_of(checked_batch(events, len(body)) if batch else [checked(events[0])]))


def _authorise(names: Iterable[tuple[object, object]]) -> None:
    """Forbidden (403) unless the caller's roles may post every type, and no event claims to be the ledger's own."""
    identity, origin = caller(), ledger().settings.origin
    for source, name in names:
        if source == origin:
            raise Forbidden(f"The source {origin} is the ledger's own.")
        kind = EVENT_TYPES.get(name) if isinstance(name, str) else None
        if kind is not None and not kind.roles & identity.roles:
            may = ", ".join(sorted(kind.roles)) or "the ledger alone"
            raise Forbidden(f"{kind.name} is recorded by: {may}.")
