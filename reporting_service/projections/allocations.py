"""Line allocations and their revisions with the ledger's derivation, filed per year."""

from reporting_service.projections.filed import Filed, FiledFacts, filed, filed_table, moves
from reporting_service.projections.view import View

table = filed_table("allocations")


def allocations() -> FiledFacts:
    """The projection."""
    types = ("line.allocated", "line.allocation-revised", "line.opened")
    return FiledFacts(table, types, lambda fact: str(fact.year))


def allocations_of(view: View, year: int) -> list[Filed]:
    """What both lines were given for a year, opening balances included, in the order of the log."""
    return view.once(("allocations", year), lambda: filed(view, table, str(year)))


def allocation_moves(view: View) -> list[Filed]:
    """The same for every year, with what was taken back and its taking back."""
    return view.once("allocation-moves", lambda: moves(view, table))
