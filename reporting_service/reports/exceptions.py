"""T14: what to look at twice: exceptions, overrides, corrections, adjustments, late facts, overdue duties."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from reporting_service.projections import log_copy
from reporting_service.projections.adjustments import adjustment_movements, adjustments_booked, adjustments_of
from reporting_service.projections.allocations import allocations_of
from reporting_service.projections.duties import duties_of, rule_sets
from reporting_service.projections.filed import Filed
from reporting_service.projections.projects import projects, steps_of_year
from reporting_service.projections.statement import movements_at
from reporting_service.projections.view import View
from reporting_service.reports.derivation import derivations
from reporting_service.reports.lines import available_of, line_rows
from reporting_service.reports.member_states import membership
from reporting_service.reports.table import LINE_TITLES, TEXT, Column, Row, Table
from shared.money import ZERO, received_usd, text
from shared.rules.allocation import LINES
from shared.rules.membership import arrears_on, subject_to_article_4
from shared.rules.model import Model, RuleSet
from shared.rules.rulebook import rule_set_on

COLUMNS = (
    Column("position", "Log position", TEXT),
    Column("on", "Date", TEXT),
    Column("rule", "Rule", TEXT),
    Column("detail", "What", TEXT),
    Column("usd", "Amount"),
)


class Remark(NamedTuple):
    """One thing to look at; `usd` where an amount belongs to it."""

    kind: str
    position: int | None
    on: str
    rule: str
    detail: str
    usd: Decimal | None = None


def table(view: View, year: int) -> Table:
    """Every remark of the year, by kind and in the order of the log."""
    rows = tuple(_row(key, remark) for key, remark in remarks_of(view, year).items())
    return Table("T14", "Exceptions, overrides, corrections, adjustments, overdue duties", COLUMNS, rows)


def remarks_of(view: View, year: int) -> dict[str, Remark]:
    """The remarks by their row's key."""
    remarks = [
        *_exceptions(view, year),
        *_literal_cap(view, year),
        *_over_committed(view, year),
        *_overrides(view, year),
        *_corrections(view, year),
        *_adjustments(view, year),
        *_restated(view, year),
        *_barred_since(view, year),
        *overdue(view, year),
    ]
    return dict(zip(_keys(remarks), remarks, strict=True))


def _keys(remarks: list[Remark]) -> list[str]:
    """Kind and position, or kind, rule and year; told apart by a number where two are alike."""
    keys: list[str] = []
    for remark in remarks:
        where = f"{remark.on[:4]}-{remark.rule.replace('/', '-')}" if remark.position is None else str(remark.position)
        key = f"{remark.kind.replace(', ', '-').replace(' ', '-')}-{where}"
        keys.append(
            key if key not in keys else f"{key}.{keys.count(key) + 1 + sum(k.startswith(key + '.') for k in keys)}"
        )
    return keys


def _row(key: str, remark: Remark) -> Row:
    cells = {
        "position": "" if remark.position is None else str(remark.position),
        "on": remark.on,
        "rule": remark.rule,
        "detail": remark.detail,
        "usd": "" if remark.usd is None else text(remark.usd),
    }
    return Row(key, remark.kind.capitalize(), cells)


def _exceptions(view: View, year: int) -> Iterator[Remark]:
    for fact in allocations_of(view, year):
        if told := fact.data.get("exception"):
            yield Remark("exception", fact.position, fact.effective_on, told["rule"], told["detail"])


def _literal_cap(view: View, year: int) -> Iterator[Remark]:
    """Years in which carry-forward and recovered balances, counted too, would exceed the cap."""
    steps = derivations(view, year)
    basis = next((steps[key] for key in ("revised", "budget") if steps[key].get("headroom_all")), None)
    if basis and Decimal(basis["headroom_all"]) < 0:
        excess = -Decimal(basis["headroom_all"])
        detail = "Read literally, with carry-forward and recovered balances counted, the cap is exceeded."
        yield Remark("cap, literal reading", None, f"{year}-12-31", "facility/cap", detail, excess)


def _over_committed(view: View, year: int) -> Iterator[Remark]:
    for line in LINES:
        if over := line_rows(view, line, year)["over-committed"]:
            detail = f"{LINE_TITLES[line]} is over-committed at year end: the first charge on its next money."
            yield Remark("over-commitment", None, f"{year}-12-31", "line/available", detail, over)


def _overrides(view: View, year: int) -> Iterator[Remark]:
    for code, _, _, step in steps_of_year(view, year, ("override.recorded",)):
        detail = f"{code}, {step.data['decision']}: {step.data['reason']}"
        yield Remark("override", step.position, step.effective_on, step.data["rule"], detail)


