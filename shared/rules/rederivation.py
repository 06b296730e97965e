"""Every decision taken again, from nothing but the entries before it: what an operator and a stranger check alike.

An accepted event is decided anew and must give the same entry and the same effects, byte for byte; a refused one is
refused anew; a refused batch was not recorded, so its form alone can be checked.
"""

from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

import orjson

from shared.contract.events import EVENT_TYPES
from shared.contract.problems import Malformed
from shared.contract.strict_json import parse
from shared.log_format.canonical import canonical
from shared.rules.apply import EntryAt
from shared.rules.case import Entry
from shared.rules.forms import Forms, Mismatch, check_form, posted_event
from shared.rules.model import Model
from shared.rules.recording import Recorder, Tree, first_entries
from shared.rules.refusals import Refused

REFUSAL_TYPE = "fund1035.command.refused.v1"
CONTINUED_TYPE = "fund1035.log.continued.v1"
_REFUSAL_NAME = REFUSAL_TYPE.encode()
_CANNOT = (
    Malformed,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RecursionError,
)


class Verdict(Enum):
    """How an entry came about."""

    SHIPPED = "shipped"
    DECISION = "decision"
    EFFECT = "effect"
    REFUSAL = "refusal"
    REFUSED_BATCH = "refused batch"


class Taken(NamedTuple):
    """A decision taken again; `event` as it was posted, where one was, and how many entries it caused."""

    verdict: Verdict
    event: Entry | None = None
    caused: int = 0
    warnings: tuple[dict[str, Any], ...] = ()


def read_entry(body: bytes, position: int) -> Entry:
    """The entry, which must be canonical and say that it stands at this position; Mismatch otherwise."""
    entry = _plainly_read(body)
    if entry is None or not _is_written(entry, body):
        entry = _strictly_read(body, position)
    return _standing_at(entry, position)


def _is_written(entry: Entry, body: bytes) -> bool:
    """Whether these are the entry's canonical bytes; False also for an entry that has none."""
    try:
        return canonical(entry) == body
    except (ValueError, TypeError):
        return False


def _standing_at(entry: Entry, position: int) -> Entry:
    if entry.get("position") != position or type(entry["position"]) is not int:
        raise Mismatch(position, f"the entry's position is {entry.get('position')!r}")
    return entry


def _plainly_read(body: bytes) -> Entry | None:
    """The entry by the quick parser; it is what the strict one would read if it is written again alike. None if unsure.

    Bytes that are written again alike have no name twice, no odd number and no second spelling. What is left, a float,
    stands in no event that `check_event` accepts, and in no entry that is made again byte for byte. Refusals have
    members of any form, and escapes may hide a NUL: these are read strictly.
    """
    if b"\\u" in body or _REFUSAL_NAME in body:
        return None
    try:
        entry = orjson.loads(body)
    except ValueError:
        return None
    return entry if type(entry) is dict else None


def _strictly_read(body: bytes, position: int) -> Entry:
    try:
        entry = parse(body)
    except Malformed as error:
        raise Mismatch(position, f"the entry is not the JSON that was recorded ({error.detail})") from error
    if not isinstance(entry, dict) or canonical(entry) != body:
        raise Mismatch(position, "the entry is not in canonical form")
    return entry


