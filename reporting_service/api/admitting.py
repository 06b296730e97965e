"""How much of each kind of work reporting takes on at once; docs/decisions/0022 says why."""

from wsgiref.types import WSGIEnvironment

from reporting_service.api.exchange import HEADERS
from shared.admission import Admission, Asked, Bound

REQUESTS_TIMES = 2
REQUESTS_CROWDED = 8
"""A page costs some 30 ms of processor: so few are still answered within a second."""
RENDERINGS = 12
"""PDF files, workbooks and the like, bundles and suppositions, of which some wait for each other."""
ALWAYS = frozenset({"/livez", "/readyz", "/metrics"})
RENDERED = (".pdf", ".xlsx", ".csv", ".xml", "/bundle", "/what-if")


def admission(threads: int) -> Admission:
    """Reporting's door: what is rendered or supposed has places of its own, so that plain answers never wait for it."""
    bounds = {
        "requests": Bound(REQUESTS_TIMES * threads, REQUESTS_CROWDED),
        "renderings": Bound(RENDERINGS, RENDERINGS),
    }
    return Admission("reporting", bounds, _asked, list(HEADERS.items()))


def _asked(environ: WSGIEnvironment) -> Asked | None:
    path = environ["PATH_INFO"]
    if path in ALWAYS or path.startswith("/static/"):
        return None
    return Asked("renderings" if path.endswith(RENDERED) else "requests")
