"""From a posted event to the entries of the log: decided, booked, applied, with what it causes.

The ledger records with it and an auditor re-derives with it: nothing here depends on anything but
the entries before, the event, its recorded instant, subject and role.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from shared.contract.events import EVENT_TYPES, PREFIX, SUFFIX
from shared.rules.apply import EPOCH, EntryAt, apply, instant
from shared.rules.case import Case, Caused, Entry
from shared.rules.judge import case_of, judge, referred_case, warnings
from shared.rules.kinds import KINDS
from shared.rules.model import Model
from shared.rules.refusals import Refused
from shared.rules.rulebook import SHIPPED, rule_set_on, shipped_data
from shared.rules.years import sealed_balances

Tree = Callable[[], tuple[int, str]]
LEDGER = "ledger"
MICROSECOND = timedelta(microseconds=1)
CONFIRMED = f"{PREFIX}action.confirmed{SUFFIX}"


class Recorded(NamedTuple):
    """The entries of one posted event, itself first and then what it caused, and the warnings given."""

    entries: list[Entry]
    warnings: list[dict[str, Any]]


class Recorder:
    """Decides events on a model and applies them; `tree` tells size and base64 root of the log so far."""

    def __init__(self, model: Model, origin: str, entry_at: EntryAt, tree: Tree) -> None:
        self._model = model
        self._origin = origin
        self._entry_at = entry_at
        self._tree = tree

    def record(self, event: Entry, *, now: datetime, subject: str, role: str) -> Recorded:
        """Decide an event and apply it; raises Refused with every failing rule, the model unchanged."""
        at = self._next_instant(now)
        case = self._case(event["type"][9:-3], event["data"], at, subject, role)
        failed = judge(case)
        if failed:
            raise Refused([finding.as_dict() for finding in failed])
        warned = warnings(case)
        entry = self._entry(event, case, at)
        mark = self._model.mark()
        try:
            entries = self._applied(entry, case, at)
        except BaseException:
            self._model.rollback(mark)
            raise
        return Recorded(entries, [finding.as_dict() for finding in warned])

    def refuse(self, event: Entry, refusals: list[dict[str, Any]], *, now: datetime, subject: str, role: str) -> Entry:
        """The entry that records a refused single event whole; it changes no balance."""
        whole = {name: event[name] for name in ("id", "source", "type", "data")}
        return self._refused({"event": whole, "refusals": refusals}, now, subject, role)

    def refuse_batch(
        self, digest: str, faults: list[dict[str, Any]], *, now: datetime, subject: str, role: str
    ) -> Entry:
        """The entry that records a refused batch by its digest and the first faults."""
        return self._refused({"batch": digest, "faults": faults}, now, subject, role)

    def ship(self, number: int, data: dict[str, Any], now: datetime) -> Entry:
        """The entry that records a shipped rule set, in force at once."""
        event = self._own_event("rules.adopted", f"0/{number}", data)
        entry = self._envelope(event, "rules", self._next_instant(now), self._origin, LEDGER)
        effective_from = data["effective_from"]
        entry |= {"rule_set": SHIPPED[0], "effective_on": effective_from, "year": int(effective_from[:4])}
        apply(self._model, entry, self._entry_at)
        return entry

    def continue_log(self, data: dict[str, Any], now: datetime) -> Entry:
        """The entry, the first of a log, that names the last checkpoint of the log before it."""
        at = self._next_instant(now)
        event, day = self._own_event("log.continued", "0/0", data), instant(at)[:10]
        entry = self._envelope(event, "log", at, self._origin, LEDGER)
        entry |= {"rule_set": SHIPPED[0], "effective_on": day, "year": int(day[:4])}
        apply(self._model, entry, self._entry_at)
        return entry

    def role_for(self, event: Entry, roles: frozenset[str]) -> str | None:
        """The role with which a subject posts an event; None when no role of theirs may."""
        if event["type"] == CONFIRMED:
            position = event["data"]["position"]
            confirmed = self._entry_at(position) if position <= self._model.position else None
            if confirmed is not None and confirmed["recorded_role"] in EVENT_TYPES[CONFIRMED].roles & roles:
                return str(confirmed["recorded_role"])
        return _first_role(event["type"], roles)

    def _case(self, short: str, data: dict[str, Any], at: int, subject: str, role: str) -> Case:
        return case_of(
            self._model,
            short,
            data,
            recorded_on=instant(at)[:10],
            subject=subject,
            role=role,
            position=self._model.position + 1,
            entry_at=self._entry_at,
        )

    def _entry(self, event: Entry, case: Case, at: int) -> Entry:
        stream = KINDS[case.short].stream(case)
        entry = self._envelope(event, stream, at, case.subject, case.role)
        entry |= {"rule_set": case.rules.version, "effective_on": case.effective_on, "year": case.year}
        if case.short == "action.confirmed" and case.referred and case.referred["type"][9:-3] == "year.closed":
            entry["sealed"] = sealed_balances(case, self._tree())
        return entry

    def _applied(self, entry: Entry, case: Case, at: int) -> list[Entry]:
        apply(self._model, entry, self._entry_at)
        entries = [entry]
        for number, caused in enumerate(_causes(case), start=1):
            entries.append(self._caused(caused, entry, number, at + number))
            apply(self._model, entries[-1], self._entry_at)
        return entries

    def _caused(self, caused: Caused, cause: Entry, number: int, at: int) -> Entry:
        event = self._own_event(caused.short, f"{cause['position']}/{number}", caused.data)
        entry = self._envelope(event, caused.stream, at, cause["recorded_by"], cause["recorded_role"])
        return entry | {"rule_set": caused.rule_set, "effective_on": caused.effective_on, "year": caused.year}

    def _refused(self, data: dict[str, Any], now: datetime, subject: str, role: str) -> Entry:
        at = self._next_instant(now)
        event = self._own_event("command.refused", f"{self._model.position + 1}/0", data)
        entry = self._envelope(event, "refusals", at, subject, role)
        today = instant(at)[:10]
        version = rule_set_on(self._model, today).version
        entry |= {"rule_set": version, "effective_on": today, "year": int(today[:4])}
        apply(self._model, entry, self._entry_at)
        return entry

    def _own_event(self, short: str, event_id: str, data: dict[str, Any]) -> Entry:
        return {
            "specversion": "1.0",
            "id": event_id,
            "source": self._origin,
            "type": f"{PREFIX}{short}{SUFFIX}",
            "data": data,
        }

    def _envelope(self, event: Entry, stream: str, at: int, subject: str, role: str) -> Entry:
        return {
            **event,
            "position": self._model.position + 1,
            "stream": stream,
            "version": self._model.versions.get(stream, 0) + 1,
            "recorded_at": instant(at),
            "recorded_by": subject,
            "recorded_role": role,
        }

    def _next_instant(self, now: datetime) -> int:
        """Max of now and the last recorded instant plus a microsecond."""
        last = int(self._model.heads.get("recorded_at", 0))
        return max((now - EPOCH) // MICROSECOND, last + 1)


def first_entries(recorder: Recorder, now: datetime, continues: dict[str, Any] | None = None) -> list[Entry]:
    """What every log begins with: the log that it continues, if it continues one, and the shipped rule sets."""
    continued = [] if continues is None else [recorder.continue_log(continues, now)]
    return continued + shipped_rule_sets(recorder, now)


def shipped_rule_sets(recorder: Recorder, now: datetime) -> list[Entry]:
    """The shipped rule sets, in force without confirmation."""
    return [recorder.ship(number, shipped_data(version), now) for number, version in enumerate(SHIPPED, start=1)]


@lru_cache
def _first_role(type_: str, roles: frozenset[str]) -> str | None:
    return min(EVENT_TYPES[type_].roles & roles, default=None)


def _causes(case: Case) -> list[Caused]:
    """What a fact that has just been applied causes; a confirmation causes what its action does."""
    kind = KINDS[referred_case(case).short if case.short == "action.confirmed" else case.short]
    waits = kind.pends and case.short != "action.confirmed"
    return kind.causes(case) if kind.causes and not waits else []
