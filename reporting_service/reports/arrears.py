"""T11: which States may draw on which line, and what they owe, at 31 December."""

from reporting_service.projections.view import View
from reporting_service.reports.member_states import MemberState, member_states
from reporting_service.reports.readings import ARTICLE_4
from reporting_service.reports.table import TEXT, Column, Row, Table
from shared.money import text

CHF = "CHF"


def table(view: View, year: int) -> Table:
    """Every Member State: contributions due for the two years before, arrears against them, and both lines."""
    rows = tuple(_row(found, year) for found in member_states(view, f"{year}-12-31") if found.standing.member)
    return Table("T11", "Eligibility and outstanding contributions at 31 December", _columns(year), rows, (ARTICLE_4,))


def _columns(year: int) -> tuple[Column, ...]:
    return (
        Column("status", "Development status", TEXT),
        Column("assessed-1", f"Assessed {year - 1}", CHF),
        Column("assessed-2", f"Assessed {year - 2}", CHF),
        Column("arrears", "Arrears", CHF),
        Column("threshold", "Threshold of Article 4", CHF),
        Column("outstanding", f"Outstanding, {year} included", CHF),
        Column("article-4", "Subject to Article 4", TEXT),
        Column("vote", "Vote", TEXT),
        Column("line-1", "Line 1", TEXT),
        Column("line-2", "Line 2", TEXT),
    )


def _row(found: MemberState, year: int) -> Row:
    status = found.standing.development_status
    cells = {
        "status": f"{status}, EU member" if found.standing.eu_member else status,
        "assessed-1": found.assessed.get(year - 1, "0.00"),
        "assessed-2": found.assessed.get(year - 2, "0.00"),
        "arrears": text(found.arrears.arrears),
        "threshold": text(found.arrears.threshold),
        "outstanding": text(found.arrears.outstanding),
        "article-4": "yes" if found.article_4 else "no",
        "vote": found.vote,
    }
    lines = {line: "open" if may else "closed" for line, may in found.eligible.items()}
    return Row(found.state, found.name, cells | lines)
