"""Member States: admission, status, assessed contributions, payments and votes, filed per State."""

from reporting_service.projections.filed import Filed, FiledFacts, filed, filed_table, moves
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


STANDING = ("member-state.admitted", "member-state.status-changed")
"""The few facts that say who is a Member State of which status; the many others are about money and votes."""


def member_state_facts(view: View, types: tuple[str, ...] = TYPES) -> list[Filed]:
    """The facts of some types that stand, of any date, in the order of the log."""
    return view.once(("member-states", types), lambda: filed(view, table, types=types, dated=False))


def member_state_moves(view: View, state: str) -> list[Filed]:
    """The facts of one State and what took them back, in the order of the log."""
    return moves(view, table, state)
