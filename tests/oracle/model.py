"""The oracle: given what was posted, when and by whom, it says what the ledger must answer and hold.

Its only source is the domain description. It recomputes everything from the list of facts, so that
every line can be checked by eye; it is slow on purpose."""

from typing import Any, NamedTuple

from tests.oracle.books import CONFIRMABLE, DERIVED, Books
from tests.oracle.facts import LINES, Entry, Move, cents, project_of, usd
from tests.oracle.formula import SHIPPED, Income, allocation
from tests.oracle.laws import broken

AVAILABLE = {
    "contribution.received": ("contributions", 1),
    "contribution.refunded": ("contributions", -1),
    "grant.approved": ("approved", -1),
    "grant.increased": ("approved", -1),
    "grant.decreased": ("approved", 1),
    "grant.balance-returned": ("recovered", 1),
}
"""Facts that move a line's available money: the row they count in, and which way."""


class Verdict(NamedTuple):
    """Accepted, or refused by these rules."""

    accepted: bool
    rules: frozenset[str] = frozenset()


class Oracle(Books):
    """The books, and what happens to them when an event is posted."""

    def __init__(self) -> None:
        super().__init__()
        for data in SHIPPED:
            entry = self._append("rules.adopted", data, data["effective_from"], data["effective_from"], 2001, "", "")
            self._adopt(entry)

    def post(self, event: dict[str, Any], recorded_on: str, subject: str, role: str) -> Verdict:
        """Decide on an event and, if it is accepted, let it happen."""
        kind = event["type"].removeprefix("fund1035.").removesuffix(".v1")
        rules = broken(self, kind, event["data"], recorded_on, subject, role)
        if rules:
            self._append("command.refused", {}, recorded_on, recorded_on, int(recorded_on[:4]), "", "")
            return Verdict(False, frozenset(rules))
        self._happen(kind, event["data"], recorded_on, subject, role)
        return Verdict(True)

    def _happen(self, kind: str, data: dict[str, Any], recorded_on: str, subject: str, role: str) -> None:
        on = self.own_date(kind, data, recorded_on)
        if kind == "entry.reversed":
            self._reverse(data, subject, role)
            return
        year, booked = data.get("year", int(on[:4])), on
        if "adjusts_year" in data:
            year, booked = self._adjusted(self.line_of(data))
        entry = self._append(kind, data, on, booked, year, subject, role)
        if kind in CONFIRMABLE:
            entry.live, entry.pending = False, True
        elif kind == "action.confirmed":
            self._confirm(data["position"])
        else:
            self._move(entry)
        if kind == "income.budgeted":
            self._allocate(data["year"], booked)

    def _append(
        self, kind: str, data: dict[str, Any], on: str, booked: str, year: int, subject: str, role: str
    ) -> Entry:
        entry = Entry(len(self.entries) + 1, kind, data, on, booked, year, subject, role, kind not in DERIVED)
        entry.line = self.line_of(data)
        self.entries.append(entry)
        return entry

    def _adjusted(self, line: str | None) -> tuple[int, str]:
        first_open = (self.closed_through(line) or 0) + 1
        return first_open, f"{first_open}-01-01"

    def _move(self, entry: Entry) -> None:
        """Book what a fact does to its line's available money."""
        if entry.kind in ("grant.cancelled", "project.financially-closed"):
            line = self.line_of(entry.data)
            project = project_of([each for each in self.facts_of(entry.data["project"]) if each is not entry])
            entry.freed = project.granted - project.disbursed if project else 0
            row, amount = "freed", entry.freed
        elif entry.kind in AVAILABLE:
            line = self.line_of(entry.data)
            row, sign = AVAILABLE[entry.kind]
            amount = sign * usd(entry.data)
        else:
            return
        assert line is not None
        row = "adjusted" if "adjusts_year" in entry.data else row
        self.moves.append(Move(entry.position, line, row, amount, entry.booked, entry.year))

    def _allocate(self, year: int, booked: str) -> None:
        """Derive both lines of a year from its last standing basis and book the differences."""
        bases = self.bases(year)
        outside = self.outside_the_cap(year)
        rules = self.rules_on(f"{year}-01-01")
        target = allocation(Income.budgeted(bases[-1].data), rules, year, outside) if bases else (0, 0)
        for line, amount in zip(LINES, target, strict=True):
            first = not any((move.line, move.year, move.row) == (line, year, "allocated") for move in self.moves)
            change = amount - self.row(line, year, "allocated", "revised")
            row, kind = ("allocated", DERIVED[0]) if first else ("revised", DERIVED[1])
            entry = self._append(kind, {"line": line}, booked, booked, year, "", "")
            self.moves.append(Move(entry.position, line, row, change, booked, year))

    def _confirm(self, position: int) -> None:
        entry = self.entries[position - 1]
        entry.live, entry.pending = True, False
        if entry.kind == "rules.adopted":
            self._adopt(entry)
        elif entry.kind == "line.opened":
            line, year = entry.data["line"], int(entry.data["as_of"][:4])
            self.opened[line] = year
            self.moves.append(Move(position, line, "opening", cents(entry.data["amount"]), entry.on, year))
        elif entry.kind == "year.closed":
            self._close(entry.data["year"])

    def _adopt(self, entry: Entry) -> None:
        before = self.rule_sets[-1]["parameters"] if self.rule_sets else {}
        self.rule_sets.append({**entry.data, "parameters": {**before, **entry.data["parameters"]}})

    def _close(self, year: int) -> None:
        """Withdraw the uncommitted excess, Line 2 first, then close."""
        excess, protected = self.excess_at_close(year), self.rules_on(f"{year}-01-01")["protect_line_1"]
        give: dict[str, int] = {}
        for line in ("line-2",) if protected else ("line-2", "line-1"):
            free = max(0, self.lowest_from(line, f"{year}-12-31"))
            give[line] = min(excess - sum(give.values()), self.row(line, year, "allocated", "revised"), free)
        for line in LINES if excess else ():
            entry = self._append(
                "line.allocation-revised", {"line": line}, f"{year}-12-31", f"{year}-12-31", year, "", ""
            )
            self.moves.append(Move(entry.position, line, "revised", -give.get(line, 0), entry.on, year))
        self.closed = year

    def _reverse(self, data: dict[str, Any], subject: str, role: str) -> None:
        entry = self.entries[data["position"] - 1]
        year, booked = entry.year, entry.booked
        moved = [move for move in self.moves if move.cause == entry.position]
        if "adjusts_year" in data:
            line = self.line_of(entry.data)
            year, booked = self._adjusted(line)
        if entry.kind == "line.opened" and entry.live:
            del self.opened[entry.data["line"]]
        entry.live, entry.pending, entry.reversed = False, False, True
        reversal = self._append("entry.reversed", data, booked, booked, year, subject, role)
        for move in moved:
            row = "adjusted" if "adjusts_year" in data else move.row
            self.moves.append(Move(reversal.position, move.line, row, -move.cents, booked, year))
        if entry.kind == "income.budgeted":
            self._allocate(entry.data["year"], booked)
