"""T9: what applied, what was decided, and which rules stood in the way."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from reporting_service.projections.filed import Filed
from reporting_service.projections.projects import projects, steps_of_year
from reporting_service.projections.refusals import refusals_behind, refusals_of
from reporting_service.projections.view import View
from reporting_service.reports.table import COUNT, LINE_TITLES, Column, Row, Table, total
from shared.money import amount, text
from shared.rules.dates import own_date

STEPS = {
    "project.submitted": ("submitted", "Submitted"),
    "grant.approved": ("approved", "Approved"),
    "project.retained": ("retained", "Retained for want of money"),
    "project.refused": ("refused", "Refused"),
    "project.withdrawn": ("withdrawn", "Withdrawn"),
}
COLUMNS = (
    *(Column(f"number-{line}", f"{title}, projects", COUNT) for line, title in LINE_TITLES.items()),
    *(Column(f"requested-{line}", f"{title}, requested") for line, title in LINE_TITLES.items()),
    Column("number-prior", "Year before, projects", COUNT),
    Column("requested-prior", "Year before, requested"),
)
RULE_COLUMNS = (Column("number", "Decisions refused", COUNT), Column("number-prior", "Year before", COUNT))
DECISIONS = frozenset({"fund1035.grant.approved.v1", "fund1035.grant.increased.v1"})


def table(view: View, year: int) -> Table:
    """Steps booked in the year, by number of projects and the money they asked for."""
    now, before = _by_type(view, year), _by_type(view, year - 1)
    codes = set[str]().union(*now.values(), *before.values())
    asked = {
        code: (project.line, amount(project.data["requested"])) for code, project in projects(view, list(codes)).items()
    }
    rows = tuple(Row(key, title, _cells(now[short], before[short], asked)) for short, (key, title) in STEPS.items())
    return Table("T9", "Pipeline", COLUMNS, rows)


def _by_type(view: View, year: int) -> dict[str, set[str]]:
    """The projects that took each step."""
    found: dict[str, set[str]] = {short: set() for short in STEPS}
    for move in steps_of_year(view, year, STEPS):
        found[move.step.type].add(move.project)
    return found


def _cells(now: set[str], before: set[str], asked: dict[str, tuple[str, Decimal]]) -> dict[str, str]:
    own: dict[str, list[Decimal]] = {line: [] for line in LINE_TITLES}
    for line, requested in map(asked.__getitem__, now):
        own[line].append(requested)
        own["facility"].append(requested)
    own["prior"] = [asked[code][1] for code in before]
    cells: dict[str, str] = {}
    for column, found in own.items():
        cells |= {f"number-{column}": str(len(found)), f"requested-{column}": text(total(found))}
    return cells


def refusal_table(view: View, year: int) -> Table:
    """Refused approvals and increases of the year, by the rule that failed; a refusal may name several."""
    now, before = _failing_rules(view, year), _failing_rules(view, year - 1)
    rows = tuple(
        Row(rule, rule, {"number": str(now[rule]), "number-prior": str(before[rule])})
        for rule in sorted({*now, *before})
    )
    notes = (
        "Approvals and increases that the rules refused, by the date of the decision; one may fail several rules.",
    )
    return Table("T9-rules", "Refused decisions by rule", RULE_COLUMNS, rows, notes)


def _failing_rules(view: View, year: int) -> Counter[str]:
    nothing: dict[int, Counter[str]] = {}
    return view.read_on("refused-decisions", nothing, lambda known, after: _counted(view, known, after)).get(
        year, Counter()
    )


def _counted(view: View, known: dict[int, Counter[str]], after: int) -> dict[int, Counter[str]]:
    """How often each rule failed, by year: what is known, and what was refused behind a position."""
    counted = {year: Counter(rules) for year, rules in known.items()}
    for found in _decisions(refusals_behind(view, after)):
        counted.setdefault(found.year, Counter()).update(found.rules)
    return counted


class RefusedDecision(NamedTuple):
    """A refused approval or increase: the year that it was of, and the rules that failed."""

    position: int
    year: int
    rules: frozenset[str]


def refused_decisions(view: View) -> Iterator[RefusedDecision]:
    """Every refusal of an approval or increase, in the order of the log."""
    return _decisions(refusals_of(view))


def _decisions(refusals: Iterable[Filed]) -> Iterator[RefusedDecision]:
    for fact in refusals:
        event: dict[str, Any] | None = fact.data.get("event")
        if event is None or event["type"] not in DECISIONS:
            continue
        on = own_date(event["type"][9:-3], event["data"], fact.effective_on)
        rules = frozenset(refusal["rule"] for refusal in fact.data["refusals"])
        yield RefusedDecision(fact.position, int(on[:4]), rules)
