"""Direct voluntary contributions: pledges, reductions, commitments, receipts and refunds, filed per contribution."""

from reporting_service.projections.filed import Filed, FiledFacts, filed, filed_table, moves
from reporting_service.projections.view import View

table = filed_table("contributions")
STEPS = ("pledged", "pledge-reduced", "committed", "received", "refunded")


def contributions() -> FiledFacts:
    """The projection."""
    return FiledFacts(table, {f"contribution.{step}" for step in STEPS}, lambda fact: fact.data["contribution"])


def contribution_facts(view: View) -> list[Filed]:
    """Every fact that stands, in the order of the log."""
    return filed(view, table)


def contribution_moves(view: View) -> list[Filed]:
    """The same with what was taken back and its taking back, each in its own year."""
    return view.once("contribution-moves", lambda: moves(view, table))
