"""How much of each kind of work the ledger takes on at once; docs/decisions/0022 says why."""

from wsgiref.types import WSGIEnvironment

from ledger_service.api.exchange import HEADERS
from ledger_service.api.intake import BATCH
from shared.admission import Admission, Asked, Bound
from shared.bodies import BODY_BYTES_MAX, THREADS_KEPT_FREE

POSTS_TIMES = 5
"""By so much more posts than there are threads may be in work: what comes within a fifth of a second, while a disk is
slow, say, is not too much yet."""
POSTS_CROWDED = 6
"""So few posts in work are answered within some ten milliseconds, and still fill the writer's groups."""
POSTS = "posts"
BATCHES = 64
"""A batch asks for a place for each MiB of its body that has begun."""
MEBIBYTE = 1 << 20
ALWAYS = frozenset({"/livez", "/readyz", "/metrics"})


def admission(threads: int) -> Admission:
    """The ledger's door: posts, batches, long polls and the rest each have places of their own."""
    bounds = {
        POSTS: Bound(POSTS_TIMES * threads, POSTS_CROWDED),
        "batches": Bound(BATCHES, BATCHES),
        "polls": Bound(48, 48),
        "rest": Bound(THREADS_KEPT_FREE, 8),
    }
    return Admission("ledger", bounds, _asked, HEADERS)


def _asked(environ: WSGIEnvironment) -> Asked | None:
    path = environ["PATH_INFO"]
    if path == "/v1/events" and environ["REQUEST_METHOD"] == "POST":
        return _posted(environ.get("CONTENT_TYPE", "").lower().startswith(BATCH), environ.get("CONTENT_LENGTH", ""))
    if path in ALWAYS:
        return None
    return Asked("polls" if path == "/checkpoint" else "rest")


def _posted(batch: bool, given: str) -> Asked:
    """A batch, or whatever else is large, asks for places by its length; of a batch that does not say it, the most."""
    unknown = BODY_BYTES_MAX if batch else 0
    length = min(int(given), BODY_BYTES_MAX) if given.isascii() and given.isdigit() else unknown
    return Asked("batches", 1 + length // MEBIBYTE) if batch or length > MEBIBYTE else Asked(POSTS)
