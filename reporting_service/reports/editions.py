"""Which editions of a year's report were issued, and do they still say what was issued?

An edition is the report as known at the size of the log that `report.issued` names; that event itself lies outside.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from reporting_service.projections import log_copy
from reporting_service.projections.duties import duties_of
from reporting_service.projections.filed import Filed
from reporting_service.projections.view import View
from reporting_service.reports.annual import annual_report
from shared.log_format.canonical import canonical

KIND = "annual"
NOTED = ("body", "document", "digest", "resolution", "recommendation", "transmitted_on", "on")


@dataclass(frozen=True)
class Edition:
    """An issued edition: `size` and `root` of the log that it was computed from, `issued` the position of its event."""

    year: int
    number: int
    body: str
    document: str
    digest: str
    size: int
    root: str
    issued: int
    notes: tuple[Filed, ...]


def editions(view: View, year: int) -> list[Edition]:
    """The editions of a year's annual report in the order of their numbers, each with what was noted of it."""
    noted = [fact for fact in duties_of(view, "report.noted") if _is_of(fact, year)]
    return [_edition(fact, noted) for fact in duties_of(view, "report.issued") if _is_of(fact, year)]


def edition(view: View, year: int, number: int) -> Edition | None:
    """One edition; None where it was not issued."""
    return next((found for found in editions(view, year) if found.number == number), None)


def last_before(view: View, year: int, size: int) -> Edition | None:
    """The last edition computed from fewer entries than a report has."""
    return next((found for found in reversed(editions(view, year)) if found.size < size), None)


def _is_of(fact: Filed, year: int) -> bool:
    return (fact.data["year"], fact.data["kind"]) == (year, KIND)


def _edition(fact: Filed, noted: list[Filed]) -> Edition:
    data = fact.data
    notes = tuple(note for note in noted if note.data["edition"] == data["edition"])
    checkpoint = data["checkpoint"]
    return Edition(
        data["year"],
        data["edition"],
        data["body"],
        data["document"],
        data["digest"],
        checkpoint["size"],
        checkpoint["root"],
        fact.position,
        notes,
    )


def report_of(view: View, found: Edition) -> dict[str, Any]:
    """The report as the edition froze it, with its number."""
    return annual_report(view.at(found.size), found.year) | {"edition": found.number}


def digest_of(report: dict[str, Any]) -> str:
    """SHA-256, in hexadecimal, of a report's RFC 8785 bytes without `edition`."""
    return sha256(canonical({name: value for name, value in report.items() if name != "edition"})).hexdigest()


def described(view: View, found: Edition) -> dict[str, Any]:
    """The edition as issued, beside what is computed now from the same entries."""
    report = report_of(view, found)
    issued = log_copy.entry_at(view.connection, found.issued)
    assert issued is not None, "an edition was issued by an entry"
    computed = digest_of(report)
    return {
        "edition": found.number,
        "kind": KIND,
        "body": found.body,
        "document": found.document,
        "digest": found.digest,
        "checkpoint": {"size": found.size, "root": found.root},
        "issued_position": found.issued,
        "issued_at": issued["recorded_at"],
        "issued_by": issued["recorded_by"],
        "layout": report["layout"],
        "recomputed_digest": computed,
        "agrees": computed == found.digest and report["checkpoint"]["root"] == found.root,
        "noted": [_noted(note) for note in found.notes],
    }


def _noted(note: Filed) -> dict[str, Any]:
    return {"position": note.position, **{name: note.data.get(name) for name in NOTED}}


def edition_bytes(report: dict[str, Any]) -> bytes:
    """An edition's JSON: RFC 8785, the same bytes for ever."""
    return canonical(report)
