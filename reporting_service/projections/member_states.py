"""Member States: admission, status, assessed contributions, payments and votes, filed per State."""

from reporting_service.projections.filed import Filed, FiledFacts, filed, filed_behind, filed_table, moves
from reporting_service.projections.view import View

table = filed_table("member_states")
TYPES = (
    "member-state.admitted",
    "member-state.status-changed",
    "assessment.issued",
    "assessment.paid",
    "vote.changed",
)


def member_states() -> FiledFacts:
    """The projection."""
    return FiledFacts(table, TYPES, lambda fact: fact.data["state"])


def vote_changes(view: View) -> list[Filed]:
    """The changes of votes that stand, of any date, in the order of the log."""
    return view.once("votes", lambda: filed(view, table, types=("vote.changed",), dated=False))


def member_state_moves_behind(view: View, position: int) -> list[Filed]:
    """The facts filed behind a position and what took facts back, in the order of the log."""
    return filed_behind(view, table, position)


def member_state_moves(view: View, state: str) -> list[Filed]:
    """The facts of one State and what took them back, in the order of the log."""
    return moves(view, table, state)
