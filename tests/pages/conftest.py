"""The pages, and Debian's chromium to look at them with."""

import logging
import os
import shutil

import pytest
import structlog

from tests.pages.serving import ledger_over_nothing, reporting_over_the_sample, served

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
logging.getLogger("werkzeug").setLevel(logging.ERROR)
CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = "no chromium: browser tests were not run; run `apt-get install chromium`, then `make test`"


@pytest.fixture(scope="session")
def reporting(tmp_path_factory):
    """Reporting as an application."""
    return reporting_over_the_sample(tmp_path_factory.mktemp("reporting"))


@pytest.fixture
def ledger(tmp_path):
    """A ledger of one's own as an application."""
    with ledger_over_nothing(tmp_path) as app:
        yield app


@pytest.fixture(scope="session")
def reporting_url(reporting):
    """Where reporting's pages are."""
    with served(reporting) as url:
        yield url


@pytest.fixture
def ledger_url(ledger):
    """Where the ledger's pages are."""
    with served(ledger) as url:
        yield url


@pytest.fixture(scope="session")
def chromium():
    """Debian's chromium, driven by playwright; CI insists on it."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()
