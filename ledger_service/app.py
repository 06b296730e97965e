"""The composition root: settings, clock and store come in, a WSGI application comes out."""

import os
from collections.abc import Callable
from datetime import datetime
from threading import Event, Timer
from typing import Any

from flask import Flask

from ledger_service import observing, web
from ledger_service.api import apart, exchange, facility, history, intake, openapi, operations, problems, transparency
from ledger_service.api.admitting import POSTS, admission
from ledger_service.api.apart import Apart
from ledger_service.api.ledger import EXTENSION, Ledger
from ledger_service.api.queries import Position
from ledger_service.journal.journal import Journal, ThreadedJournal, utc_now
from ledger_service.journal.recorders.interface import JournalRecorder, StoreRefused, StoreUnavailable
from ledger_service.journal.remote import RemoteJournal
from ledger_service.journal.writer import Written
from ledger_service.keys import KeyRefused, signing_key
from ledger_service.log.published import Published
from ledger_service.metrics import Metrics
from ledger_service.recording import open_recorder, open_writer
from ledger_service.settings import Settings, SettingsInvalid, load
from ledger_service.witnessing.witnessing import Witnessing
from shared import serving
from shared.access import token_checker
from shared.bodies import Bodies, slots_of
from shared.log_format.notes import SigningKey
from shared.process import share_one_core

LAST_ANSWERS_SECONDS = 1.0
BLUEPRINTS = (intake, history, facility, transparency, operations)


def create_app(
    settings: Settings,
    *,
    now: Callable[[], datetime] = utc_now,
    stopping: Event = serving.stopping,
    checking: Apart | None = None,
) -> Flask:
    """The ledger as a WSGI application of one process; StoreRefused or StoreUnavailable when its journal cannot be
    opened."""
    around = Around(settings, now, stopping)
    announce = around.published.announce
    writer = open_writer(settings, around.recorder, around.written, now=now, published=lambda _: announce())
    app = assembled(around, ThreadedJournal(around.recorder, writer), checking)
    around.opened()
    return app


def create_served(settings: Settings, lost: Callable[[], None]) -> Flask:
    """The same with the writer, and where there is a second core the checking of large batches, in processes of their
    own; `lost` is called when the writer's ends on its own."""
    around = Around(settings, utc_now, serving.stopping)

    def told() -> None:
        around.metrics.writer_lost.set(1)
        lost()

    journal = RemoteJournal(
        around.recorder,
        "ledger_service.recording",
        written=around.written,
        published=around.published.announce,
        lost=told,
        posts_in_work=lambda: around.door.taken(POSTS),
    )
    around.metrics.watch_process("writer", lambda: journal.pid)
    app = assembled(around, journal, apart.started())
    journal.open()
    around.opened()
    return app


class Around:
    """What stands around a journal: its store, its key, and who hears of what is written."""

    def __init__(self, settings: Settings, now: Callable[[], datetime], stopping: Event) -> None:
        self.settings = settings
        self.now = now
        self.key = signing_key(settings.signing_key_file, settings.origin)
        self.recorder = open_recorder(settings)
        self.metrics = Metrics()
        self.door = admission(settings.threads)
        self.metrics.watch(self.door)
        self.witnessing = witnessing_of(settings, self.recorder, self.key)
        self.published = Published(self.recorder.reading, stopping)

    def opened(self) -> None:
        """The journal is open."""
        with self.recorder.reading() as reader:
            self.metrics.position.set(reader.head())
        self.witnessing.start()

    def written(self, group: Written) -> None:
        """A group was written."""
        self.metrics.written(group)
        self.witnessing.written(group)

    def ledger(self, journal: Journal, checking: Apart | None) -> Ledger:
        """Keys, journal and log put together."""
        settings = self.settings
        self.metrics.watch_journal(lambda: journal.queued, lambda: journal.stopped)
        self.metrics.watch_witnesses(self.witnessing.status)
        checker = token_checker(
            settings.auth_mode,
            fund_home=settings.fund_home,
            issuer=settings.oidc_issuer,
            audience=settings.oidc_audience,
            jwks_url=settings.oidc_jwks_url,
        )
        return Ledger(
            settings,
            journal,
            self.published,
            checker,
            self.key.verifier,
            self.metrics,
            self.now,
            self.witnessing,
            checking,
        )


class Doors(Flask):
    """Flask without the adapters for views that are coroutines: there are none."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return func


def assembled(around: Around, journal: Journal, checking: Apart | None) -> Flask:
    """The doors before a journal."""
    app = Doors(__name__, static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.converters["int"] = Position
    app.static_folder = "static"
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=app.send_static_file)
    problems.register(app)
    exchange.register(app, Bodies(slots_of(around.settings.threads)))
    app.wsgi_app = around.door.before(app.wsgi_app)  # type: ignore[method-assign, assignment]
    openapi.register(app, [module.routes for module in BLUEPRINTS])
    app.extensions[EXTENSION] = around.ledger(journal, checking)
    web.register(app)
    return app


def witnessing_of(settings: Settings, recorder: JournalRecorder, key: SigningKey) -> Witnessing:
    """The witnesses of LEDGER_WITNESSES; SettingsInvalid when that policy is of other logs."""
    policy = settings.witnesses
    if policy is not None and all(log.verifier.public != key.verifier.public for log in policy.logs):
        raise SettingsInvalid([f"LEDGER_WITNESSES: the policy has no line `log {key.vkey}`."])
    return Witnessing(recorder, policy, settings.witness_seconds)


def from_environment() -> Flask:
    """The application that the server process runs; says in plain words why it cannot start."""
    observing.log_as_json()
    try:
        app = create_served(load(os.environ), lost=_end)
    except SettingsInvalid as error:
        raise serving.CannotServe(str(error), error.exit_code) from error
    except (StoreRefused, KeyRefused) as error:
        raise serving.CannotServe(f"The ledger does not start. {error}", error.exit_code) from error
    except (StoreUnavailable, OSError) as error:
        raise serving.CannotServe(f"The ledger cannot start: {error}", 3) from error
    app.wsgi_app = share_one_core(app.wsgi_app)  # type: ignore[method-assign, assignment]
    return app


def _end() -> None:
    """End the service, once those who wait have been told: whoever supervises it starts it again."""
    Timer(LAST_ANSWERS_SECONDS, os._exit, (3,)).start()
