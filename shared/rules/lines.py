"""The two lines: what each can still commit on every date, and the figures of a year."""

from bisect import bisect_left
from decimal import Decimal
from typing import Any

from shared.money import ZERO, amount, text
from shared.postings import Posting
from shared.rules.allocation import LINES
from shared.rules.case import Case, Entry
from shared.rules.model import LineBook, Model
from shared.rules.refusals import Finding, rule
from shared.rules.rulebook import rule_set_on

ROWS = {
    "allocation": ("allocated", 1),
    "revisions": ("revised", 1),
    "contributions": ("contributions", 1),
    "refunds": ("contributions", 1),
    "recovered": ("recovered", 1),
    "adjustments": ("adjusted", 1),
    "project-allocations": ("approved", -1),
    "increases": ("approved", -1),
    "decreases": ("approved", -1),
    "freed": ("freed", 1),
    "opening": ("opening", 1),
}
"""Row of T2 to the figure of a line in which it counts, and the sign that makes it positive."""

FIGURES = (
    "opening",
    "allocated",
    "revised",
    "contributions",
    "recovered",
    "adjusted",
    "approved",
    "freed",
    "available",
)


def move(model: Model, posting: Posting) -> None:
    """Book one movement of a line's available money on its date and in its year and row."""
    if posting.row is None or posting.line is None:
        return
    line, date, value = posting.line, posting.effective_on, posting.amount
    book = model.lines.get(line) or LineBook()
    day = model.line_days.get((line, date))
    dates = book.dates
    if day is None:
        at = bisect_left(dates, date)
        dates = (*dates[:at], date, *dates[at:])
    model.line_days.put((line, date), (day or ZERO) + value)
    model.lines.put(line, book._replace(total=book.total + value, dates=dates))
    key = (line, posting.year, posting.row)
    model.line_years.put(key, model.line_years.get(key, ZERO) + value)


def lowest_from(model: Model, line: str, date: str) -> Decimal:
    """The smallest balance of a line on a date and on any later date already recorded, in USD."""
    book = model.lines.get(line) or LineBook()
    balance = lowest = book.total
    for day in reversed(book.dates):
        if day <= date:
            break
        balance -= model.line_days[(line, day)]
        lowest = min(lowest, balance)
    return lowest


@rule("line/available")
def available(case: Case) -> Finding:
    """An approval or increase never takes its line below zero, on its date or any later one recorded."""
    line, wanted = case.known_project.line, amount(case.data["amount"])
    free = lowest_from(case.model, line, case.effective_on)
    return case.finding(
        "line/available",
        wanted <= free,
        {"line": line, "available": text(free), "requested": text(wanted), "from": case.effective_on},
        f"{line} has {text(free)} left from {case.effective_on} on; {text(wanted)} would overdraw it.",
        f"at most {text(max(ZERO, free))} now, or retain it (project.retained) and approve it when money comes",
    )


@rule("lines/segregation")
def one_line(case: Case) -> Finding | None:
    """A contribution stays in the line it was given to; nothing passes from one line to the other."""
    known = case.model.contributions.get(case.data["contribution"])
    if known is None:
        return None
    return case.finding(
        "lines/segregation",
        bool(known.line == case.data["line"]),
        {"line": case.data["line"], "line_of_the_contribution": known.line},
        f"Contribution {case.data['contribution']} belongs to {known.line}.",
        f"the same event with line {known.line}, or a new contribution code",
    )


@rule("action/confirmed")
def opened_first(case: Case) -> Finding:
    """Balances of the years before are brought in once, before any other money fact of the line."""
    line = case.data["line"]
    book = case.model.lines.get(line) or LineBook()
    opening = case.short == "line.opened"
    return case.finding(
        "action/confirmed",
        book.money_facts == 0 and not (opening and book.opened),
        {"line": line, "money_facts": str(book.money_facts), "opened": "yes" if book.opened else "no"},
        f"{line} already has money facts or an opening balance.",
        "opening balances and migrated projects recorded before the line's first money fact, each once",
    )


@rule("action/confirmed")
def opened_at_year_end(case: Case) -> Finding:
    """An opening balance is that of a 31 December, the next year's opening."""
    as_of = case.data["as_of"]
    return case.finding(
        "action/confirmed",
        as_of.endswith("-12-31"),
        {"as_of": as_of},
        "The balance brought in is not that of a year's end.",
        f"as_of {as_of[:4]}-12-31, or that of another year",
    )


def note_opened(model: Model, entry: Entry) -> None:
    """A confirmed opening balance ends the years up to its own: nothing more is booked in them."""
    line, year = entry["data"]["line"], int(entry["data"]["as_of"][:4])
    book = model.lines.get(line) or LineBook()
    model.lines.put(line, book._replace(opened=True))
    model.heads.put(f"opened/{line}", year)


def take_back_opened(model: Model, entry: Entry) -> None:
    """A reversed opening balance: the line can be opened anew."""
    line = entry["data"]["line"]
    model.lines.put(line, model.lines[line]._replace(opened=False))
    model.heads.drop(f"opened/{line}")


def note_money_fact(model: Model, line: str) -> None:
    """Count a money fact of a line, so that an opening balance cannot come after it."""
    book = model.lines.get(line) or LineBook()
    model.lines.put(line, book._replace(money_facts=book.money_facts + 1))


def facility(model: Model, year: int) -> dict[str, Any]:
    """Per line and together, the figures of a year in USD, as in GET /v1/facility."""
    figures = {line: line_figures(model, line, year) for line in LINES}
    both = {name: sum((figures[line][name] for line in LINES), ZERO) for name in FIGURES}
    return {
        "year": year,
        "position": model.position,
        "rule_set": rule_set_on(model, f"{year}-12-31").version,
        "lines": {line: {name: text(value) for name, value in figures[line].items()} for line in LINES},
        "facility": {name: text(value) for name, value in both.items()},
    }


def line_figures(model: Model, line: str, year: int) -> dict[str, Decimal]:
    """A line's figures of a year: `available` is opening and all movements of the year (T2's closing)."""
    figures = dict.fromkeys(FIGURES, ZERO)
    for (of_line, of_year, row), value in model.line_years.rows().items():
        if of_line != line or of_year > year:
            continue
        name, sign = ROWS[row] if of_year == year else ("opening", 1)
        figures[name] += sign * value
        figures["available"] += value
    return figures
