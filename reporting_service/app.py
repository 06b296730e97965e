"""The composition root: settings, clock and follower come in, a WSGI application comes out."""

import gc
import os
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask

from reporting_service import observing, web
from reporting_service.api import (
    annual,
    audit,
    bundle,
    drill_down,
    editions,
    exchange,
    figures,
    openapi,
    operations,
    problems,
    replay,
    what_if,
)
from reporting_service.api.admitting import admission
from reporting_service.api.reporting import EXTENSION, Followed, Reporting
from reporting_service.follower import Follower
from reporting_service.metrics import Metrics
from reporting_service.projections.engine import open_engine
from reporting_service.projections.rebuild import rebuild
from reporting_service.projections.schema import Newer
from reporting_service.projections.store import Store, StoreUnavailable
from reporting_service.settings import Settings, load
from reporting_service.token_file import TokenFile
from shared import serving
from shared.access import token_checker
from shared.bodies import Bodies, slots_of
from shared.environment import SettingsInvalid
from shared.log_format.notes import Verifier
from shared.private import private_file

DOORS = (figures, annual, drill_down, editions, bundle, audit, replay, what_if, operations)


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    *,
    now: Callable[[], datetime] = utc_now,
    store: Store | None = None,
    follower: Followed | None = None,
) -> Flask:
    """Reporting as a WSGI application; unless one is given, a follower is started in a thread of its own."""
    app = Flask(__name__, static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.static_folder = "static"
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=app.send_static_file)
    problems.register(app)
    exchange.register(app)
    openapi.register(app, [module.routes for module in DOORS])
    store = store or open_store(settings)
    if follower is None:
        follower = following = _follower(settings, store)
        following.start()
    checker = token_checker(
        settings.auth_mode,
        fund_home=settings.fund_home,
        issuer=settings.oidc_issuer,
        audience=settings.oidc_audience,
        jwks_url=settings.oidc_jwks_url,
    )
    bodies = Bodies(slots_of(settings.threads), exchange.BODY_BYTES_MAX)
    metrics, door = Metrics(follower.status), admission(settings.threads)
    metrics.registry.register(door)
    app.extensions[EXTENSION] = Reporting(settings, store, follower, checker, metrics, now, bodies)
    web.register(app)
    app.wsgi_app = door.before(app.wsgi_app)  # type: ignore[method-assign, assignment]
    return app


def open_store(settings: Settings) -> Store:
    """The database that the settings name, its tables made where there are none, another version's rebuilt."""
    if settings.sqlite_path is not None:
        private_file(settings.sqlite_path)
    store = Store(open_engine(settings.database_url))
    if not store.stale:
        return store
    rebuild(store.engine)
    return Store(store.engine)


def _follower(settings: Settings, store: Store) -> Follower:
    verifier = Verifier.parse(settings.log_vkey)
    token = TokenFile(settings.token_file)
    return Follower(settings.ledger_url, token, verifier, store, policy=settings.witnesses)


def from_environment() -> Flask:
    """The application that the server process runs; says in plain words why it cannot start."""
    observing.log_as_json()
    try:
        app = create_app(load(os.environ))
    except SettingsInvalid as error:
        raise serving.CannotServe(str(error), error.exit_code) from error
    except Newer as error:
        raise serving.CannotServe(f"Reporting does not start. {error}", error.exit_code) from error
    except StoreUnavailable as error:
        raise serving.CannotServe(f"Reporting cannot start: its database does not open: {error}", 3) from error
    except OSError as error:
        raise serving.CannotServe(f"Reporting cannot start: {error}", 3) from error
    gc.freeze()  # what was imported stays: no collection need look at it again
    return app
