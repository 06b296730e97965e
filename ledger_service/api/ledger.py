"""What every endpoint is given: the journal, the log, the clock, who may do what."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import orjson
from flask import Flask, Response, current_app, g

from ledger_service.api.apart import Apart
from ledger_service.journal.commands import Answer, Command
from ledger_service.journal.journal import Journal
from ledger_service.log.published import Published
from ledger_service.metrics import Metrics
from ledger_service.settings import Settings
from ledger_service.witnessing.witnessing import Witnessing
from shared.access import Identity, TokenChecker
from shared.contract.problems import Refused
from shared.log_format.notes import Verifier

EXTENSION = "fund1035-ledger"


@dataclass(frozen=True)
class Ledger:
    """One running ledger."""

    settings: Settings
    journal: Journal
    published: Published
    checker: TokenChecker
    verifier: Verifier
    metrics: Metrics
    now: Callable[[], datetime]
    witnessing: Witnessing
    apart: Apart | None = None

    def record(self, command: Command) -> Answer:
        """Have it decided and recorded; raises its Problem. Refusals are counted by rule."""
        try:
            return self.journal.record(command)
        except Refused as refused:
            self.metrics.refused(refused.refusals)
            g.position = refused.more.get("position")
            raise

    def close(self) -> None:
        """Finish what waits and let go of the database."""
        if self.apart is not None:
            self.apart.close()
        self.witnessing.close()
        self.journal.close()


def ledger_of(app: Flask) -> Ledger:
    """The ledger that an application serves."""
    return cast(Ledger, app.extensions[EXTENSION])


def ledger() -> Ledger:
    """The ledger of the present request."""
    return ledger_of(current_app)


def caller() -> Identity:
    """Who asks, once `permissions` let them in."""
    return cast(Identity, g.identity)


def answer(content: object, status: int = 200, media_type: str = "application/json") -> Response:
    """A JSON answer; bytes are taken as JSON already."""
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    return Response(body, status, content_type=media_type)
