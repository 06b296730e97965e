"""The composition root: settings, clock and store come in, a WSGI application comes out."""

import os
from collections.abc import Callable
from datetime import datetime
from threading import Event

from flask import Flask

from ledger_service import observing, web
from ledger_service.api import apart, exchange, facility, history, intake, openapi, operations, problems, transparency
from ledger_service.api.apart import Apart
from ledger_service.api.ledger import EXTENSION, Ledger
from ledger_service.api.queries import Position
from ledger_service.journal.journal import Journal, utc_now
from ledger_service.journal.limits import RefusalLimit
from ledger_service.journal.recorders.interface import JournalRecorder, StoreRefused, StoreUnavailable
from ledger_service.journal.recorders.sqlite import SQLiteJournalRecorder
from ledger_service.journal.snapshots import Snapshots
from ledger_service.journal.writer import Written
from ledger_service.keys import KeyRefused, signing_key
from ledger_service.log.published import Published
from ledger_service.metrics import Metrics
from ledger_service.settings import Settings, SettingsInvalid, load
from ledger_service.witnessing.witnessing import Witnessing
from shared import serving
from shared.access import token_checker
from shared.bodies import Bodies
from shared.log_format.notes import SigningKey

BLUEPRINTS = (intake, history, facility, transparency, operations)


def create_app(
    settings: Settings,
    *,
    now: Callable[[], datetime] = utc_now,
    stopping: Event = serving.stopping,
    checking: Apart | None = None,
) -> Flask:
    """The ledger as a WSGI application; StoreRefused or StoreUnavailable when its journal cannot be opened."""
    app = Flask(__name__, static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.converters["int"] = Position
    app.static_folder = "static"
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=app.send_static_file)
    problems.register(app)
    bodies = Bodies(settings.threads)
    exchange.register(app, bodies)
    openapi.register(app, [module.routes for module in BLUEPRINTS])
    app.extensions[EXTENSION] = open_ledger(settings, now, stopping, checking)
    web.register(app, bodies)
    return app


def open_ledger(
    settings: Settings, now: Callable[[], datetime], stopping: Event, checking: Apart | None = None
) -> Ledger:
    """Keys, journal and log put together."""
    key = signing_key(settings.signing_key_file, settings.origin)
    recorder = open_recorder(settings)
    metrics = Metrics()
    witnessing = witnessing_of(settings, recorder, key)
    published = Published(recorder.reading, stopping)

    def written(group: Written) -> None:
        metrics.written(group)
        witnessing.written(group)

    journal = Journal(
        recorder,
        key,
        now=now,
        limit=RefusalLimit(settings.refusals_per_minute),
        published=lambda _: published.announce(),
        written=written,
        snapshots=Snapshots(settings.fund_home / "ledger.snapshot", key),
        continues=settings.continues,
    )
    metrics.watch_queue(lambda: journal.queued)
    metrics.watch_witnesses(witnessing.status)
    checker = token_checker(
        settings.auth_mode,
        fund_home=settings.fund_home,
        issuer=settings.oidc_issuer,
        audience=settings.oidc_audience,
        jwks_url=settings.oidc_jwks_url,
    )
    witnessing.start()
    return Ledger(settings, journal, published, checker, key.verifier, metrics, now, witnessing, checking)


def witnessing_of(settings: Settings, recorder: JournalRecorder, key: SigningKey) -> Witnessing:
    """The witnesses of LEDGER_WITNESSES; SettingsInvalid when that policy is of other logs."""
    policy = settings.witnesses
    if policy is not None and all(log.verifier.public != key.verifier.public for log in policy.logs):
        raise SettingsInvalid([f"LEDGER_WITNESSES: the policy has no line `log {key.vkey}`."])
    return Witnessing(recorder, policy, settings.witness_seconds)


def open_recorder(settings: Settings) -> JournalRecorder:
    """The journal's store, as LEDGER_DATABASE_URL says."""
    if settings.sqlite_path is None:
        from ledger_service.journal.recorders.postgres import PostgresJournalRecorder  # its driver is slow to import

        return PostgresJournalRecorder.at(settings.database_url)
    settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
    return SQLiteJournalRecorder.at(str(settings.sqlite_path))


def from_environment() -> Flask:
    """The application that the server process runs; says in plain words why it cannot start."""
    observing.log_as_json()
    try:
        return create_app(load(os.environ), checking=apart.started())
    except SettingsInvalid as error:
        raise serving.CannotServe(str(error), error.exit_code) from error
    except (StoreRefused, KeyRefused) as error:
        raise serving.CannotServe(f"The ledger does not start. {error}", error.exit_code) from error
    except (StoreUnavailable, OSError) as error:
        raise serving.CannotServe(f"The ledger cannot start: {error}", 3) from error
