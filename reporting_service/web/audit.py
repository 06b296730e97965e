"""Audit status: how far the log is verified, by whom else it was seen, and how to check it without trusting us."""

from base64 import b64encode
from itertools import islice
from typing import Any

from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from reporting_service.api.bundle import bundle_of
from reporting_service.api.queries import Query, Whole
from reporting_service.projections import cosigned, log_copy
from reporting_service.projections.control_totals import control_totals
from reporting_service.projections.duties import duties_of
from reporting_service.projections.store import read_bookmark
from reporting_service.projections.view import View
from reporting_service.reports.trial_balance import trial_balance, trial_balance_document
from reporting_service.web.facility import known_years
from reporting_service.web.pages import answer, asked, pages, reporting, seen
from shared.log_format.checkpoints import Checkpoint
from shared.log_format.notes import BadNote, parse_note

COSIGNED_MAX = 10


class YearQuery(Query):
    """Which year's control totals; by default the last."""

    year = Whole(1951, 2099, load_default=None)


@pages.page("/audit")
def audit() -> Response:
    """What was verified, when, under which checkpoints; control totals; debits and credits."""
    query, status = asked(YearQuery), reporting().follower.status()
    with seen({}) as view:
        bookmark, _ = read_bookmark(view.connection)
        periods, years = _periods(view), known_years(view)
        chosen = query["year"] or max(periods, default=None)
        return answer(
            "audit.html",
            view,
            following=status,
            note=bookmark.checkpoint_note,
            verified_at=bookmark.verified_at,
            signatures=_signatures(bookmark.checkpoint_note),
            checkpoints=_checkpoints(view),
            cosigned=_cosigned(view),
            totals=control_totals(view, chosen) if chosen else [],
            chosen=chosen,
            periods=periods,
            books=trial_balance_document(trial_balance(view)),
            vkey=reporting().settings.log_vkey,
            years=years,
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


def _checkpoints(view: View) -> list[dict[str, Any]]:
    """The roots that the log itself recorded, at closings and editions, each beside the one computed here."""
    issued = [
        {"what": "report", "year": fact.data["year"], "at": fact.position, **fact.data["checkpoint"]}
        for fact in duties_of(view, "report.issued")
    ]
    confirmed = [fact.position for fact in duties_of(view, "action.confirmed")]
    sealed = [
        {"what": "closing", "at": entry["position"], **entry["sealed"]}
        for entry in log_copy.entries_at(view.connection, confirmed).values()
        if "sealed" in entry
    ]
    found = sorted(issued + sealed, key=lambda one: int(one["at"]))
    return [{**one, "agrees": _root(view, one["size"]) == one["root"]} for one in found]


def _cosigned(view: View) -> list[dict[str, Any]]:
    """The last checkpoints that witnesses cosigned, the newest first, each beside the root computed here."""
    policy = reporting().settings.witnesses
    return [
        {
            "size": kept.size,
            "seen_at": kept.seen_at,
            "by": sorted(policy.cosigners(kept.note)) if policy else _signatures(kept.note)[1:],
            "agrees": _root(view, kept.size) == Checkpoint.parse(parse_note(kept.note).text).root_base64,
        }
        for kept in islice(cosigned.newest_first(view.connection, view.head), COSIGNED_MAX)
    ]


def _root(view: View, size: int) -> str:
    return b64encode(log_copy.root(view.connection, size)).decode() if size <= view.head else ""
