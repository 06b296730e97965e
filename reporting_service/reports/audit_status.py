"""Audit status: under which checkpoints the log was seen, by whom, and what the sources say that they sent."""

from base64 import b64encode
from itertools import islice
from typing import Any

from reporting_service.projections import cosigned, log_copy
from reporting_service.projections.control_totals import ControlTotal, control_totals
from reporting_service.projections.duties import duties_of
from reporting_service.projections.view import View
from shared.log_format.checkpoints import Checkpoint
from shared.log_format.notes import parse_note
from shared.money import text

COSIGNED_MAX = 100


def audit_status(view: View, year: int | None = None) -> dict[str, Any]:
    """Recorded and cosigned checkpoints beside the roots computed here; control totals of a year, or of all."""
    return {
        "recorded_checkpoints": recorded_checkpoints(view),
        "cosigned_checkpoints": cosigned_checkpoints(view),
        "control_totals": [_told(found) for one in _years(view, year) for found in control_totals(view, one)],
    }


def recorded_checkpoints(view: View) -> list[dict[str, Any]]:
    """The roots that the log itself recorded, at closings and editions, in its order."""
    issued = [
        {"recorded_at": fact.position, "of": "edition", "year": fact.data["year"], **fact.data["checkpoint"]}
        for fact in duties_of(view, "report.issued")
    ]
    confirmed = [fact.position for fact in duties_of(view, "action.confirmed")]
    sealed = [
        {"recorded_at": entry["position"], "of": "closing", "year": entry["year"], **_tree(entry["sealed"])}
        for entry in log_copy.entries_at(view.connection, confirmed).values()
        if "sealed" in entry
    ]
    found = sorted(issued + sealed, key=lambda one: int(one["recorded_at"]))
    return [{**one, "agrees": _root(view, one["size"]) == one["root"]} for one in found]


def _tree(sealed: dict[str, Any]) -> dict[str, Any]:
    return {"size": sealed["size"], "root": sealed["root"]}


def cosigned_checkpoints(view: View) -> list[dict[str, Any]]:
    """The last checkpoints that witnesses cosigned, the newest first."""
    return [
        _cosigned(view, kept) for kept in islice(cosigned.newest_first(view.connection, view.position), COSIGNED_MAX)
    ]


def _cosigned(view: View, kept: cosigned.Cosigned) -> dict[str, Any]:
    note = parse_note(kept.note)
    checkpoint = Checkpoint.parse(note.text)
    return {
        "size": checkpoint.size,
        "root": checkpoint.root_base64,
        "seen_at": kept.seen_at,
        "witnesses": [line.name for line in note.signatures if line.name != checkpoint.origin],
        "agrees": _root(view, checkpoint.size) == checkpoint.root_base64,
    }


def _root(view: View, size: int) -> str | None:
    return b64encode(log_copy.root(view.connection, size)).decode() if size <= view.head else None


def _years(view: View, year: int | None) -> list[int]:
    if year is not None:
        return [year]
    return sorted({int(fact.data["period_end"][:4]) for fact in duties_of(view, "control-total.reported")})


def _told(found: ControlTotal) -> dict[str, Any]:
    """A control total with its differences, amounts as texts."""
    return found._asdict() | {
        "reported_amount": text(found.reported_amount),
        "log_amount": text(found.log_amount),
        "difference_count": found.reported_count - found.log_count,
        "difference_amount": text(found.reported_amount - found.log_amount),
    }
