"""The decisions of one group: each request in turn is recognised, recorded, refused or turned away."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import accumulate
from typing import Any, Protocol

from ledger_service.journal.commands import Command, Entry, Outcome, PostedEvent, kept_warnings, receipt
from ledger_service.journal.kept import Kept, Mark, Recorded
from ledger_service.journal.limits import RefusalLimit
from ledger_service.journal.recorders.interface import KeyRow
from shared.contract.problems import Conflict, Forbidden, Problem, Refused
from shared.log_format.canonical import canonical
from shared.rules.refusals import Refused as RulesRefuse

REFUSAL_TYPE = "fund1035.command.refused.v1"
FAULTS_MAX = 20
FAULTS_BYTES_MAX = 60_000


class Rules(Protocol):
    """What the journal asks of the rules."""

    def record(self, event: dict[str, Any], *, now: datetime, subject: str, role: str) -> Recorded:
        """Decide and apply; raises shared.rules.refusals.Refused with the model as it was."""

    def refuse(
        self, event: dict[str, Any], refusals: list[dict[str, Any]], *, now: datetime, subject: str, role: str
    ) -> Entry:
        """The applied entry that records a refused event."""

    def refuse_batch(
        self, digest: str, faults: list[dict[str, Any]], *, now: datetime, subject: str, role: str
    ) -> Entry:
        """The applied entry that records a refused batch."""

    def role_for(self, event: dict[str, Any], roles: frozenset[str]) -> str | None:
        """The role that the caller posts this event in; None when no role of theirs may."""


class Turn:
    """One group being decided on the kept model."""

    def __init__(
        self,
        kept: Kept,
        rules: Rules,
        known: dict[bytes, KeyRow],
        *,
        now: Callable[[], datetime],
        limit: RefusalLimit,
    ) -> None:
        self.kept = kept
        self.keys: dict[bytes, KeyRow] = {}
        self._rules = rules
        self._known = known
        self._now = now
        self._limit = limit

    def decide(self, command: Command) -> Outcome:
        """What becomes of one command; whatever goes wrong in it leaves the others untouched."""
        before = self.kept.mark()
        try:
            outcome = self._batch(command) if command.batch else self._single(command)
        except Problem as problem:
            outcome = Outcome(problem=problem.with_traceback(None))  # which would keep the whole command
        except Exception as error:  # noqa: BLE001 - told to this caller alone, the group goes on
            outcome = Outcome(problem=error)
        if outcome.trial is not None or (outcome.problem is not None and not outcome.new):
            self._undo(before)
        return outcome

    def _undo(self, mark: Mark) -> None:
        self.kept.rollback(mark)
        head = self.kept.model.position
        self.keys = {key: row for key, row in self.keys.items() if row.position <= head}

    def _single(self, command: Command) -> Outcome:
        posted = command.events[0]
        role = self._role(command, posted)
        if row := self._row(posted):
            again = self._again(row)
            return Outcome(trial=_trial([], [], _refusals(again), [row.position])) if command.dry_run else again
        now = self._now()
        try:
            recorded = self._rules.record(posted.event, now=now, subject=command.subject, role=role)
        except RulesRefuse as refused:
            if command.dry_run:
                return Outcome(trial=_trial([], [], refused.refusals))
            self._limit.count(command.subject)
            entry = self._rules.refuse(posted.event, refused.refusals, now=now, subject=command.subject, role=role)
            self._keep(posted, [entry], [])
            return Outcome(new=True, problem=_refused(entry, refused.refusals))
        got = self._keep(posted, recorded.entries, recorded.warnings)
        if command.dry_run:
            return Outcome(trial=_trial(recorded.entries, recorded.warnings, []))
        return Outcome([got], new=True)

    def _role(self, command: Command, posted: PostedEvent) -> str:
        role = self._rules.role_for(posted.event, command.roles)
        if role is None:
            raise Forbidden(f"None of your roles may post {posted.event['type']}.")
        return role

    def _row(self, posted: PostedEvent) -> KeyRow | None:
        """What the event's key stands for; Conflict (409) when for other content."""
        row = self._known.get(posted.key) or self.keys.get(posted.key)
        if row is not None and row.digest != posted.digest:
            raise Conflict(
                f"Id {posted.event['id']} of {posted.event['source']} stands at position {row.position} with content "
                f"{row.digest.hex()} (SHA-256); the content posted now is {posted.digest.hex()}.",
                position=row.position,
                recorded_digest=row.digest.hex(),
                posted_digest=posted.digest.hex(),
            )
        return row

    def _again(self, row: KeyRow) -> Outcome:
        """The same answer again."""
        entry = self.kept.entry_at(row.position)
        assert entry is not None, f"key of position {row.position}, which is not there"
        if entry["type"] == REFUSAL_TYPE:
            return Outcome(problem=_refused(entry, entry["data"]["refusals"]))
        caused = list(range(row.position + 1, row.position + 1 + row.caused))
        return Outcome([receipt(entry, caused, json.loads(row.warnings or "[]"))])

    def _keep(self, posted: PostedEvent, entries: list[Entry], warnings: list[dict[str, Any]]) -> dict[str, Any]:
        """Draft the entries and take the key; returns the receipt."""
        self.kept.draft(entries)
        row = KeyRow(entries[0]["position"], posted.digest, len(entries) - 1, kept_warnings(warnings))
        self.keys[posted.key] = row
        return receipt(entries[0], [entry["position"] for entry in entries[1:]], warnings)

    def _batch(self, command: Command) -> Outcome:
        before, drafted, now = self.kept.mark(), len(self.kept.drafts), self._now()
        role = self._role(command, command.events[0])
        rows = [self._row(posted) for posted in command.events]
        tried = Tried()
        for index, (posted, row) in enumerate(zip(command.events, rows, strict=True)):
            refusals = self._try(command, posted, row, now, tried)
            if refusals:
                tried.faults.append(_fault(index, posted, refusals))
            if len(tried.faults) == FAULTS_MAX:
                break
        if command.dry_run:
            entries = [] if tried.faults else [self._draft_entry(at) for at in range(drafted, len(self.kept.drafts))]
            return Outcome(trial=_trial(entries, tried.warnings, _flat(tried.faults), tried.known))
        if tried.faults:
            self._undo(before)
            return self._refuse_batch(command, role, tried.faults)
        return Outcome(tried.receipts, new=tried.new)

    def _draft_entry(self, at: int) -> Entry:
        entry = self.kept.entry_at(self.kept.drafts[at].position)
        assert entry is not None
        return entry

    def _try(
        self, command: Command, posted: PostedEvent, row: KeyRow | None, now: datetime, tried: "Tried"
    ) -> list[dict[str, Any]]:
        """Record one event of a batch, or recognise it; returns the refusals when rules say no, else none."""
        role = self._role(command, posted)
        if row is not None:
            again = self._again(row)
            tried.known.append(row.position)
            tried.receipts += again.receipts
            return _refusals(again)
        try:
            recorded = self._rules.record(posted.event, now=now, subject=command.subject, role=role)
        except RulesRefuse as refused:
            return refused.refusals
        tried.receipts.append(self._keep(posted, recorded.entries, recorded.warnings))
        tried.warnings += recorded.warnings
        tried.new = True
        return []

    def _refuse_batch(self, command: Command, role: str, faults: list[dict[str, Any]]) -> Outcome:
        self._limit.count(command.subject)
        digest = sha256(canonical([posted.event for posted in command.events])).hexdigest()
        faults = _that_fit(faults)
        entry = self._rules.refuse_batch(digest, faults, now=self._now(), subject=command.subject, role=role)
        self.kept.draft([entry])
        return Outcome(new=True, problem=_refused(entry, _flat(faults), faults=faults))


