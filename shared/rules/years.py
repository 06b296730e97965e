"""Financial years: what a closed one still takes, and what closing it does (facility/cap-actual)."""

from decimal import Decimal
from typing import Any, NamedTuple

from shared.money import ZERO, text
from shared.rules.allocation import LINES, actual, derive, outside_the_cap
from shared.rules.case import Case, Caused, Entry
from shared.rules.dates import bound_year, closed_through
from shared.rules.lines import line_figures, lowest_from
from shared.rules.model import IncomeYear, Model
from shared.rules.refusals import SOURCES, Finding, rule
from shared.rules.rulebook import rule_set_on


@rule("year/closed")
def year_open(case: Case) -> Finding | None:
    """A closed year takes no more money facts; a late one names it in adjusts_year and is booked in the open year."""
    closed, year = closed_through(case.model, line_of(case)), bound_year(case)
    named = case.data.get("adjusts_year")
    is_closed = closed is not None and year <= closed
    if named == (year if is_closed else None):
        return None
    would_pass = f"adjusts_year {year}" if is_closed else f"without adjusts_year: {year} is open"
    return case.finding(
        "year/closed",
        False,
        {"year": str(year), "closed_through": str(closed or "none"), "adjusts_year": str(named or "none")},
        f"Years are closed through {closed or 'none'}; the fact is of {year}.",
        would_pass,
    )


def adjusts_nothing(case: Case) -> Finding:
    """Only a fact that closing binds can be an adjustment of a closed year."""
    return case.finding(
        "year/closed",
        False,
        {
            "adjusts_year": str(case.data["adjusts_year"]),
            "reversed": case.referred["type"] if case.referred else "none",
        },
        "The reversed entry is not one that closing a year binds.",
        "the same reversal without adjusts_year",
    )


def line_of(case: Case) -> str | None:
    """The line whose money a fact moves, if any."""
    if case.referred_or_none is not None:
        stream = str(case.referred_or_none["stream"])
        return stream if stream in LINES else None
    if "line" in case.data:
        return str(case.data["line"])
    return case.project.line if case.project else None


@rule("year/closed")
def no_basis_after_close(case: Case) -> Finding:
    """A budget basis is approved before its year closes, and is of no year that an opening balance covers."""
    year = case.data["year"]
    closed = max((found for line in LINES if (found := closed_through(case.model, line)) is not None), default=None)
    return case.finding(
        "year/closed",
        closed is None or year > closed,
        {"year": str(year), "closed_through": str(closed or "none")},
        f"{year} is closed: its allocation stands.",
        "a basis of an open year; a late correction of income is an income.received with adjusts_year",
    )


@rule("year/closed")
def closes_in_order(case: Case) -> Finding:
    """Years with income or line facts close in order, each once, after actual income has been recorded."""
    model, year = case.model, case.data["year"]
    closed = closed_through(model, None)
    standing = sorted(of for of, facts in model.years.rows().items() if facts)
    earlier = [of for of in standing if of < year and (closed is None or of > closed)]
    received = (model.income.get(year) or IncomeYear()).receipts
    return case.finding(
        "year/closed",
        (closed is None or year > closed)
        and not earlier
        and received > 0
        and case.data["closed_on"] >= f"{year}-12-31",
        {
            "year": str(year),
            "closed_through": str(closed or "none"),
            "still_open": [str(of) for of in earlier],
            "income_receipts": str(received),
            "closed_on": case.data["closed_on"],
        },
        f"{year} cannot be closed now.",
        f"{', '.join(map(str, earlier)) or 'no earlier year'} to be closed first, the year's actual income recorded"
        " (income.received), and closed_on at its end or later",
    )


class Retest(NamedTuple):
    """The cap retested on actual income: what each line gives back, and what stays committed, in USD."""

    withdrawn: dict[str, Decimal]
    honoured: Decimal
    steps: dict[str, str]


def retest_cap(model: Model, year: int) -> Retest | None:
    """The cap on actual income at close (facility/cap-actual; bullet 2): uncommitted excess goes, Line 2 first."""
    rules = rule_set_on(model, f"{year}-01-01")
    said = rules.parameters
    if said["cap"] == "none" or not said["cap_retest_at_close"]:
        return None
    income = actual(model.income.get(year) or IncomeYear())
    steps = derive(income, rules, year, outside_the_cap(model, year)).steps
    allocated = {line: allocated_in(model, line, year) for line in LINES}
    may_give = {line: value for line, value in allocated.items() if line == "line-2" or not said["protect_line_1"]}
    left = min(max(ZERO, sum(allocated.values(), ZERO) - Decimal(steps["cap"])), sum(may_give.values(), ZERO))
    if left == 0:
        return None
    withdrawn = dict.fromkeys(LINES, ZERO)
    for line in sorted(may_give, reverse=True):
        free = max(ZERO, lowest_from(model, line, f"{year}-12-31"))
        withdrawn[line] = min(left, allocated[line], free)
        left -= withdrawn[line]
    return Retest(withdrawn, left, steps)


def allocated_in(model: Model, line: str, year: int) -> Decimal:
    """A line's allocation of a year with its revisions, in USD."""
    return sum((model.line_years.get((line, year, row), ZERO) for row in ("allocation", "revisions")), ZERO)


def close_facts(case: Case) -> list[Caused]:
    """The revisions of basis `actual` that closing a year causes, where the cap is exceeded."""
    assert case.referred is not None
    year = case.referred["data"]["year"]
    retest = retest_cap(case.model, year)
    if retest is None:
        return []
    version = rule_set_on(case.model, f"{year}-01-01").version
    return [
        Caused("line.allocation-revised", _revision(year, line, retest), line, f"{year}-12-31", year, version)
        for line in LINES
    ]


def _revision(year: int, line: str, retest: Retest) -> dict[str, Any]:
    source = SOURCES["facility/cap-actual"]
    withdrawn = text(retest.withdrawn[line])
    return {
        "year": year,
        "line": line,
        "change": text(-retest.withdrawn[line]),
        "basis": "actual",
        "derivation": retest.steps,
        "exception": {
            "rule": "facility/cap-actual",
            "resolution": source.resolution,
            "paragraph": source.paragraph,
            "detail": f"The cap is exceeded on actual income: {withdrawn} of {line} withdrawn,"
            f" {text(retest.honoured)} of the Facility committed and honoured.",
        },
    }


def sealed_balances(case: Case, tree: tuple[int, str]) -> dict[str, Any]:
    """What the confirmation of a close seals: both lines' closing balances, size and root of the tree before it."""
    assert case.referred is not None
    year = case.referred["data"]["year"]
    retest = retest_cap(case.model, year)
    withdrawn = retest.withdrawn if retest else dict.fromkeys(LINES, ZERO)
    closing = {line: line_figures(case.model, line, year)["available"] - withdrawn[line] for line in LINES}
    return {"closing": {line: text(value) for line, value in closing.items()}, "size": tree[0], "root": tree[1]}


def close(model: Model, entry: Entry) -> None:
    """A confirmed close: the year is closed."""
    model.heads.put("closed_through", entry["data"]["year"])


def note_year(model: Model, year: int, change: int = 1) -> None:
    """Count a year's standing income and line facts: while it has any, it must be closed in its turn."""
    model.years.put(year, model.years.get(year, 0) + change)
