"""Direct voluntary contributions: pledges, reductions, commitments, receipts and refunds, filed per contribution."""

from reporting_service.projections.filed import Filed, FiledFacts, filed_behind, filed_table, moves
from reporting_service.projections.view import View

table = filed_table("contributions")
STEPS = ("pledged", "pledge-reduced", "committed", "received", "refunded")


def contributions() -> FiledFacts:
    """The projection."""
    return FiledFacts(table, {f"contribution.{step}" for step in STEPS}, lambda fact: fact.data["contribution"])


def contribution_moves(view: View) -> list[Filed]:
    """Every fact and every taking back, each in the year in which it is booked, in the order of the log."""
    return view.once("contribution-moves", lambda: contribution_moves_behind(view, 0))


def contribution_moves_behind(view: View, position: int) -> list[Filed]:
    """Those filed behind a position, in the order of the log."""
    return filed_behind(view, table, position)


def moves_of_contribution(view: View, code: str) -> list[Filed]:
    """Those of one contribution, in the order of the log."""
    return moves(view, table, code)
