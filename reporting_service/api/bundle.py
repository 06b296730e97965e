"""The door to the audit bundle: the whole log with a year's report, for whoever trusts only a public key."""

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, Any

from flask import Response, g

from reporting_service.api.exchange import seen
from reporting_service.api.queries import Known, Routes
from reporting_service.api.reporting import reporting
from reporting_service.bundle.archive import BadArchive
from reporting_service.bundle.writing import NoBundle, write_bundle
from reporting_service.reports.annual import YEARS
from shared.contract.problems import NotFound, Unavailable

routes = Routes("bundle", __name__, url_prefix="/v1", description="The audit bundle")

CHUNK = 1 << 16
RETRY_S = 5


@routes.get("/reports/<int:year>/bundle")
@routes.query(Known)
@routes.answers(200, {"type": "string", "format": "binary"}, "application/zip")
def bundle(query: dict[str, Any], year: int) -> Response:
    """Every entry, the signed checkpoint, the rule sets and the report, in one zip that `reporting verify` checks."""
    return bundle_of(query, year)


def bundle_of(query: dict[str, Any], year: int) -> Response:
    """The audit bundle with a year's report; Unavailable (503) while entries under the checkpoint are missing."""
    if year not in YEARS:
        raise NotFound(f"Reports are of the years {YEARS.start} to {YEARS.stop - 1}.")
    with seen(query) as view:
        position = view.position
    if not reporting().bundling.acquire(blocking=False):
        raise Unavailable("Two audit bundles are being written.", RETRY_S)
    file = TemporaryFile()  # noqa: SIM115 - closed when the answer has been sent
    try:
        known_at = None if query["known_at"] is None else position
        policy = reporting().settings.witnesses
        g.position = write_bundle(reporting().store, year, file, known_at=known_at, policy=policy).known_at
    except (NoBundle, BadArchive) as error:
        file.close()
        raise Unavailable(f"There is no bundle now: {error}.", RETRY_S) from error
    finally:
        reporting().bundling.release()
    size = file.tell()
    answer = Response(_chunks(file), content_type="application/zip")
    answer.call_on_close(file.close)
    answer.content_length = size
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-bundle-{year}.zip"'
    return answer


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk
