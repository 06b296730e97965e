"""The composition root: settings, clock and store come in, a WSGI application comes out."""

import os
from collections.abc import Callable
from datetime import datetime
from threading import Event, Timer

from flask import Flask

from ledger_service import observing
from ledger_service.api import apart, exchange, facility, history, intake, openapi, operations, problems, transparency
from ledger_service.api.apart import Apart
from ledger_service.api.bodies import Bodies
from ledger_service.api.ledger import EXTENSION, Ledger
from ledger_service.api.queries import Position
from ledger_service.journal.journal import Journal, ThreadedJournal, utc_now
from ledger_service.journal.recorders.interface import StoreRefused, StoreUnavailable
from ledger_service.journal.remote import RemoteJournal
from ledger_service.keys import KeyRefused, signing_key
from ledger_service.log.published import Published
from ledger_service.metrics import Metrics
from ledger_service.recording import open_recorder, open_writer
from ledger_service.settings import Settings, SettingsInvalid, load
from shared import serving
from shared.access import token_checker

LAST_ANSWERS_SECONDS = 1.0
BLUEPRINTS = (intake, history, facility, transparency, operations)


def create_app(
    settings: Settings, *, now: Callable[[], datetime] = utc_now, stopping: Event = serving.stopping
) -> Flask:
    """The ledger as a WSGI application of one process; StoreRefused or StoreUnavailable when its journal cannot be
    opened."""
    recorder, metrics = open_recorder(settings), Metrics()
    published = Published(recorder.reading, stopping)
    writer = open_writer(settings, recorder, metrics.written, now=now, published=lambda _: published.announce())
    return assembled(settings, ThreadedJournal(recorder, writer), published, metrics, now, None)


def create_served(settings: Settings) -> Flask:
    """The same with the writer, and where there is a second core the checking of large batches, in processes of their
    own."""
    signing_key(settings.signing_key_file, settings.origin)
    recorder, metrics = open_recorder(settings), Metrics()
    published = Published(recorder.reading, serving.stopping)
    journal = RemoteJournal(
        recorder,
        "ledger_service.recording",
        written=metrics.written,
        published=published.announce,
        lost=lambda: Timer(LAST_ANSWERS_SECONDS, os._exit, (3,)).start(),
    )
    app = assembled(settings, journal, published, metrics, utc_now, apart.started())
    journal.open()
    return app


def assembled(
    settings: Settings,
    journal: Journal,
    published: Published,
    metrics: Metrics,
    now: Callable[[], datetime],
    checking: Apart | None,
) -> Flask:
    """The doors before a journal."""
    app = Flask(__name__, static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.converters["int"] = Position
    app.static_folder = "static"
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=app.send_static_file)
    problems.register(app)
    exchange.register(app, Bodies(settings.threads))
    openapi.register(app, [module.routes for module in BLUEPRINTS])
    metrics.watch_queue(lambda: journal.queued)
    checker = token_checker(
        settings.auth_mode,
        fund_home=settings.fund_home,
        issuer=settings.oidc_issuer,
        audience=settings.oidc_audience,
        jwks_url=settings.oidc_jwks_url,
    )
    verifier = signing_key(settings.signing_key_file, settings.origin).verifier
    app.extensions[EXTENSION] = Ledger(settings, journal, published, checker, verifier, metrics, now, checking)
    return app


def from_environment() -> Flask:
    """The application that the server process runs; says in plain words why it cannot start."""
    observing.log_as_json()
    try:
        return create_served(load(os.environ))
    except SettingsInvalid as error:
        raise serving.CannotServe(str(error), error.exit_code) from error
    except (StoreRefused, KeyRefused) as error:
        raise serving.CannotServe(f"The ledger does not start. {error}", error.exit_code) from error
    except (StoreUnavailable, OSError) as error:
        raise serving.CannotServe(f"The ledger cannot start: {error}", 3) from error
