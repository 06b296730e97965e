"""Random commands over a small world, drawn so that most are nearly right: that is where rules are decided."""

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.oracle.facts import Project
from tests.oracle.model import Oracle
from tests.oracle.trial import STATUS_NEEDED

TODAY = "2011-06-15"
YEARS = (2006, 2007, 2008, 2009, 2010, 2011)
DAYS = ("01-01", "01-02", "03-01", "06-15", "10-01", "12-31")
MEMBERS = (
    ("KEN", "africa", "developing"),
    ("SEN", "africa", "developing"),
    ("MDA", "europe", "transition"),
    ("AUT", "europe", "other"),
    ("PHL", "asia-and-oceania", "developing"),
)
STATES = ("KEN", "SEN", "MDA", "AUT", "PHL", "HND")
CODES = ("NC.1", "NC.2", "NC.3", "RG.4", "RG.5", "NC.6", "NC.7", "RG.8")
AMOUNTS = ("0.01", "1000.00", "50000.00", "99999.99", "150000.00", "200000.00", "200000.01", "300000.00", "1400000.00")
SUBJECTS = {
    "finance": ("finance-1", "finance-1", "finance-2", "everyone"),
    "programme": ("programme-1", "programme-1", "programme-1", "everyone"),
    "approver": ("approver-1", "approver-1", "approver-2", "everyone"),
    "administrator": ("administrator-1", "administrator-2"),
    "secretariat": ("secretariat-1",),
}
RATE_SOURCE = "UN operational rate of exchange, illustrative"

T = TypeVar("T")
Data = dict[str, Any]


def usd(value: int) -> str:
    """Cents as an amount."""
    return f"{value // 100}.{value % 100:02d}"


class Pick:
    """Draws from hypothesis with the history so far in view."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any], oracle: Oracle) -> None:
        self._draw, self.oracle = draw, oracle

    def one(self, choices: tuple[T, ...] | list[T]) -> T:
        """One of a few; simpler ones first."""
        chosen: T = self._draw(st.sampled_from(choices))
        return chosen

    def chance(self, of_ten: int) -> bool:
        """True in so many of ten cases."""
        return bool(self._draw(st.integers(0, 9)) >= 10 - of_ten)

    def day(self) -> str:
        """A date, seldom one after today."""
        return f"{self.year()}-{self.one(DAYS)}"

    def year(self) -> int:
        """A year, mostly an open one."""
        closed = self.oracle.closed or 2005
        open_years = [year for year in YEARS if year > closed] or [2011]
        return self.one(open_years) if self.chance(8) else self.one(YEARS)

    def late(self) -> Data:
        """Sometimes the closed year that the fact adjusts."""
        if self.oracle.closed is None:
            return {"adjusts_year": self.one(YEARS)} if self.chance(1) else {}
        return {"adjusts_year": self.oracle.closed if self.chance(7) else self.one(YEARS)} if self.chance(2) else {}

    def dated(self, name: str) -> Data:
        """A money fact's date, with `adjusts_year` mostly where the date asks for it."""
        on = self.day()
        is_closed = self.oracle.closed is not None and int(on[:4]) <= self.oracle.closed
        if is_closed and self.chance(7):
            return {name: on, "adjusts_year": int(on[:4])}
        return {name: on, **self.late()} if self.chance(1) else {name: on}

    def amount(self, fitting: int = 0) -> str:
        """An amount, often exactly what would fit, or a cent more."""
        if fitting > 0 and self.chance(6):
            return usd(fitting + (1 if self.chance(2) else 0))
        return self.one(AMOUNTS)

    def project(self, kind: str) -> tuple[str, Project | None]:
        """A project, mostly one in a status that admits the step."""
        known = {code: self.oracle.project(code) for code in CODES}
        fitting = [code for code, project in known.items() if project is not None and _admits(project, kind)]
        code = self.one(fitting) if fitting and self.chance(9) else self.one(CODES)
        return code, known[code]

    def position(self, fitting: list[int]) -> int:
        """A position, mostly one of those that fit, recent ones first."""
        if fitting and self.chance(9):
            return self.one(fitting[::-1])
        return self.one(list(range(self.oracle.position + 2, 0, -1)))


