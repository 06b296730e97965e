"""Both services' pages on loopback, over the sample history, with an edition and a late fact; and who visits them."""

import re
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from typing import Any

from werkzeug.serving import make_server

from ledger_service import app as ledger_app
from ledger_service.api.ledger import ledger_of
from ledger_service.settings import load as ledger_settings
from reporting_service import app as reporting_app
from reporting_service.settings import load as reporting_settings
from tests.reporting import facts
from tests.reporting.history import KEY, History, Standing, follow, sample, store_at
from tests.reporting.issuing import issue

NOW = datetime(2011, 2, 1, 9, 30, tzinfo=UTC)
TOKEN = re.compile(r'name="token" value="([^"]+)"')


def reporting_over_the_sample(folder, **settings: str) -> Any:
    """Reporting with the sample history, an edition of 2008 and a late fact after it."""
    history, store = sample(), store_at(folder / "reporting.db")
    issue(history, store)
    facts.received(history, "C.9", amount="70000.00", on="2008-06-30", adjusts_year=2008)
    return reporting_over(history, store, folder, **settings)


def reporting_over_rules_alone(folder, **settings: str) -> Any:
    """Reporting over a log that holds its rules and nothing else."""
    return reporting_over(History(), store_at(folder / "reporting.db"), folder, **settings)


def reporting_over(history, store, folder, **settings: str) -> Any:
    """Reporting over any history, once it has followed it."""
    follow(store, history.bodies)
    given = {"FUND_HOME": str(folder), "REPORTING_LOG_VKEY": KEY.vkey, **settings}
    following = Standing(history.position)
    return reporting_app.create_app(reporting_settings(given), now=lambda: NOW, store=store, follower=following)


@contextmanager
def ledger_over_nothing(folder, **settings: str):
    """A ledger with nothing but its rules."""
    given = ledger_settings({"FUND_HOME": str(folder), **settings})
    app = ledger_app.create_app(given, now=lambda: NOW, stopping=Event())
    yield app
    ledger_of(app).close()


@contextmanager
def served(app):
    """The address at which an application is served meanwhile."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Visitor:
    """Somebody without a browser: keeps cookies, fills forms."""

    def __init__(self, app, role: str | None = None, subject: str = "") -> None:
        self.client = app.test_client()
        if role:
            self.post("/sign-in", "/sign-in", role=role, subject=subject, next="/")

    def get(self, path: str, **more: Any):
        """The answer to GET, as a browser asks."""
        return self.client.get(path, headers={"Accept": "text/html"}, **more)

    def post(self, page: str, path: str, **fields: str):
        """The answer to a form of a page."""
        return self.client.post(path, data={"token": self.token(page), **fields})

    def token(self, page: str) -> str:
        """The token of a page's forms."""
        found = TOKEN.search(self.get(page).text)
        return found[1] if found else ""


def words_of(answer) -> str:
    """A page's text without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
