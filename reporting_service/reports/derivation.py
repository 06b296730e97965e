"""T1: how a year's two lines follow from its Discretionary Income, step by step."""

from collections.abc import Mapping
from decimal import Decimal

from reporting_service.projections.allocations import allocations_of
from reporting_service.projections.duties import rule_set
from reporting_service.projections.filed import Filed
from reporting_service.projections.income import actual_of, bases_of
from reporting_service.projections.view import View
from reporting_service.reports.lines import available_of
from reporting_service.reports.table import TEXT, Column, Row, Table
from shared.money import ZERO, text
from shared.rules.allocation import Income, derive

Steps = Mapping[str, str]

SHARE = "share"
STEPS: dict[str, tuple[str, str | None]] = {
    "project_overhead": ("Project-related overhead, security included", None),
    "unearmarked_contributions": ("Unearmarked contributions", None),
    "interest": ("Interest income", None),
    "miscellaneous_income": ("Miscellaneous income (M)", None),
    "discretionary_income": ("Discretionary Income (DI)", None),
    "security": ("of which reserved for security", None),
    "without_security": ("Discretionary Income without security", None),
    "baseline": ("Baseline", None),
    "excess": ("Excess over the baseline", None),
    "share": ("Share of the excess for Line 2", SHARE),
    "line_2_share": ("Share of the excess, rounded down to the cent", None),
    "line_1_amount": ("Amount of Line 1 a year", None),
    "cap": ("Cap on new money", None),
    "line_1": ("Line 1", None),
    "line_2": ("Line 2", None),
    "facility": ("Facility, new money", None),
    "headroom": ("Headroom under the cap, new money alone", None),
    "outside_the_cap": ("Carry-forward and balances recovered", None),
    "headroom_all": ("Headroom under the cap, these counted too", None),
    "binding": ("Constraint that binds", TEXT),
    "basis": ("Basis", TEXT),
    "rule_set": ("Rule set", TEXT),
}
READING = (
    "New money is capped at miscellaneous income, floored at zero; Line 2 shrinks first. Direct voluntary contributions"
    " lie outside the cap. Both readings of the cap are shown: new money alone, and carry-forward and recovered"
    " balances counted too. Cap and headroom are empty under a rule set without a cap."
)
LEVELS = {"miscellaneous_income": "sum", "discretionary_income": "sum", "security": "part", "facility": "sum"}


def table(view: View, year: int) -> Table:
    """Budget, last revision and actual income of the year, and of the year before."""
    columns: dict[str, Steps] = {}
    for of, suffix in ((year, ""), (year - 1, "-prior")):
        columns |= {key + suffix: steps for key, steps in derivations(view, of).items()}
    titles = {"budget": "Budget", "revised": "Revised", "actual": "Actual"}
    shown = tuple(
        Column(key + suffix, f"{title} {of}")
        for of, suffix in ((year, ""), (year - 1, "-prior"))
        for key, title in titles.items()
    )
    rows = tuple(
        Row(
            step.replace("_", "-"),
            title,
            {key: steps.get(step, "") for key, steps in columns.items()},
            unit,
            LEVELS.get(step, "plain"),
        )
        for step, (title, unit) in STEPS.items()
    )
    return Table("T1", "Derivation of the two funding lines", shown, rows, (READING, *_exceptions(view, year)))


def derivations(view: View, year: int) -> dict[str, Steps]:
    """The steps per basis: budget and revised as the ledger recorded them, actual as the formula gives it now."""
    return view.once(("derivations", year), lambda: _derivations(view, year))


def _derivations(view: View, year: int) -> dict[str, Steps]:
    bases = bases_of(view, year)
    first = next((basis for basis in bases if basis.data["basis"] == "programme-and-budget"), None)
    last = next((basis for basis in reversed(bases) if basis.data["basis"] == "revision"), None)
    outside = outside_the_cap(view, year)
    return {
        "budget": _of_basis(view, year, first, outside),
        "revised": _of_basis(view, year, last, outside),
        "actual": _of_actual(view, year, outside),
    }


def outside_the_cap(view: View, year: int) -> Decimal:
    """Carry-forward into a year and balances recovered in it, both lines, in USD."""
    return sum(
        (
            balance.total
            for balance in available_of(view)
            if balance.year < year or (balance.year == year and balance.row in ("opening", "recovered"))
        ),
        ZERO,
    )


def _of_basis(view: View, year: int, basis: Filed | None, outside: Decimal) -> Steps:
    if basis is None:
        return {}
    caused = (basis.position + 1, basis.position + 2)
    recorded = next((fact for fact in allocations_of(view, year) if fact.position in caused), None)
    if recorded is None:
        return {}
    source = f"{basis.data['document']}, approved {basis.data['approved_on']} by {basis.data['approved_by']}"
    return _with_headroom(view, year, recorded.data["derivation"], outside) | {"basis": source}


def _of_actual(view: View, year: int, outside: Decimal) -> Steps:
    found, rules = actual_of(view, year), rule_set(view, f"{year}-01-01")
    if rules is None or not any(found):
        return {}
    income = Income(found.project_overhead, found.security, found.unearmarked, found.interest)
    steps = derive(income, rules, year, outside).steps
    return _with_headroom(view, year, steps, outside) | {"basis": "income recorded for the year"}


def _with_headroom(view: View, year: int, steps: Steps, outside: Decimal) -> dict[str, str]:
    rules = rule_set(view, f"{year}-01-01")
    shown = {**steps, "outside_the_cap": text(outside), "rule_set": rules.version if rules else ""}
    if steps.get("cap") == "none":
        return shown | {"cap": "", "headroom": "", "headroom_all": ""}
    room = max(ZERO, Decimal(steps["miscellaneous_income"]))
    left = room - Decimal(steps["facility"])
    return shown | {"headroom": text(left), "headroom_all": text(left - max(ZERO, outside))}


def _exceptions(view: View, year: int) -> tuple[str, ...]:
    found = [fact.data["exception"] for fact in allocations_of(view, year) if "exception" in fact.data]
    return tuple(dict.fromkeys(f"Exception ({told['rule']}, {told['paragraph']}): {told['detail']}" for told in found))