def _admits(project: Project, kind: str) -> bool:
    """The project's status admits the step, and there is money for it to move."""
    money = {
        "grant.disbursed": project.granted - project.disbursed,
        "expenditure.reported": project.advance,
        "grant.balance-returned": project.advance,
        "project.financially-closed": int(project.advance == 0),
    }
    return project.status in STATUS_NEEDED[kind].split() and money.get(kind, 1) > 0


def admitted(pick: Pick) -> Data:
    state, region, status = pick.one(MEMBERS)
    return {
        "state": state,
        "name": state,
        "region": region,
        "admitted_on": pick.one(("2001-01-01", "2008-06-01")),
        "development_status": status,
    }


def status_changed(pick: Pick) -> Data:
    change = pick.one(
        (
            {"eu_member": True},
            {"eu_member": False},
            {"withdrawn": True},
            {"withdrawn": False},
            {"development_status": "other"},
        )
    )
    return {"state": pick.one(STATES), "effective_on": pick.day(), **change, "reason": "illustrative"}


def assessed(pick: Pick) -> Data:
    year = pick.one(YEARS)
    return {
        "state": pick.one(STATES),
        "year": year,
        "amount": pick.one(("50000.00", "52000.00")),
        "due_on": f"{year}-01-01",
    }


def dues_paid(pick: Pick) -> Data:
    amount = pick.one(("0.01", "50000.00", "52000.00", "150000.00"))
    return {"state": pick.one(STATES), "amount": amount, "received_on": pick.day(), "reference": "illustrative"}


def vote_changed(pick: Pick) -> Data:
    return {
        "state": pick.one(STATES),
        "effective_on": pick.day(),
        "vote": pick.one(("lost", "restored")),
        "decision": "D",
    }


def budgeted(pick: Pick) -> Data:
    year = pick.year()
    known = bool(pick.oracle.bases(year))
    basis = "revision" if known != pick.chance(1) else "programme-and-budget"
    approved_on = f"{year}-{pick.one(DAYS)}" if pick.chance(8) else pick.day()
    security = pick.one((0, 600_000_000))
    return {
        "year": year,
        "basis": basis,
        "document": "illustrative",
        "approved_on": f"{year - 1}-11-30" if basis != "revision" else approved_on,
        "approved_by": "Council",
        "project_overhead": usd(security + pick.one((0, 1_450_000_000, 2_100_000_000, 4_050_000_000))),
        "security": usd(security),
        "unearmarked_contributions": usd(pick.one((0, 100_000_000, 155_555_555, 320_000_000, 600_000_000))),
        "interest": pick.one(("0.00", "800000.00", "0.03", "-500000.00", "999999999999999.99")),
    }


def income(pick: Pick) -> Data:
    kind = pick.one(("interest", "unearmarked-contribution", "project-overhead"))
    amount = pick.one(("1000000.00", "3000000.00", "20000000.00", "0.01", "999999999999999.99"))
    late = pick.dated("received_on")
    year = late["adjusts_year"] if "adjusts_year" in late and pick.chance(8) else pick.year()
    secured = {"security_part": "0.01"} if kind == "project-overhead" and pick.chance(3) else {}
    foreign = amount != "0.01" and len(amount) < 15 and pick.chance(2)
    money = in_currency(pick, amount, late["received_on"]) if foreign else {"amount": amount, "currency": "USD"}
    return {"year": year, "kind": kind, **money, **secured, **late, "reference": "illustrative"}


def in_currency(pick: Pick, amount: str, on: str) -> Data:
    value = pick.one(("1.4600", "0.333333", "1.005", "0.987654321098"))
    return {"amount": amount, "currency": "EUR", "rate": {"value": value, "on": on, "source": RATE_SOURCE}}


