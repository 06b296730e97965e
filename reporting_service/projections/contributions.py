"""Direct voluntary contributions: pledges, reductions, commitments, receipts and refunds, filed per contribution."""

from reporting_service.projections.filed import Filed, FiledFacts, filed_table, moves
from reporting_service.projections.view import View

table = filed_table("contributions")
STEPS = ("pledged", "pledge-reduced", "committed", "received", "refunded")


def contributions() -> FiledFacts:
    """The projection."""
    return FiledFacts(table, {f"contribution.{step}" for step in STEPS}, lambda fact: fact.data["contribution"])


def contribution_moves(view: View) -> list[Filed]:
    """Every fact and every taking back, each in the year in which it is booked, in the order of the log."""
    return view.once("contribution-moves", lambda: moves(view, table))