class Rederivation:
    """Follows a log entry by entry; `entry_at` gives entries already checked, `tree` size and root of those so far.

    The form of posted events is checked here, unless `forms` are checked apart.
    """

    def __init__(self, origin: str, entry_at: EntryAt, tree: Tree, forms: Forms) -> None:
        self.model = Model()
        self.position = 0
        self._origin = origin
        self._entry_at = entry_at
        self._recorder = Recorder(self.model, origin, entry_at, tree)
        self._expected: list[Entry] = []
        self._following = Verdict.EFFECT
        self._forms = forms

    def read(self, body: bytes) -> Entry:
        """The next entry, decoded; `check` sees whether its bytes are canonical, before anything is built on it."""
        try:
            entry = _plainly_read(body)
            return read_entry(body, self.position + 1) if entry is None else _standing_at(entry, self.position + 1)
        except Mismatch:
            self._forms.settle()  # a form that does not hold stands before this entry, and is named first
            raise

    def check(self, entry: Entry, body: bytes) -> Taken:
        """Take the next entry's decision again; Mismatch when anything else comes of it, at the latest at `finish`."""
        self._forms.add(body)
        try:
            return self._check(entry, body)
        except Mismatch:
            self._forms.settle()
            read_entry(body, self.position + 1)  # bytes that are not canonical are said to be so
            raise

    def _check(self, entry: Entry, body: bytes) -> Taken:
        position = self.position + 1
        taken = Taken(self._following)
        try:
            if not self._expected:
                taken = self._again(entry, position)
                self._following = Verdict.SHIPPED if taken.verdict is Verdict.SHIPPED else Verdict.EFFECT
        except _CANNOT as error:
            raise Mismatch(position, f"the decision cannot be taken again ({type(error).__name__}: {error})") from error
        if not _is_written(self._expected.pop(0), body):
            raise Mismatch(position, "the decision taken again gives another entry")
        self.model.publish()
        self.position = position
        return taken

    def finish(self) -> None:
        """The log ends here; Mismatch when the last event should have caused more, or a form did not hold."""
        self._forms.settle()
        if self._expected:
            raise Mismatch(self.position + 1, "the last event should have caused a further entry")

    def close(self) -> None:
        """Given up before its end."""
        self._forms.close()

    def _again(self, entry: Entry, position: int) -> Taken:
        now = datetime.fromisoformat(entry["recorded_at"])
        if type(entry["recorded_by"]) is not str:
            raise Mismatch(position, "recorded_by is no text")
        if position == 1:
            self._expected = first_entries(self._recorder, now, self._continues(entry))
            return Taken(Verdict.SHIPPED)
        given = {"now": now, "subject": entry["recorded_by"], "role": entry["recorded_role"]}
        if entry["source"] != self._origin:
            return self._decided(entry, position, given)
        if entry["type"] != REFUSAL_TYPE:
            raise Mismatch(position, "the ledger recorded this by itself, but nothing caused it")
        return self._refused(entry, position, given)

    def _continues(self, first: Entry) -> dict[str, Any] | None:
        """The log that a log's first entry says it continues; None when it begins with itself."""
        if first["type"] != CONTINUED_TYPE:
            return None
        data: dict[str, Any] = first["data"]
        if not EVENT_TYPES[CONTINUED_TYPE].schema.accepts(data) or data["origin"] == self._origin:
            raise Mismatch(1, "the log that this one continues is not named as it should be")
        return data

    def _decided(self, entry: Entry, position: int, given: dict[str, Any]) -> Taken:
        event = posted_event(entry)
        if not self._forms.apart:
            check_form(event, given["role"], position)
        try:
            self._expected, warnings = self._recorder.record(event, **given)
        except Refused as refused:
            raise Mismatch(position, f"the rules refuse this entry: {refused}") from refused
        return Taken(Verdict.DECISION, event, len(self._expected) - 1, tuple(warnings))

    def _refused(self, entry: Entry, position: int, given: dict[str, Any]) -> Taken:
        if "event" not in entry["data"]:
            if not EVENT_TYPES[REFUSAL_TYPE].schema.accepts(entry["data"]):
                raise Mismatch(position, "the refused batch is not in the form that one is recorded in")
            self._expected = [self._refused_batch(entry["data"], given)]
            return Taken(Verdict.REFUSED_BATCH)
        event = {"specversion": "1.0", **entry["data"]["event"]}
        check_form(event, given["role"], position)
        try:
            self._recorder.record(event, **given)
        except Refused as refused:
            self._expected = [self._recorder.refuse(event, refused.refusals, **given)]
            return Taken(Verdict.REFUSAL, event)
        raise Mismatch(position, "the rules do not refuse what was refused here")

    def _refused_batch(self, data: dict[str, Any], given: dict[str, Any]) -> Entry:
        return self._recorder.refuse_batch(data["batch"], data["faults"], **given)
