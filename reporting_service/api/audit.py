"""The door to the audit status: what was verified, who cosigned it, what sources reported as sent."""

from typing import Any

import marshmallow as ma
from flask import Response

from reporting_service.api.exchange import answer, seen
from reporting_service.api.queries import YEAR, Known, Routes, Whole
from reporting_service.api.reporting import reporting
from reporting_service.api.shapes import Known as KnownShape
from reporting_service.api.shapes import text, whole
from reporting_service.projections.store import read_bookmark
from reporting_service.reports.audit_status import audit_status

routes = Routes("audit", __name__, url_prefix="/v1", description="Audit status")
fields = ma.fields


class AuditQuery(Known):
    """As known when, and the control totals of which year."""

    year = Whole(1951, 2099, load_default=None, metadata=YEAR)


class RecordedCheckpoint(ma.Schema):
    """A root that the log itself recorded, and whether the entries lead to it."""

    recorded_at = whole(description="the position of the closing or edition")
    of = text(enum=["closing", "edition"])
    year = whole()
    size = whole()
    root = text()
    agrees = fields.Boolean(required=True)


class CosignedCheckpoint(ma.Schema):
    """A checkpoint that witnesses cosigned, and whether the entries lead to it."""

    size = whole()
    root = text()
    seen_at = text(format="date-time")
    witnesses = fields.List(fields.String(), required=True)
    agrees = fields.Boolean(required=True)


class ControlTotalShape(ma.Schema):
    """What a source says that it sent in a period, beside what the log holds of it."""

    position = whole(description="of the report")
    source = text()
    type = text()
    period_start = text(format="date")
    period_end = text(format="date")
    reported_count = whole()
    reported_amount = text()
    log_count = whole()
    log_amount = text()
    difference_count = whole()
    difference_amount = text()


class AuditAnswer(KnownShape):
    """What was verified, who cosigned it, what sources reported as sent."""

    verified_at = text(description="when the last entries were verified, UTC")
    stopped = fields.String(required=True, allow_none=True, metadata={"description": "why nothing more is followed"})
    recorded_checkpoints = fields.List(fields.Nested(RecordedCheckpoint), required=True)
    cosigned_checkpoints = fields.List(fields.Nested(CosignedCheckpoint), required=True)
    control_totals = fields.List(fields.Nested(ControlTotalShape), required=True)


@routes.get("/audit")
@routes.query(AuditQuery)
@routes.answers(200, AuditAnswer)
def status(query: dict[str, Any]) -> Response:
    """Verified up to where and when; checkpoints of closings and editions, and cosigned ones; control totals."""
    with seen(query) as view:
        found = {
            "verified_at": read_bookmark(view.connection)[0].verified_at,
            "stopped": reporting().follower.status().stopped,
            **audit_status(view, query["year"]),
        }
        return answer(view, found)
