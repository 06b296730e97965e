"""The oracle's books: the list of facts, and every question answered by going through it."""

from collections import defaultdict
from typing import Any

from tests.oracle.facts import LINES, OWN_DATE, ROW_SIGN, Entry, Move, Project, cents, project_of, usd
from tests.oracle.formula import Income, room_under_the_cap

CONFIRMABLE = ("rules.adopted", "year.closed", "line.opened", "project.migrated")
DERIVED = ("line.allocated", "line.allocation-revised", "command.refused")


class Books:
    """What has been recorded; nothing here changes it."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.moves: list[Move] = []
        self.closed: int | None = None
        self.opened: dict[str, int] = {}
        self.rule_sets: list[dict[str, Any]] = []

    @property
    def position(self) -> int:
        """The last position of the log."""
        return len(self.entries)

    def figures(self, line: str, year: int) -> dict[str, int]:
        """A line's year in cents, with the keys of GET /v1/facility."""
        found = dict.fromkeys(ROW_SIGN, 0)
        for move in self.moves:
            if move.line == line and move.year == year:
                found[move.row] += ROW_SIGN[move.row] * move.cents
        found["opening"] += sum(move.cents for move in self.moves if move.line == line and move.year < year)
        found["available"] = sum(sign * found[row] for row, sign in ROW_SIGN.items())
        return found

    def trial_balance(self) -> dict[str, int]:
        """Every account's balance in cents, debits positive, from the state of things rather than from postings."""
        accounts: dict[str, int] = defaultdict(int)
        for move in self.moves:
            accounts[f"{move.line}/available"] += move.cents
        for line in LINES:
            self._line_accounts(line, accounts)
        for entry in self.facts("income.received"):
            accounts["income/cash"] += usd(entry.data)
            accounts[f"income/{entry.data['kind']}"] -= usd(entry.data)
        for entry in self.facts("overhead.applied"):
            accounts["income/cash"] -= cents(entry.data["amount"])
            accounts["income/applied"] += cents(entry.data["amount"])
        return {account: value for account, value in accounts.items() if value}

    def subject_to_article_4(self, state: str, on: str, rules: dict[str, Any]) -> bool:
        """Arrears equal or exceed the contributions due for the preceding years (two, by the rule set)."""
        this_year, years = int(on[:4]), rules["article_4_years"]
        dues = [
            (entry.data["year"], cents(entry.data["amount"]))
            for entry in self.facts("assessment.issued")
            if entry.data["state"] == state and entry.data["year"] < this_year
        ]
        paid = sum(
            cents(entry.data["amount"])
            for entry in self.facts("assessment.paid")
            if entry.data["state"] == state and entry.data["received_on"] <= on
        )
        arrears = sum(amount for _, amount in dues) - paid
        threshold = sum(amount for year, amount in dues if year >= this_year - years)
        enough = arrears >= threshold if rules["article_4_comparison"] == "at-least" else arrears > threshold
        return len({year for year, _ in dues}) >= years and arrears > 0 and enough

    def eligible(self, state: str, on: str, rules: dict[str, Any]) -> bool:
        """A Member on that day, of an eligible development status, outside the EU where the set says so."""
        status = self.status(state, on)
        return (
            status is not None
            and status["development_status"] in rules["eligible_statuses"]
            and not (rules["exclude_eu"] and status["eu_member"])
        )

    def status(self, state: str, on: str) -> dict[str, Any] | None:
        """A Member's status on a day; None for a State not admitted by then or withdrawn."""
        facts = [entry for entry in self.facts("member-state.admitted") if entry.data["state"] == state]
        if not facts or facts[0].data["admitted_on"] > on:
            return None
        facts += [entry for entry in self.facts("member-state.status-changed") if entry.data["state"] == state]
        found: dict[str, Any] = {"development_status": "other", "eu_member": False, "withdrawn": False}
        for entry in sorted(facts, key=lambda each: (each.on, each.position)):
            if entry.on <= on:
                found.update({name: entry.data[name] for name in found if name in entry.data})
        return None if found["withdrawn"] else found

    def facts(self, *kinds: str) -> list[Entry]:
        """Facts in effect of some kinds, in the order of the log."""
        return [entry for entry in self.entries if entry.live and entry.kind in kinds]

    def entry(self, position: int) -> Entry | None:
        """The entry at a position."""
        return self.entries[position - 1] if 1 <= position <= len(self.entries) else None

    def project(self, code: str | None) -> Project | None:
        """A project by its code, if it is known."""
        return project_of(self.facts_of(code)) if code else None

    def rules_on(self, day: str) -> dict[str, Any]:
        """The parameters in force on a day; before the first set, the first set's."""
        sets = [found for found in self.rule_sets if found["effective_from"] <= day]
        return dict((sets or self.rule_sets)[-1 if sets else 0]["parameters"])

    def lowest_from(self, line: str, day: str) -> int:
        """The smallest balance of a line at the end of a day and of any later day recorded."""
        moves = [move for move in self.moves if move.line == line]
        days = {day} | {move.booked for move in moves if move.booked > day}
        return min(sum(move.cents for move in moves if move.booked <= each) for each in days)

    def closed_through(self, line: str | None) -> int | None:
        """The last closed year, for a line at least the year of its opening balance."""
        years = [year for year in (self.closed, self.opened.get(line or "")) if year is not None]
        return max(years, default=None)

    def income(self, year: int) -> Income:
        """Actual income of a year in cents."""
        found = dict.fromkeys(("project-overhead", "unearmarked-contribution", "interest"), 0)
        security = 0
        for entry in self.facts("income.received"):
            if entry.data["year"] == year:
                found[entry.data["kind"]] += usd(entry.data)
                part = entry.data.get("security_part")
                security += usd({**entry.data, "amount": part}) if part else 0
        return Income(found["project-overhead"], security, found["unearmarked-contribution"], found["interest"])

    def bases(self, year: int) -> list[Entry]:
        """The budget bases of a year that stand."""
        return [entry for entry in self.facts("income.budgeted") if entry.data["year"] == year]

    def row(self, line: str, year: int, *rows: str) -> int:
        """What some rows of a line's year sum to, in cents."""
        return sum(move.cents for move in self.moves if (move.line, move.year) == (line, year) and move.row in rows)

    def outside_the_cap(self, year: int) -> int:
        """Carry-forward into a year and balances recovered in it, of both lines."""
        return sum(
            move.cents
            for move in self.moves
            if move.year < year or (move.year == year and move.row in ("opening", "recovered"))
        )

    def excess_at_close(self, year: int) -> int:
        """What both lines got for a year beyond the cap on actual income, as far as lines may give it back."""
        rules = self.rules_on(f"{year}-01-01")
        room = room_under_the_cap(self.income(year), rules, self.outside_the_cap(year))
        if room is None or not rules["cap_retest_at_close"]:
            return 0
        given = {line: self.row(line, year, "allocated", "revised") for line in LINES}
        excess = max(0, sum(given.values()) - room)
        return min(excess, given["line-2"]) if rules["protect_line_1"] else excess

    def own_date(self, kind: str, data: dict[str, Any], recorded_on: str) -> str:
        """The day of a fact, by its type."""
        if kind == "income.budgeted":
            return f"{data['year']}-01-01" if data["basis"] == "programme-and-budget" else str(data["approved_on"])
        if kind in ("year.closed", "report.issued", "report.noted"):
            return f"{data['year']}-12-31"
        return str(data.get(OWN_DATE.get(kind, "on"), recorded_on))

    def line_of(self, data: dict[str, Any]) -> str | None:
        """The line that a fact names, or that its project draws on."""
        project = self.project(data.get("project"))
        return data.get("line") or (project.data["line"] if project else None)

    def facts_of(self, code: str) -> list[Entry]:
        """The live facts of a project."""
        return [entry for entry in self.entries if entry.live and entry.data.get("project") == code]

    def _line_accounts(self, line: str, accounts: dict[str, int]) -> None:
        for code in {entry.data["project"] for entry in self.facts("project.submitted", "project.migrated")}:
            project = self.project(code)
            if project and project.data["line"] == line:
                accounts[f"{line}/undisbursed"] += project.granted - project.disbursed
                accounts[f"{line}/advances"] += project.advance
                accounts[f"{line}/expenditure"] += project.spent
        by_cause: dict[str, int] = defaultdict(int)
        for move in self.moves:
            if move.line == line:
                by_cause[self._source_of(move)] -= move.cents
        for account in ("opening", "allocation", "contributions"):
            accounts[f"{line}/{account}"] += by_cause[account]
        brought_in = [entry for entry in self.facts("project.migrated") if entry.data["line"] == line]
        accounts[f"{line}/opening"] -= sum(cents(entry.data["approved"]) for entry in brought_in)

    def _source_of(self, move: Move) -> str:
        """Where a movement's money comes from: the line's opening, its allocation, a contribution, or a project."""
        entry = self.entries[move.cause - 1]
        if entry.kind == "entry.reversed":
            entry = self.entries[entry.data["position"] - 1]
        if entry.kind in DERIVED:
            return "allocation"
        return {"line": "opening", "contribution": "contributions"}.get(entry.kind.split(".")[0], "project")
