"""Audit status: how far the log is verified, by whom else it was seen, and how to check it without trusting us."""

from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from reporting_service.api.bundle import bundle_of
from reporting_service.api.queries import Query, Whole
from reporting_service.projections.control_totals import control_totals
from reporting_service.projections.duties import duties_of
from reporting_service.projections.store import read_bookmark
from reporting_service.projections.view import View
from reporting_service.reports.audit_status import cosigned_checkpoints, recorded_checkpoints
from reporting_service.reports.trial_balance import trial_balance, trial_balance_document
from reporting_service.web.facility import known_years
from reporting_service.web.pages import answer, asked, pages, reporting, seen
from shared.log_format.notes import BadNote, parse_note


class YearQuery(Query):
    """Which year's control totals are compared: each is counted again from the entries themselves."""

    year = Whole(1951, 2099, load_default=None)


@pages.page("/audit")
def audit() -> Response:
    """What was verified, when, under which checkpoints; control totals; debits and credits."""
    query, status = asked(YearQuery), reporting().follower.status()
    with seen({}) as view:
        bookmark, _ = read_bookmark(view.connection)
        return answer(
            "audit.html",
            view,
            following=status,
            note=bookmark.checkpoint_note,
            verified_at=bookmark.verified_at,
            signatures=_signatures(bookmark.checkpoint_note),
            checkpoints=recorded_checkpoints(view),
            cosigned=cosigned_checkpoints(view),
            chosen=query["year"],
            totals=control_totals(view, query["year"]) if query["year"] else [],
            periods=_periods(view),
            books=trial_balance_document(trial_balance(view)),
            vkey=reporting().settings.log_vkey,
            years=known_years(view),
        )


@pages.page("/audit/bundle/<int:year>")
def bundle(year: int) -> FlaskResponse:
    """The audit bundle as a file."""
    return bundle_of({"known_at": None}, year)


def _signatures(note: str) -> list[str]:
    """Who signed the last checkpoint: the log first, then its witnesses."""
    try:
        return [signature.name for signature in parse_note(note).signatures] if note else []
    except BadNote:
        return []


def _periods(view: View) -> list[int]:
    """Years in which a period ends that a source reported."""
    return sorted({int(fact.data["period_end"][:4]) for fact in duties_of(view, "control-total.reported")})
