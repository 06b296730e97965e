"""A real ledger on a real SQLite file, and clerks who post to it over WSGI."""

import logging
from datetime import UTC, datetime
from threading import Event

import pytest
import structlog

from ledger_service.api.ledger import ledger_of
from ledger_service.app import create_app
from ledger_service.settings import load
from tests.ledger.clerks import Office

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def environment(tmp_path):
    """The settings a ledger is started with; tests may change them before `office` is used."""
    return {"FUND_HOME": str(tmp_path)}


@pytest.fixture
def open_office(environment):
    """Opens an office on the journal, as often as wanted; each is closed in the end."""
    opened = []

    def open_one(**more):
        settings = load(environment | more)
        app = create_app(settings, now=lambda: NOW, stopping=Event())
        opened.append(app)
        return Office(app, settings)

    yield open_one
    for app in opened:
        ledger_of(app).close()


@pytest.fixture
def office(open_office):
    """A running ledger with clerks of every role."""
    return open_office()
