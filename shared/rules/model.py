"""The model that decisions are taken on: tables of immutable records, with an undo list.

A decision changes the model at once; `rollback` takes a refused or unsaved group back, and
`publish` forgets the undo list after the commit. Amounts are Decimal USD (CHF in `dues`),
dates ISO text.
"""

from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

from shared.money import ZERO

K = TypeVar("K")
V = TypeVar("V")
_MISSING: Any = object()


class Table(Generic[K, V]):
    """Records by key, each change noted in the model's undo list."""

    __slots__ = ("_rows", "_undo")

    def __init__(self, undo: list[tuple[dict[Any, Any], Any, Any]]) -> None:
        self._rows: dict[K, V] = {}
        self._undo = undo

    def get(self, key: Any, default: Any = None) -> Any:
        """The record, or the default."""
        return self._rows.get(key, default)

    def __getitem__(self, key: K) -> V:
        return self._rows[key]

    def __contains__(self, key: K) -> bool:
        return key in self._rows

    def put(self, key: K, record: V) -> None:
        """Record under a key, replacing what stood there."""
        self._undo.append((self._rows, key, self._rows.get(key, _MISSING)))
        self._rows[key] = record

    def drop(self, key: K) -> None:
        """Take a record away."""
        self._undo.append((self._rows, key, self._rows.pop(key)))

    def rows(self) -> dict[K, V]:
        """The live rows, for reading only."""
        return self._rows


class RuleSet(NamedTuple):
    """A rule set in force from a date: every parameter, and where each was decided."""

    version: str
    resolution: str
    adopted_on: str
    effective_from: str
    review_by: str | None
    parameters: dict[str, Any]
    citations: dict[str, tuple[str, str]]
    changed: tuple[str, ...]
    position: int


class Status(NamedTuple):
    """What changed of a Member State on a date; None means unchanged."""

    effective_on: str
    position: int
    development_status: str | None
    eu_member: bool | None
    withdrawn: bool | None


class Member(NamedTuple):
    """A State admitted to the Organization."""

    state: str
    name: str
    region: str
    admitted_on: str
    statuses: tuple[Status, ...]


class Due(NamedTuple, Generic[K]):
    """What a State was assessed for a year, or paid on a date, and in how many facts."""

    at: K
    amount: Decimal
    facts: int


class Dues(NamedTuple):
    """Assessed contributions of a State by year, and its payments by date, in CHF."""

    assessed: tuple[Due[int], ...] = ()
    paid: tuple[Due[str], ...] = ()

    @property
    def facts(self) -> int:
        """How many facts all of it stands on."""
        return sum(due.facts for due in self.assessed) + sum(due.facts for due in self.paid)


class Basis(NamedTuple):
    """One approved budget basis of a year's Discretionary Income."""

    position: int
    basis: str
    effective_on: str
    data: dict[str, Any]


class IncomeYear(NamedTuple):
    """Budget bases and actual income of a year, and overhead applied."""

    bases: tuple[Basis, ...] = ()
    overhead: Decimal = ZERO
    unearmarked: Decimal = ZERO
    interest: Decimal = ZERO
    security: Decimal = ZERO
    receipts: int = 0
    applied: Decimal = ZERO


class LineBook(NamedTuple):
    """A line's balance after its last booking date, and the dates it moved on."""

    total: Decimal = ZERO
    dates: tuple[str, ...] = ()
    opened: bool = False
    money_facts: int = 0


class Contribution(NamedTuple):
    """A direct voluntary contribution: whose it is, in which line, and on how many facts it stands."""

    donor: str
    line: str
    facts: int = 0


class Step(NamedTuple):
    """One recorded step in a project's life, with the status before it."""

    position: int
    type: str
    status_before: str


class Project(NamedTuple):
    """A project: its submission, where it stands, and its money in USD."""

    code: str
    scope: str
    states: tuple[str, ...]
    line: str
    requested: Decimal
    follow_up_of: str | None
    submitted_by: str
    status: str
    endorsements: tuple[tuple[str, str], ...] = ()
    approved_on: str | None = None
    approvers: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    granted: Decimal = ZERO
    disbursed: Decimal = ZERO
    spent: Decimal = ZERO
    recovered: Decimal = ZERO
    steps: tuple[Step, ...] = ()


class Model:
    """Everything a decision may depend on, folded from the entries before it."""

    heads: Table[str, int]
    versions: Table[str, int]
    rule_sets: Table[str, RuleSet]
    reviews: Table[str, tuple[str, ...]]
    members: Table[str, Member]
    dues: Table[str, Dues]
    votes: Table[str, int]
    income: Table[int, IncomeYear]
    lines: Table[str, LineBook]
    line_days: Table[tuple[str, str], Decimal]
    line_years: Table[tuple[str, int, str], Decimal]
    contributions: Table[str, Contribution]
    contributed: Table[tuple[str, str, str], Decimal]
    projects: Table[str, Project]
    freed: Table[int, Decimal]
    pending: Table[int, str]
    reversed: Table[int, int]
    overrides: Table[tuple[str, str, str], tuple[str, ...]]
    years: Table[int, int]
    editions: Table[tuple[int, str], int]

    def __init__(self) -> None:
        self._undo: list[tuple[dict[Any, Any], Any, Any]] = []
        for name in Model.__annotations__:
            setattr(self, name, Table(self._undo))

    @property
    def position(self) -> int:
        """The last applied position; 0 before the first entry."""
        return int(self.heads.get("position", 0))

    def mark(self) -> int:
        """A point to roll back to; valid until the next `publish`."""
        return len(self._undo)

    def rollback(self, mark: int) -> None:
        """Take back every change since the mark."""
        while len(self._undo) > mark:
            rows, key, before = self._undo.pop()
            if before is _MISSING:
                del rows[key]
            else:
                rows[key] = before

    def publish(self) -> None:
        """Forget how to undo: what was changed is committed."""
        self._undo.clear()

    def tables(self) -> dict[str, dict[Any, Any]]:
        """Every table's rows by name: for comparing two models and for snapshots."""
        return {name: getattr(self, name).rows() for name in Model.__annotations__}
