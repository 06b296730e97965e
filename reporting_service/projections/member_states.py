"""Member States: admission, status, assessed contributions, payments and votes, filed per State."""

from reporting_service.projections.filed import Filed, FiledFacts, filed, filed_table
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


def member_state_facts(view: View) -> list[Filed]:
    """Every fact that stands, of any date, in the order of the log."""
    return view.once("member-states", lambda: filed(view, table, dated=False))
