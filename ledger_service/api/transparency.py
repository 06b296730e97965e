"""The C2SP tlog-tiles log: checkpoint and tiles."""

from typing import Any

from flask import Response

from ledger_service.api.ledger import answer, ledger
from ledger_service.api.queries import Query, Routes, TrueFalse, Whole
from ledger_service.journal.recorders.interface import CheckpointRow
from ledger_service.log.published import WAIT_SECONDS_MAX
from ledger_service.log.tiles import NoSuchTile, tile_bytes
from shared.contract.problems import NotFound

IMMUTABLE = "max-age=31536000, immutable"

routes = Routes("transparency", __name__, description="The transparency log")


class CheckpointQuery(Query):
    """Whether to wait for news."""

    after = Whole(metadata={"description": "wait until the log has more entries than this"})
    cosigned = TrueFalse(
        load_default=False, metadata={"description": "the newest that the policy's witnesses cosigned, or 404"}
    )
    wait = Whole(0, int(WAIT_SECONDS_MAX), load_default=0, metadata={"description": "seconds"})


@routes.get("/checkpoint")
@routes.query(CheckpointQuery)
@routes.answers(200, {"type": "string"}, "text/plain")
def checkpoint(query: dict[str, Any]) -> Response:
    """The newest signed checkpoint, or with `after` and `wait` the next one.

    What witnesses said of it stands under the log's own signature. With `cosigned`, the newest one whose cosignatures
    make the quorum of LEDGER_WITNESSES: it may be of fewer entries than the newest. At most 16 requests wait in one
    process; further ones are answered at once with what stands.
    """
    published = ledger().published
    after = query.get("after")
    if query["cosigned"]:
        row = _cosigned()
    else:
        row = published.newest() if after is None else published.newest_after(after, query["wait"])
    if row is None:
        raise NotFound("No checkpoint is cosigned yet." if query["cosigned"] else "The log is empty.")
    response = answer(row.note.encode(), media_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = f"{_scope()}, max-age=1" if after is None else "no-store"
    return response


def _cosigned() -> CheckpointRow | None:
    with ledger().journal.reading() as reader:
        return ledger().witnessing.cosigned(reader)


@routes.get("/tile/<path:path>")
@routes.answers(200, {"type": "string", "format": "binary"}, "application/octet-stream")
def tile(path: str) -> Response:
    """A tile of hashes, or with `entries/` a bundle of entries: whole, or `.p/W` of any width up to the log's size."""
    try:
        with ledger().journal.reading() as reader:
            body = tile_bytes(reader, f"tile/{path}")
    except NoSuchTile as error:
        raise NotFound(f"{error}.".capitalize()) from error
    response = answer(body, media_type="application/octet-stream")
    response.headers["Cache-Control"] = f"{_scope()}, {IMMUTABLE}"
    return response


def _scope() -> str:
    return "public" if ledger().settings.public_log else "private"