def overhead(pick: Pick) -> Data:
    late = pick.dated("on")
    year = late["adjusts_year"] if "adjusts_year" in late and pick.chance(8) else pick.year()
    amount = pick.one(("1000.00", "14500000.00", "20000000.00", "20999000.00"))
    return {
        "year": year,
        "amount": amount,
        "purpose": "staff-position",
        "description": "x",
        **late,
        "reference": "illustrative",
    }


def contribution(pick: Pick, kind: str) -> Data:
    late = pick.dated("on")
    if kind not in ("received", "refunded"):
        late.pop("adjusts_year", None)
    code = pick.one(("C.1", "C.2", "C.3"))
    odd = pick.chance(1)
    line = "line-2" if (code == "C.1") != odd else "line-1"
    amount = pick.amount()
    foreign = code == "C.3" and amount != "0.01"
    money = in_currency(pick, amount, late["on"]) if foreign else {"amount": amount, "currency": "USD"}
    donor = "donor-b" if pick.chance(1) else "donor-a"
    return {"contribution": code, "donor": donor, "line": line, **money, **late, "reference": "illustrative"}


def submitted(pick: Pick, **more: Any) -> Data:
    unknown = [code for code in CODES if pick.oracle.project(code) is None]
    code = pick.one(unknown) if unknown and pick.chance(9) else pick.one(CODES)
    states = [_state(pick)]
    while code.startswith("RG") and pick.chance(8) and len(states) < 4:
        states.append(_state(pick))
    states = list(dict.fromkeys(states))
    on = pick.one(("2006-01-01", "2008-01-01", "2008-01-01", "2009-03-01"))
    papers = [{"state": state, "on": on, "document": "illustrative"} for state in states if pick.chance(9)]
    follows = {"follow_up_of": pick.one(CODES)} if pick.chance(2) else {}
    scope = "national" if len(states) == 1 and code.startswith("NC") else "regional"
    return {
        "project": code,
        "title": "illustrative",
        "scope": scope,
        "states": states,
        "line": pick.one(("line-1", "line-2")),
        "requested": pick.amount(),
        "area": "cross-cutting",
        "activities": [1],
        **follows,
        "endorsements": papers,
        "submitted_on": on,
        "starts_on": "2010-01-01",
        "ends_on": "2012-12-31",
        **more,
    }


def _state(pick: Pick) -> str:
    return pick.one(("KEN", "SEN", "MDA", "PHL")) if pick.chance(8) else pick.one(STATES)


def migrated(pick: Pick) -> Data:
    data = submitted(pick)
    del data["submitted_on"]
    status, figures = pick.one(
        (
            ("approved", ("90000.00", "50000.00", "20000.00")),
            ("submitted", ("0.00", "0.00", "0.00")),
            ("cancelled", ("90000.00", "50000.00", "20000.00")),
            ("financially-closed", ("1000.00", "1000.00", "1000.00")),
        )
    )
    approved, disbursed, spent = figures
    return {
        **data,
        "approved": approved,
        "disbursed": disbursed,
        "spent": spent,
        "status": status,
        "as_of": "2006-12-31",
    }


def opened(pick: Pick) -> Data:
    return {
        "line": pick.one(("line-1", "line-2")),
        "amount": pick.one(("0.00", "500000.00")),
        "as_of": pick.one(("2006-12-31", "2007-12-31")),
        "document": "illustrative",
    }


def endorsed(pick: Pick) -> Data:
    code, project = pick.project("project.endorsed")
    states = project.data["states"] if project else STATES
    return {"project": code, "state": pick.one(list(states)), "on": pick.day(), "document": "illustrative"}


def stopped(kind: str) -> Callable[[Pick], Data]:
    return lambda pick: {"project": pick.project(kind)[0], "on": pick.day(), "reason": "illustrative"}


def extended(pick: Pick) -> Data:
    return {"project": pick.project("project.extended")[0], "ends_on": "2013-12-31", "on": pick.day(), "decision": "D"}


def completed(pick: Pick) -> Data:
    return {"project": pick.project("project.completed")[0], "completed_on": pick.day()}


