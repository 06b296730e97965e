"""Late facts that adjust a closed year, filed under the year that they name, wherever they are booked."""

from reporting_service.projections.duties import duties_of
from reporting_service.projections.fact import Fact
from reporting_service.projections.filed import Filed, FiledFacts, filed, filed_table, moves
from reporting_service.projections.statement import Movement, movements_at
from reporting_service.projections.view import View
from shared.contract.events import EVENT_TYPES

table = filed_table("adjustments")
TYPES = frozenset(kind.short for kind in EVENT_TYPES.values() if "adjusts_year" in kind.schema.fields)


def adjustments() -> FiledFacts:
    """The projection; only a fact's own recording is filed, its reversal stands among the duties."""
    return FiledFacts(table, TYPES, _year)


def _year(fact: Fact) -> str | None:
    year = fact.data.get("adjusts_year")
    return str(year) if year is not None and fact.sign > 0 else None


def adjustments_of(view: View, year: int) -> list[Filed]:
    """The adjustments of a closed year that stand, in the order of the log."""
    return _standing(view, filed(view, table, str(year), dated=False))


def adjustments_booked(view: View, year: int) -> list[Filed]:
    """The adjustments of any closed year that are booked in a year and stand, in the order of the log."""
    return [fact for fact in _standing(view, filed(view, table, dated=False)) if fact.year == year]


def adjustment_movements(view: View, line: str, year: int) -> list[Movement]:
    """What late facts and their reversals, booked in a year, moved of a line's available money."""
    late = [fact.position for fact in moves(view, table) if fact.year == year]
    found = (moved for position in late for moved in movements_at(view, line, position))
    return [moved for moved in found if moved.row == "adjustments"]


def _standing(view: View, found: list[Filed]) -> list[Filed]:
    gone = {fact.data["position"] for fact in duties_of(view, "entry.reversed")}
    return [fact for fact in found if fact.position not in gone]
