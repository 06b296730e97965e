"""T16 and T17: where Discretionary Income came from and went, and how it compares with the budget."""

from collections.abc import Mapping
from decimal import Decimal

from reporting_service.projections.income import actual_of
from reporting_service.projections.view import View
from reporting_service.reports.derivation import derivations
from reporting_service.reports.facility import line_year
from reporting_service.reports.table import PERCENT, TEXT, Column, Row, Table, total
from shared.money import ZERO, text
from shared.rules.allocation import LINES

USES = {
    "project-overhead": "Project-related overhead, security included",
    "unearmarked-contributions": "Unearmarked contributions",
    "interest": "Interest income",
    "discretionary-income": "Discretionary Income",
    "staff": "Staff positions, paid from overhead",
    "support": "Administrative support, paid from overhead",
    "security": "Staff and office security, accounted apart",
    "facility": "Facility: Line 1 and Line 2, new money",
    "rest": "Rest",
}
SUMS = ("discretionary-income", "rest")
OVERHEAD = "Overhead finances staff and administrative support and never pays grants (Resolution 1110; bullet 3)."
APPROVED = (
    "Last approved: income as budgeted or last revised, and the money that the lines were given for it. A budget"
    " states no staff positions and no administrative support: they are paid from its rest."
)
ACTUAL = (
    "Actual: income and applications recorded for the year, and the money that the lines were given in it. The rest"
    " is empty while no income is recorded, and provisional until all of it is."
)
REST = "The rest is Discretionary Income less the four applications above it."
RECORDED = "income and applications recorded; money given to the lines"
UNRECORDED = "no income recorded; money given to the lines"


def uses_table(view: View, year: int) -> Table:
    """The income last approved and the actual income of the year, what each was applied to, and what is left."""
    columns: list[Column] = []
    cells: dict[str, Mapping[str, str]] = {}
    for suffix, of in (("", year), ("-prior", year - 1)):
        columns += (Column(f"budget{suffix}", f"Last approved {of}"), Column(f"actual{suffix}", f"Actual {of}"))
        cells |= {f"budget{suffix}": _uses_approved(view, of), f"actual{suffix}": _uses(view, of)}
    rows = [
        Row(
            key,
            title,
            {column: found.get(key, "") for column, found in cells.items()},
            level="sum" if key in SUMS else "plain",
        )
        for key, title in USES.items()
    ]
    rows.append(Row("basis", "Basis", {column: found.get("basis", "") for column, found in cells.items()}, TEXT))
    notes = (OVERHEAD, APPROVED, ACTUAL, REST)
    return Table("T16", "Sources and application of Discretionary Income", tuple(columns), tuple(rows), notes)


def last_approved(view: View, year: int) -> str:
    """The basis of a year's budget that stands last: revised or budget."""
    return "revised" if derivations(view, year)["revised"] else "budget"


def _uses_approved(view: View, year: int) -> Mapping[str, str]:
    steps = derivations(view, year)[last_approved(view, year)]
    if not steps:
        return {}
    income, security, facility = (Decimal(steps[key]) for key in ("discretionary_income", "security", "facility"))
    return {key: steps.get(key.replace("-", "_"), "") for key in (*USES, "basis")} | {
        "rest": text(income - security - facility)
    }


def _uses(view: View, year: int) -> Mapping[str, str]:
    found = actual_of(view, year)
    income = found.project_overhead + found.unearmarked + found.interest
    lines = [line_year(view, line, year) for line in LINES]
    facility = total(line.allocated + line.revised for line in lines)
    figures = {
        "project-overhead": found.project_overhead,
        "unearmarked-contributions": found.unearmarked,
        "interest": found.interest,
        "discretionary-income": income,
        "staff": found.staff,
        "support": found.support,
        "security": found.security,
        "facility": facility,
        "rest": income - found.staff - found.support - found.security - facility,
    }
    cells = {key: text(value) for key, value in figures.items()}
    return cells | ({"basis": RECORDED} if income else {"rest": "", "basis": UNRECORDED})


STEPS = {
    "project_overhead": "Project-related overhead, security included",
    "unearmarked_contributions": "Unearmarked contributions",
    "interest": "Interest income",
    "miscellaneous_income": "Miscellaneous income (M)",
    "discretionary_income": "Discretionary Income (DI)",
    "security": "of which reserved for security",
    "without_security": "Discretionary Income without security",
}
TITLES = {"budget": "Budget", "revised": "Revised", "actual": "Actual", "variance": "Actual less last approved"}


def variance_table(view: View, year: int) -> Table:
    """Budget, last revision and actual income, with the variance against what was last approved."""
    found = {"": derivations(view, year), "-prior": derivations(view, year - 1)}
    columns = tuple(
        column
        for suffix, of in (("", year), ("-prior", year - 1))
        for column in (
            *(Column(key + suffix, f"{title} {of}") for key, title in TITLES.items()),
            Column(f"variance-percent{suffix}", f"Variance {of}", PERCENT),
        )
    )
    rows = [
        Row(
            step.replace("_", "-"),
            title,
            {key: cell for suffix, steps in found.items() for key, cell in _compared(steps, step, suffix).items()},
            level="part" if step == "security" else "plain",
        )
        for step, title in STEPS.items()
    ]
    basis = {
        column.key: found["-prior" if column.key.endswith("-prior") else ""]
        .get(column.key.removesuffix("-prior"), {})
        .get("basis", "")
        for column in columns
    }
    rows.append(Row("basis", "Basis", basis, TEXT))
    return Table("T17", "Actual against budgeted Discretionary Income", columns, tuple(rows))


def _compared(steps: Mapping[str, Mapping[str, str]], step: str, suffix: str) -> dict[str, str]:
    budget, revised, actual = (steps[key].get(step, "") for key in ("budget", "revised", "actual"))
    approved = revised or budget
    cells = {"budget": budget, "revised": revised, "actual": actual, "variance": "", "variance-percent": ""}
    if approved and actual:
        variance, base = Decimal(actual) - Decimal(approved), Decimal(approved)
        cells["variance"] = text(variance)
        cells["variance-percent"] = f"{variance * 100 / base:.1f}" if base > ZERO else ""
    return {key + suffix: cell for key, cell in cells.items()}