def evaluated(pick: Pick) -> Data:
    return {"project": pick.project("project.evaluated")[0], "on": pick.day(), "document": "illustrative"}


def approved(pick: Pick) -> Data:
    code, project = pick.project("grant.approved")
    dated = {"approved_on": pick.one(("2008-03-01", "2010-10-01"))} if pick.chance(7) else pick.dated("approved_on")
    amount = pick.one(("1000.00", "150000.00", "200000.00")) if pick.chance(6) else _room(pick, project)
    return {"project": code, "amount": amount, **dated, "decision": pick.one(("D.1", "D.2"))}


def increased(pick: Pick) -> Data:
    code, project = pick.project("grant.increased")
    dated = pick.dated("approved_on")
    amount = pick.one(("0.01", "1000.00", "50000.00")) if pick.chance(6) else _room(pick, project)
    return {"project": code, "amount": amount, **dated, "decision": pick.one(("D.1", "D.2"))}


def _room(pick: Pick, project: Project | None) -> str:
    if project is None or pick.chance(5):
        return pick.amount()
    return pick.amount(pick.oracle.lowest_from(project.data["line"], TODAY))


def decreased(pick: Pick) -> Data:
    code, project = pick.project("grant.decreased")
    room = project.granted - project.disbursed if project else 0
    return {"project": code, "amount": pick.amount(room), **pick.dated("approved_on"), "decision": "D.3"}


def disbursed(pick: Pick) -> Data:
    code, project = pick.project("grant.disbursed")
    room = project.granted - project.disbursed if project else 0
    return {"project": code, "amount": pick.amount(room), **pick.dated("paid_on")}


def spent(pick: Pick) -> Data:
    code, project = pick.project("expenditure.reported")
    return {
        "project": code,
        "amount": pick.amount(project.advance if project else 0),
        **pick.dated("period_end"),
    }


def returned(pick: Pick) -> Data:
    code, project = pick.project("grant.balance-returned")
    return {
        "project": code,
        "amount": pick.amount(project.advance if project else 0),
        **pick.dated("returned_on"),
    }


def cancelled(pick: Pick) -> Data:
    return {"project": pick.project("grant.cancelled")[0], **pick.dated("cancelled_on"), "reason": "illustrative"}


def financially_closed(pick: Pick) -> Data:
    return {"project": pick.project("project.financially-closed")[0], **pick.dated("closed_on")}


def reversed_(pick: Pick) -> Data:
    standing = [each for each in pick.oracle.entries if each.live or each.pending]
    position = pick.position([each.position for each in standing if each.position > 2])
    entry = pick.oracle.entry(position)
    closed = pick.oracle.closed or 0
    late = {"adjusts_year": entry.year} if entry and entry.year <= closed and pick.chance(8) else pick.late()
    return {"position": position, "reason": "illustrative", **late}


def confirmed(pick: Pick) -> Data:
    return {"position": pick.position([each.position for each in pick.oracle.entries if each.pending])}


def overridden(pick: Pick) -> Data:
    rule = pick.one(("member-state/eligible", "project/endorsed", "project/follow-up-direction", "line-2/article-4"))
    code, _ = pick.project("override.recorded")
    return {"rule": rule, "project": code, "decision": pick.one(("D.1", "D.2")), "reason": "illustrative"}


def year_closed(pick: Pick) -> Data:
    closed = pick.oracle.closed or 0
    due = sorted(entry.data["year"] for entry in pick.oracle.facts("income.received") if entry.data["year"] > closed)
    year = due[0] if due and pick.chance(7) else pick.year()
    return {"year": year, "closed_on": TODAY, "document": "illustrative"}


