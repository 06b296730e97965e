"""Reading what was recorded: the history, one entry and its proof, streams."""

from typing import Any
from urllib.parse import urlencode

import marshmallow as ma
import orjson
from flask import Response, request

from ledger_service.api.ledger import answer, ledger
from ledger_service.api.queries import WHOLE_MAX, Query, Routes, TrueFalse, Whole
from ledger_service.api.shapes import Page, Streams
from ledger_service.journal.recorders.interface import Filter
from ledger_service.log.published import newest
from ledger_service.log.tiles import proof_text
from shared.contract.events import EVENT_TYPES, PREFIX, SUFFIX
from shared.contract.problems import NotFound

LIMIT_MAX = 1_000
LIMIT = 100

routes = Routes("history", __name__, description="What was recorded")


class EventName(ma.fields.String):
    """The name of an event type, full or short; its full name."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        for name in (value, f"{PREFIX}{value}{SUFFIX}"):
            if name in EVENT_TYPES:
                return str(name)
        raise ma.ValidationError("is no event type; GET /v1/event-types names them.")


class StreamQuery(Query):
    """Which page of a stream."""

    after = Whole(load_default=0, metadata={"description": "entries after this position"})
    limit = Whole(1, LIMIT_MAX, load_default=LIMIT)


class HistoryQuery(StreamQuery):
    """Which entries."""

    stream = ma.fields.String(
        validate=ma.validate.Regexp(r"^[!-~]{1,200}$", error="is the name of a stream."),
        metadata={"description": "such as line-2 or project/NC.0001"},
    )
    type = EventName(metadata={"description": "of the catalogue, full or short, such as grant.approved"})
    year = Whole(1951, 2099)


class ProofQuery(Query):
    """What the proof file carries."""

    entry = TrueFalse(load_default=False, metadata={"description": "carry the entry in the file's `extra` line"})


class StreamsQuery(Query):
    """Which page of streams."""

    after = ma.fields.String(load_default="", metadata={"description": "streams after this name"})
    limit = Whole(1, LIMIT_MAX, load_default=LIMIT)


@routes.get("/v1/events")
@routes.query(HistoryQuery)
@routes.answers(200, Page)
def history(query: dict[str, Any]) -> Response:
    """The history, oldest first, a page at a time; `Link` (RFC 8288) names the next page."""
    return _page(query, Filter(query.get("stream"), query.get("type"), query.get("year")))


@routes.get("/v1/events/<int:position>")
@routes.answers(200, {"type": "object"})
def entry(position: int) -> Response:
    """One entry of the log, the very bytes that are its leaf."""
    with ledger().journal.reading() as reader:
        body = reader.entries_at([position]).get(position) if position <= WHOLE_MAX else None
    if body is None:
        raise NotFound(f"The log has no position {position}.")
    return answer(body)


@routes.get("/v1/events/<int:position>/proof")
@routes.query(ProofQuery)
@routes.answers(200, {"type": "string"}, "text/plain")
def proof(query: dict[str, Any], position: int) -> Response:
    """The entry's C2SP tlog-proof under the newest checkpoint; under the newest cosigned one where that covers it."""
    with ledger().journal.reading() as reader:
        covering = newest(reader)
        if covering is None or not 1 <= position <= covering.size:
            raise NotFound(f"The log has no position {position}.")
        cosigned = ledger().witnessing.cosigned(reader)
        if cosigned is not None and cosigned.size >= position:
            covering = cosigned
        text = proof_text(reader, position, covering, carried=query["entry"])
    return answer(text.encode(), media_type="text/plain; charset=utf-8")


@routes.get("/v1/streams")
@routes.query(StreamsQuery)
@routes.answers(200, Streams)
def streams(query: dict[str, Any]) -> Response:
    """All streams by name, with their last version."""
    limit = query["limit"]
    with ledger().journal.reading() as reader:
        rows, head = reader.streams(query["after"], limit + 1), reader.head()
    following = rows[limit - 1].stream if len(rows) > limit else None
    found = [{"stream": row.stream, "version": row.version} for row in rows[:limit]]
    return _linked(answer({"streams": found, "position": head, "next": following}), following)


@routes.get("/v1/streams/<path:stream>/events")
@routes.query(StreamQuery)
@routes.answers(200, Page)
def stream_events(query: dict[str, Any], stream: str) -> Response:
    """One stream's entries, oldest first."""
    with ledger().journal.reading() as reader:
        known = reader.page(0, 1, Filter(stream))
    if not known:
        raise NotFound(f"There is no stream {stream}.")
    return _page(query, Filter(stream))


def _page(query: dict[str, Any], wanted: Filter) -> Response:
    limit = query["limit"]
    with ledger().journal.reading() as reader:
        rows, head = reader.page(query["after"], limit + 1, wanted), reader.head()
    following = rows[limit - 1][0] if len(rows) > limit else None
    bodies = b",".join(body for _, body in rows[:limit])
    tail = orjson.dumps({"position": head, "next": following})
    return _linked(answer(b'{"events":[' + bodies + b"]," + tail[1:]), following)


def _linked(response: Response, following: int | str | None) -> Response:
    if following is not None:
        parameters = urlencode({**request.args.to_dict(), "after": following})
        response.headers["Link"] = f'<{request.path}?{parameters}>; rel="next"'
    return response
