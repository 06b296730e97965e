"""Discretionary Income: its budget bases, what was received, and what overhead was applied to."""

from decimal import Decimal

from shared.money import ZERO, amount, received_usd, text
from shared.rules.allocation import LINES, allocation_exception, budgeted, derive, outside_the_cap
from shared.rules.case import Case, Caused, Entry
from shared.rules.model import Basis, IncomeYear, Model
from shared.rules.refusals import Finding, rule
from shared.rules.rulebook import rule_set_on


@rule("income/basis")
def basis_in_order(case: Case) -> Finding:
    """First one programme and budget, then revisions, each approved within the year."""
    data = case.data
    standing = (case.model.income.get(data["year"]) or IncomeYear()).bases
    first = data["basis"] == "programme-and-budget"
    within = first or data["approved_on"][:4] == str(data["year"])
    return case.finding(
        "income/basis",
        first != bool(standing) and within,
        {
            "year": str(data["year"]),
            "basis": data["basis"],
            "bases_so_far": str(len(standing)),
            "approved_on": data["approved_on"],
        },
        f"{data['year']} has {len(standing)} budget bases in force.",
        "one programme-and-budget first, then revisions approved within the year",
    )


@rule("overhead/resolution-1110")
def overhead_within_year(case: Case) -> Finding:
    """Overhead pays staff positions and administrative support, never more than the year has, net of security.

    Budgeted while the year is open, actual for an adjustment of a closed one.
    """
    year: IncomeYear = case.model.income.get(case.data["year"]) or IncomeYear()
    wanted = year.applied + amount(case.data["amount"])
    closed = case.data["year"] <= case.model.heads.get("closed_through", 0)
    limit = year.overhead - year.security if closed else _budgeted_overhead(year)
    return case.finding(
        "overhead/resolution-1110",
        wanted <= limit,
        {
            "applied": text(year.applied),
            "requested": case.data["amount"],
            "overhead_net_of_security": text(limit),
            "on": "actual" if closed else "budget",
        },
        f"Applications of {case.data['year']} would be {text(wanted)} of {text(limit)}.",
        f"at most {text(max(ZERO, limit - year.applied))}",
    )


@rule("overhead/resolution-1110")
def overhead_within_actual(case: Case) -> Finding:
    """When a year closes, its applications are within the actual overhead net of security."""
    year: IncomeYear = case.model.income.get(case.data["year"]) or IncomeYear()
    limit = year.overhead - year.security
    return case.finding(
        "overhead/resolution-1110",
        year.applied <= limit,
        {"applied": text(year.applied), "actual_overhead_net_of_security": text(limit)},
        f"{text(year.applied)} were applied, {text(limit)} received net of security.",
        f"applications of at most {text(limit)}: record the overhead still missing or reverse applications",
    )


def _budgeted_overhead(year: IncomeYear) -> Decimal:
    if not year.bases:
        return ZERO
    income = budgeted(year.bases[-1].data)
    return income.overhead - income.security


def allocation_facts(case: Case, year: int, booked_on: str, basis: str) -> list[Caused]:
    """Both lines of a year derived anew: allocated the first time, then revised by the difference (0.00 too)."""
    bases = (case.model.income.get(year) or IncomeYear()).bases
    rules = rule_set_on(case.model, f"{year}-01-01")
    carried = outside_the_cap(case.model, year)
    derivation = derive(budgeted(bases[-1].data), rules, year, carried) if bases else None
    facts = []
    for line in LINES:
        allocated = case.model.line_years.get((line, year, "allocation"))
        target = derivation.of(line) if derivation else ZERO
        data = {
            "year": year,
            "line": line,
            "basis": basis,
            "derivation": derivation.steps if derivation else {"basis": "no budget basis in force"},
        }
        if allocated is None:
            short, data["amount"] = "line.allocated", text(target)
        else:
            stands = allocated + case.model.line_years.get((line, year, "revisions"), ZERO)
            short, data["change"] = "line.allocation-revised", text(target - stands)
        exception = derivation and allocation_exception(derivation, line)
        if exception:
            data["exception"] = exception
        facts.append(Caused(short, data, line, booked_on, year, rules.version))
    return facts


def allocate(case: Case) -> list[Caused]:
    """What an approved budget basis causes."""
    return allocation_facts(case, case.data["year"], case.effective_on, case.data["basis"])


def apply_budgeted(model: Model, entry: Entry) -> None:
    """A basis stands from now on."""
    data = entry["data"]
    year: IncomeYear = model.income.get(data["year"]) or IncomeYear()
    basis = Basis(entry["position"], data["basis"], entry["effective_on"], data)
    model.income.put(data["year"], year._replace(bases=(*year.bases, basis)))


def take_back_budgeted(model: Model, entry: Entry) -> None:
    """A reversed basis no longer stands."""
    year = model.income[entry["data"]["year"]]
    left = tuple(basis for basis in year.bases if basis.position != entry["position"])
    model.income.put(entry["data"]["year"], year._replace(bases=left))


INCOME_KINDS = {"project-overhead": "overhead", "unearmarked-contribution": "unearmarked", "interest": "interest"}
"""Kind of a receipt to the figure of its year."""


def apply_received(model: Model, entry: Entry, sign: int = 1) -> None:
    """Actual income of the year it was earned in."""
    data = entry["data"]
    year: IncomeYear = model.income.get(data["year"]) or IncomeYear()
    field = INCOME_KINDS[data["kind"]]
    changed = year._replace(
        **{field: getattr(year, field) + sign * received_usd(data)},
        security=year.security + sign * security_usd(data),
        receipts=year.receipts + sign,
    )
    model.income.put(data["year"], changed)


def security_usd(data: dict[str, object]) -> Decimal:
    """The part of a receipt reserved for security, in USD at the receipt's own rate."""
    return received_usd(data, "security_part") if data.get("security_part") else ZERO


def apply_applied(model: Model, entry: Entry, sign: int = 1) -> None:
    """Overhead applied to staff positions or administrative support."""
    data = entry["data"]
    year: IncomeYear = model.income.get(data["year"]) or IncomeYear()
    model.income.put(data["year"], year._replace(applied=year.applied + sign * amount(data["amount"])))