def rules_adopted(pick: Pick) -> Data:
    parameters = pick.one(
        (
            {"line_1_national_ceiling": "150000.00", "line_1_regional_ceiling": "200000.00"},
            {"protect_line_1": True},
            {"cap": "none"},
            {"cap_counts": "all"},
            {"share": "0.333333", "first_year": 2010},
            {"article_4_comparison": "more-than", "article_4_bars": ["line-1", "line-2"]},
            {"article_4_years": 1, "regional_majority": False, "regional_minimum_states": 1},
            {"exclude_eu": False, "endorsement_required": False, "eligible_statuses": ["developing"]},
            {"share": None},
            {"line_1_amount": None},
        )
    )
    return {
        "version": pick.one(("draft-1", "draft-2", "1150")),
        "resolution": "illustrative",
        "adopted_on": "2008-06-01",
        "effective_from": pick.one(("2009-01-01", "2010-01-01", "2010-07-01", "2012-01-01", "2008-01-01")),
        "review_by": None,
        "parameters": parameters,
        "citations": dict.fromkeys(parameters, "paragraph 1"),
    }


def rules_reviewed(pick: Pick) -> Data:
    version = pick.one(("1150", "draft-1", "unknown"))
    return {"version": version, "reviewed_on": pick.day(), "outcome": "continued", "document": "illustrative"}


def report_issued(pick: Pick) -> Data:
    root = "A" * 43 + "="
    return {
        "year": pick.one((2008, 2009)),
        "kind": "annual",
        "edition": pick.one((1, 2, 3)),
        "body": "scpf",
        "document": "illustrative",
        "digest": "0" * 64,
        "checkpoint": {"size": pick.one((1, pick.oracle.position, pick.oracle.position + 1)), "root": root},
    }


def report_noted(pick: Pick) -> Data:
    return {
        "year": pick.one((2008, 2009)),
        "kind": "annual",
        "edition": pick.one((1, 2)),
        "body": "scpf",
        "on": pick.day(),
    }


def control_total(pick: Pick) -> Data:
    return {
        "source": "https://finance.example/gl",
        "type": "fund1035.grant.disbursed.v1",
        "period_start": "2008-01-01",
        "period_end": pick.day().replace("2006", "2008").replace("2007", "2008"),
        "count": 0,
        "amount": "0.00",
    }


COMMANDS: dict[str, tuple[str, int, Callable[[Pick], Data]]] = {
    "grant.approved": ("approver", 14, approved),
    "project.submitted": ("programme", 10, submitted),
    "income.budgeted": ("finance", 6, budgeted),
    "grant.disbursed": ("finance", 6, disbursed),
    "entry.reversed": ("approver", 8, reversed_),
    "year.closed": ("administrator", 4, year_closed),
    "action.confirmed": ("administrator", 6, confirmed),
    "income.received": ("finance", 5, income),
    "expenditure.reported": ("finance", 6, spent),
    "grant.balance-returned": ("finance", 4, returned),
    "grant.increased": ("approver", 4, increased),
    "grant.decreased": ("approver", 3, decreased),
    "project.completed": ("programme", 3, completed),
    "grant.cancelled": ("approver", 2, cancelled),
    "project.financially-closed": ("finance", 4, financially_closed),
    "contribution.received": ("finance", 4, lambda pick: contribution(pick, "received")),
    "contribution.refunded": ("finance", 3, lambda pick: contribution(pick, "refunded")),
    "contribution.pledged": ("finance", 2, lambda pick: contribution(pick, "pledged")),
    "contribution.pledge-reduced": ("finance", 2, lambda pick: contribution(pick, "pledge-reduced")),
    "contribution.committed": ("finance", 1, lambda pick: contribution(pick, "committed")),
    "overhead.applied": ("finance", 3, overhead),
    "assessment.issued": ("finance", 4, assessed),
    "assessment.paid": ("finance", 3, dues_paid),
    "member-state.admitted": ("administrator", 2, admitted),
    "member-state.status-changed": ("administrator", 2, status_changed),
    "vote.changed": ("administrator", 1, vote_changed),
    "override.recorded": ("approver", 3, overridden),
    "project.endorsed": ("programme", 3, endorsed),
    "project.retained": ("approver", 1, stopped("project.retained")),
    "project.refused": ("approver", 1, stopped("project.refused")),
    "project.withdrawn": ("programme", 1, stopped("project.withdrawn")),
    "project.extended": ("programme", 1, extended),
    "project.evaluated": ("programme", 1, evaluated),
    "rules.adopted": ("administrator", 3, rules_adopted),
    "rules.reviewed": ("administrator", 1, rules_reviewed),
    "line.opened": ("administrator", 2, opened),
    "project.migrated": ("administrator", 2, migrated),
    "report.issued": ("secretariat", 1, report_issued),
    "report.noted": ("secretariat", 1, report_noted),
    "control-total.reported": ("finance", 1, control_total),
}
"""Role, weight and maker of every type that may be posted."""

