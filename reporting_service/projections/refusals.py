"""Commands that the rules refused, with the rules named."""

from reporting_service.projections.filed import Filed, FiledFacts, filed, filed_behind, filed_table
from reporting_service.projections.view import View

table = filed_table("refusals")


def refusals() -> FiledFacts:
    """The projection, filed under the year of recording."""
    return FiledFacts(table, {"command.refused"}, lambda fact: str(fact.year))


def refusals_of(view: View, year: int | None = None) -> list[Filed]:
    """Refusals recorded in a year, or all, in the order of the log."""
    return filed(view, table, None if year is None else str(year))


def refusals_behind(view: View, position: int) -> list[Filed]:
    """Refusals recorded behind a position, in the order of the log."""
    return filed_behind(view, table, position)
