"""Both services as applications, with development tokens or an identity provider; and what their logs say."""

import pytest
import structlog

from tests.access.asking import Service
from tests.access.provider import IdentityProvider, running
from tests.pages.serving import ledger_over_nothing, reporting_over_the_sample


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    """A ledger with nothing but its rules, and development tokens."""
    home = tmp_path_factory.mktemp("ledger")
    with ledger_over_nothing(home) as app:
        yield Service("ledger", app, home)


@pytest.fixture(scope="module")
def reporting(tmp_path_factory):
    """Reporting over the sample, with development tokens."""
    home = tmp_path_factory.mktemp("reporting")
    return Service("reporting", reporting_over_the_sample(home), home)


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    """An identity provider over TLS, whose authority this process trusts."""
    made = IdentityProvider(tmp_path_factory.mktemp("provider"))
    with pytest.MonkeyPatch.context() as patch, running(made):
        patch.setenv("SSL_CERT_FILE", str(made.ca))
        patch.setenv("REQUESTS_CA_BUNDLE", str(made.ca))
        yield made


@pytest.fixture(scope="module")
def guarded(provider, tmp_path_factory):
    """Both services as that identity provider guards them."""
    homes = [tmp_path_factory.mktemp(name) for name in ("guarded-ledger", "guarded-reporting")]
    told = provider.settings()
    with ledger_over_nothing(homes[0], **told) as app:
        reporting = reporting_over_the_sample(homes[1], **told)
        yield Service("ledger", app, homes[0]), Service("reporting", reporting, homes[1])


@pytest.fixture
def said():
    """The lines that the services log meanwhile."""
    lines = []

    def keep(_logger, method, line):
        lines.append({**line, "level": method})
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, keep], wrapper_class=structlog.BoundLogger)
    yield lines
    structlog.configure(**before)


@pytest.fixture
def refusals(said):
    """Gives the lines of refused access, and forgets them."""

    def taken():
        found = [line for line in said if line["event"] == "access refused"]
        said.clear()
        return found

    return taken