WEIGHTED = [kind for kind, (_, weight, _) in COMMANDS.items() for _ in range(weight)]


def opening() -> list[tuple[str, Data, str, str]]:
    """What most histories begin with: Members, budgets and income of 2007 to 2010."""
    found: list[tuple[str, Data, str, str]] = []
    for state, region, status in MEMBERS:
        data = {"state": state, "name": state, "region": region, "admitted_on": "2001-01-01"}
        found.append(
            (
                "member-state.admitted",
                {**data, "development_status": status},
                "administrator-1",
                "administrator",
            )
        )
    for year in (2007, 2008, 2009, 2010):
        figures = {
            "project_overhead": "25000000.00",
            "security": "5000000.00",
            "unearmarked_contributions": "3200000.00",
            "interest": "800000.00",
        }
        document = {
            "document": "illustrative",
            "approved_on": f"{year - 1}-11-30",
            "approved_by": "Council",
        }
        data = {"year": year, "basis": "programme-and-budget", **document, **figures}
        found.append(("income.budgeted", data, "finance-1", "finance"))
        money = {"amount": "2000000.00", "currency": "USD", "received_on": f"{year}-12-31"}
        data = {"year": year, "kind": "interest", **money, "reference": "illustrative"}
        found.append(("income.received", data, "finance-1", "finance"))
    return found


def brought_in() -> list[tuple[str, Data, str, str]]:
    """What a ledger that takes over begins with: a line's balance and a running project, each confirmed."""
    balance = {"line": "line-1", "amount": "500000.00", "as_of": "2006-12-31", "document": "illustrative"}
    project = {
        "project": "NC.1",
        "title": "illustrative",
        "scope": "national",
        "states": ["KEN"],
        "line": "line-1",
        "requested": "90000.00",
        "area": "cross-cutting",
        "activities": [1],
        "endorsements": [],
        "starts_on": "2006-01-01",
        "ends_on": "2008-12-31",
    }
    figures = {"approved": "90000.00", "disbursed": "50000.00", "spent": "20000.00"}
    found: list[tuple[str, Data, str, str]] = []
    for position, kind, data in (
        (3, "line.opened", balance),
        (5, "project.migrated", {**project, **figures, "status": "approved", "as_of": "2006-12-31"}),
    ):
        found.append((kind, data, "administrator-1", "administrator"))
        found.append(("action.confirmed", {"position": position}, "administrator-2", "administrator"))
    return found


def command(pick: Pick, kind: str | None = None) -> tuple[str, Data, str, str]:
    """Kind, data, subject and role of one command, mostly one that something in the history is ready for."""
    for _ in range(3):
        chosen = kind or pick.one(WEIGHTED)
        if kind or _ready(pick, chosen):
            break
    role, _, make = COMMANDS[chosen]
    if chosen == "action.confirmed" and pick.chance(1):
        role = "finance"
    return chosen, make(pick), pick.one(SUBJECTS[role]), role


def _ready(pick: Pick, kind: str) -> bool:
    if kind in STATUS_NEEDED:
        projects = [pick.oracle.project(code) for code in CODES]
        return any(_admits(project, kind) for project in projects if project)
    if kind == "action.confirmed":
        return any(entry.pending for entry in pick.oracle.entries)
    return kind not in ("line.opened", "project.migrated") or pick.oracle.position < 10
