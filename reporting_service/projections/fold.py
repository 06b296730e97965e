"""The fold: one pass over a page of entries that feeds every projection."""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal

from sqlalchemy import Connection

from reporting_service.projections.adjustments import adjustments
from reporting_service.projections.allocations import allocations
from reporting_service.projections.balances import Balances
from reporting_service.projections.contributions import contributions
from reporting_service.projections.duties import confirmed_positions, duties
from reporting_service.projections.fact import Fact, Projection
from reporting_service.projections.flows import Flows
from reporting_service.projections.income import IncomeActuals, income_bases
from reporting_service.projections.member_states import member_states
from reporting_service.projections.project_money import ProjectMoney
from reporting_service.projections.projects import STEPS, Projects
from reporting_service.projections.refusals import refusals
from reporting_service.projections.statement import Statement
from reporting_service.projections.tables import Rows
from reporting_service.projections.year_steps import YearSteps
from shared.money import ZERO
from shared.postings import Entry, Posting, ProjectBalances, postings_of

CONFIRMED_FIRST = frozenset({"rules.adopted", "year.closed", "line.opened", "project.migrated"})
"""Facts that take effect only at their confirmation, unless they are the ledger's own."""
LEDGER = "ledger"
"""The role under which the ledger records the shipped rule sets, in force at once."""


class Unbalanced(ArithmeticError):
    """Postings of an entry that do not sum to zero: a defect that must never be stored."""


class Fold:
    """The state of all projections after some position, and the one way to move it on."""

    def __init__(self, stored: Callable[[int], Entry | None]) -> None:
        """`stored` gives entries of earlier pages."""
        self._stored = stored
        self._page: dict[int, Entry] = {}
        self._confirmed: set[int] = set()
        self._money = money = ProjectMoney()
        self._balances, self._statement = Balances(), Statement()
        self._all: tuple[Projection, ...] = (
            self._balances,
            self._statement,
            Projects(money.begins),
            Flows(money.freed_by, money.line_of),
            money,
            IncomeActuals(),
            income_bases(),
            contributions(),
            member_states(),
            allocations(),
            refusals(),
            duties(),
            adjustments(),
            YearSteps(STEPS),
        )
        self._listening: dict[str, list[Projection]] = defaultdict(list)
        for projection in self._all:
            for short in projection.types:
                self._listening[short].append(projection)

    def recall(self, connection: Connection) -> None:
        """Take up the state that the stored rows leave."""
        self._confirmed = confirmed_positions(connection)
        for projection in self._all:
            projection.recall(connection)

    def page(self, entries: Sequence[Entry], rows: Rows) -> None:
        """Add the rows of a page of entries that follow the last one."""
        self._page = {entry["position"]: entry for entry in entries}
        with _no_collection():
            for entry in entries:
                for fact in self._effects(entry):
                    self._fold(fact, rows)

    def project(self, code: str) -> ProjectBalances:
        """For postings: a project's balances so far."""
        return self._money.project(code)

    def freed_at(self, position: int) -> Decimal | None:
        """For postings: what a cancellation or closure freed."""
        return self._money.freed_at(position)

    def is_pending(self, position: int) -> bool:
        """For postings: whether the fact at a position, which needs a second subject, has no effect yet."""
        return position not in self._confirmed

    def entry_at(self, position: int) -> Entry | None:
        """For postings: an earlier entry."""
        return self._page.get(position) or self._stored(position)

    def _fold(self, fact: Fact, rows: Rows) -> None:
        if fact.postings:
            self._balances.fold(fact, rows)
            self._statement.fold(fact, rows)
        for projection in self._listening.get(fact.short, ()):
            projection.fold(fact, rows)

    def _effects(self, entry: Entry) -> Iterator[Fact]:
        """What takes effect at an entry: itself, or what it confirms or takes back, before it."""
        short = entry["type"][9:-3]
        if short in CONFIRMED_FIRST and entry["recorded_role"] != LEDGER:
            yield _fact(entry, "proposed", entry)
        elif short == "action.confirmed":
            inner = self._named(entry)
            effect = _fact(entry, inner["type"][9:-3], inner, self._postings(entry))
            self._confirmed.add(inner["position"])
            yield effect._replace(on=inner["effective_on"], year=inner["year"])
            yield _fact(entry, short, entry)
        elif short == "entry.reversed":
            yield from self._taken_back(entry)
            yield _fact(entry, short, entry)
        else:
            yield _fact(entry, short, entry, self._postings(entry))

    def _taken_back(self, entry: Entry) -> Iterator[Fact]:
        inner = self._named(entry)
        short = inner["type"][9:-3]
        if short not in CONFIRMED_FIRST:
            yield _fact(entry, short, inner, self._postings(entry))._replace(sign=-1)
            return
        yield _fact(entry, "proposed", inner)._replace(sign=-1)
        if not self.is_pending(inner["position"]):
            yield _fact(entry, short, inner, self._postings(entry))._replace(sign=-1)

    def _named(self, entry: Entry) -> Entry:
        found = self.entry_at(entry["data"]["position"])
        assert found is not None, "a confirmation or reversal names an earlier entry"
        return found

    def _postings(self, entry: Entry) -> tuple[Posting, ...]:
        made = postings_of(entry, self)
        if made and not _balanced(made):
            raise Unbalanced(f"the postings of entry {entry['position']} do not sum to zero")
        return made


@contextmanager
def _no_collection() -> Iterator[None]:
    """Nothing here makes cycles; looking for them costs a sixth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _balanced(postings: Sequence[Posting]) -> bool:
    if len(postings) == 2:
        one, other = postings
        return one.line == other.line and one.amount == -other.amount
    sums: dict[str | None, Decimal] = {}
    for posting in postings:
        sums[posting.line] = sums.get(posting.line, ZERO) + posting.amount
    return not any(sums.values())


def _fact(entry: Entry, short: str, carrier: Entry, postings: tuple[Posting, ...] = ()) -> Fact:
    return Fact(entry["position"], short, carrier, 1, entry["effective_on"], entry["year"], postings)