@dataclass(slots=True)
class Tried:
    """How far a batch has come."""

    receipts: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    new: bool = False


def _refusals(outcome: Outcome) -> list[dict[str, Any]]:
    return [dict(refusal) for refusal in outcome.problem.refusals] if isinstance(outcome.problem, Refused) else []


def _fault(index: int, posted: PostedEvent, refusals: list[dict[str, Any]]) -> dict[str, Any]:
    source, id = posted.event["source"], posted.event["id"]
    return {"index": index, "id": id, "source": source, "digest": posted.digest.hex(), "refusals": refusals}


def _that_fit(faults: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As many faults, from the first, as one entry can hold."""
    sizes = accumulate(len(canonical(fault)) + 1 for fault in faults)
    return faults[: max(1, sum(size <= FAULTS_BYTES_MAX for size in sizes))]


def _flat(faults: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [refusal | {"index": fault["index"]} for fault in faults for refusal in fault["refusals"]]


def _refused(entry: Entry, refusals: list[dict[str, Any]], **more: Any) -> Refused:
    rules = ", ".join(dict.fromkeys(refusal["rule"] for refusal in refusals))
    detail = f"Refused by {rules}. The refusal is recorded at position {entry['position']}."
    return Refused(detail, refusals, instance=f"/v1/events/{entry['position']}", position=entry["position"], **more)


def _trial(
    entries: list[Entry],
    warnings: list[dict[str, Any]],
    refusals: list[dict[str, Any]],
    known: Sequence[int] = (),
) -> dict[str, Any]:
    """What a dry run tells; `known` are the positions of those events that were posted before."""
    found = {"entries": entries, "warnings": warnings, "refusals": refusals, "positions": list(known)}
    return {"dry_run": True, **found}