def _corrections(view: View, year: int) -> Iterator[Remark]:
    for fact in duties_of(view, "entry.reversed"):
        if fact.year == year:
            detail = f"Entry {fact.data['position']} reversed: {fact.data['reason']}"
            yield Remark("correction", fact.position, fact.effective_on, "entry/reversible", detail)


def _adjustments(view: View, year: int) -> Iterator[Remark]:
    """Late facts of closed years that are booked in this one, whether they move a line or not."""
    listed = set()
    for line in LINES:
        for moved in adjustment_movements(view, line, year):
            listed.add(moved.position)
            detail = f"{LINE_TITLES[line]}{f', {moved.project}' if moved.project else ''}: prior-period adjustment"
            yield Remark("adjustment", moved.position, moved.effective_on, "year/closed", detail, moved.amount)
    for fact in adjustments_booked(view, year):
        if fact.position not in listed:
            detail = f"{told_of(fact)}, a late fact of {fact.key}, is booked in this year."
            yield Remark("adjustment", fact.position, fact.effective_on, "year/closed", detail, moved_by(view, fact))


def _restated(view: View, year: int) -> Iterator[Remark]:
    """Facts of this closed year that came late and are booked in a later one."""
    for fact in adjustments_of(view, year):
        detail = f"{told_of(fact)}, a late fact of {year}, is booked in {fact.year}."
        yield Remark("late adjustment", fact.position, fact.effective_on, "year/closed", detail, moved_by(view, fact))


def told_of(fact: Filed) -> str:
    """A late fact in words: its type, and its project, contribution or reversed entry."""
    data = fact.data
    named = data.get("project") or data.get("contribution")
    if fact.type == "entry.reversed":
        return f"The reversal of entry {data['position']}"
    return f"{fact.type} {named}" if named else fact.type


def moved_by(view: View, fact: Filed) -> Decimal:
    """What a late fact moves: of its line's available money, else its own amount; what a reversal takes back."""
    moved = [found.amount for line in LINES for found in movements_at(view, line, fact.position)]
    if moved:
        return sum(moved, ZERO)
    if fact.type != "entry.reversed":
        return received_usd(fact.data) if "amount" in fact.data else ZERO
    inner = log_copy.entry_at(view.connection, fact.data["position"])
    assert inner is not None, "a reversal names an earlier entry"
    return -received_usd(inner["data"]) if "amount" in inner["data"] else ZERO


def _barred_since(view: View, year: int) -> Iterator[Remark]:
    """Decisions that stand although facts recorded later show a State subject to Article 4 on their day."""
    decided = steps_of_year(view, year, ("grant.approved", "grant.increased"))
    if not decided:
        return
    model, details = membership(view), projects(view, sorted({found.project for found in decided}))
    for code, _, _, step in decided:
        on, project = step.effective_on, details[code]
        rules = rule_set_on(model, on)
        if project.line not in rules.parameters["article_4_bars"]:
            continue
        # payments are all that changes within a year, so that whoever was not barred on its first day never was
        first = view.once(
            ("barred", on[:4], rules.version), partial(_barred, model, model.dues.rows(), f"{on[:4]}-01-01", rules)
        )
        for state in _barred(model, (state for state in project.data["states"] if state in first), on, rules):
            detail = f"{code}: {state} was subject to Article 4 on that day, as later facts show; the decision stands."
            yield Remark("late fact", step.position, on, "line-2/article-4", detail)


def _barred(model: Model, states: Iterable[str], on: str, rules: RuleSet) -> list[str]:
    """Those of some States that are subject to Article 4 on a date, in their order."""
    said = rules.parameters
    years, comparison = said["article_4_years"], said["article_4_comparison"]
    return [state for state in states if subject_to_article_4(arrears_on(model, state, on, years), years, comparison)]


def overdue(view: View, year: int) -> Iterator[Remark]:
    """What should have been done by a year's end: reviews of rule sets, years to close, reports of years before."""
    end = f"{year}-12-31"
    for version, found in rule_sets(view).rule_sets.rows().items():
        reviewed = any(fact.data["version"] == version for fact in duties_of(view, "rules.reviewed"))
        if found.review_by and found.review_by <= end and not reviewed:
            detail = f"The review of rule set {version} was due by {found.review_by} and is not recorded."
            yield Remark("overdue duty", found.position, found.review_by, "rules/well-formed", detail)
    closed = {fact.data["year"] for fact in duties_of(view, "year.closed")}
    issued = {fact.data["year"] for fact in duties_of(view, "report.issued") if fact.data["kind"] == "annual"}
    for of in sorted({balance.year for balance in available_of(view) if balance.year <= year}):
        if of not in closed:
            yield Remark("overdue duty", None, f"{of}-12-31", "year/closed", f"The year {of} is not closed.")
        if of < year and of not in issued:
            yield Remark("overdue duty", None, f"{of}-12-31", "report/edition", f"No annual report of {of} is issued.")
