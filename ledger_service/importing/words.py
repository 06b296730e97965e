"""What came of an import, in sentences and for --json."""

from dataclasses import asdict, dataclass
from typing import Any

from ledger_service.importing.checking import Fault, Invalid
from ledger_service.importing.posting import Counts, Stopped


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an import ended: 0 ok, 1 refused or invalid, 3 unavailable; the same as a document and in words."""

    exit_code: int
    document: dict[str, Any]
    words: str


def posted(counts: Counts) -> Outcome:
    """All of it stands in the log."""
    return Outcome(0, {"ok": True, **asdict(counts)}, _counted(counts))


def failed(exit_code: int, error: Exception, counts: Counts) -> Outcome:
    """It ended early; running it again goes on."""
    words = f"{error}\nSo far: {_counted(counts)} Run it again to go on."
    return Outcome(exit_code, {"ok": False, "detail": str(error), **asdict(counts)}, words)


def invalid(error: Invalid) -> Outcome:
    """What is wrong with the file, a line for each fault shown."""
    document = {"ok": False, "faults": [asdict(fault) for fault in error.faults], "count": error.count}
    more = error.count - len(error.faults)
    told = [*map(_in_words, error.faults), *([f"… and {more:,} more."] if more else [])]
    return Outcome(1, document, "\n".join([*told, "Nothing was posted."]))


def stopped(error: Stopped, counts: Counts) -> Outcome:
    """Which lines the ledger turned away: rules, figures and what would pass."""
    faults, refusals = error.faults(), error.refusals()
    document = {"ok": False, "detail": str(error), "faults": [asdict(fault) for fault in faults], "refusals": refusals}
    first, last = error.batch.events[0].line, error.batch.events[-1].line
    lines = f"line {first}" if first == last else f"lines {first} to {last}"
    told = [f"The ledger turned {lines} away: {error}", *map(_in_words, faults)]
    for refused in refusals:
        told += [f"line {refused['line']}: id {refused['id']}", *map(_refusal_in_words, refused["refusals"])]
    told.append(f"Nothing of that is recorded. Before it: {_counted(counts)} Mend the file and run it again.")
    return Outcome(1, document | asdict(counts), "\n".join(told))


def _counted(counts: Counts) -> str:
    events = f"{counts.events:,} event{'s' * (counts.events != 1)}"
    recorded = f"{counts.recorded:,} recorded now, {counts.recorded_before:,} recorded before"
    return f"{events}: {recorded}, {counts.warnings:,} with warnings."


def _in_words(fault: Fault) -> str:
    return f"line {fault.line}: {fault.pointer} {fault.detail}"


def _refusal_in_words(refusal: dict[str, Any]) -> str:
    citation = refusal["citation"]
    figures = ", ".join(f"{name} {value}" for name, value in refusal["figures"].items())
    return (
        f"  {refusal['rule']} ({citation['resolution']}, {citation['paragraph']}; rule set {refusal['rule_set']}): "
        f"{refusal['detail']}\n    figures: {figures}\n    would pass: {refusal['would_pass']}"
    )
