"""Rule sets, closings, reports, corrections and confirmations: facts about the books themselves."""

import orjson
from sqlalchemy import Connection, select

from reporting_service.projections import log_copy
from reporting_service.projections.filed import Filed, FiledFacts, filed, filed_table
from reporting_service.projections.view import View
from shared.rules.model import Model, RuleSet
from shared.rules.rulebook import adopt, rule_set_on

table = filed_table("duties")
TYPES = (
    "rules.adopted",
    "rules.reviewed",
    "year.closed",
    "report.issued",
    "report.noted",
    "entry.reversed",
    "override.recorded",
    "control-total.reported",
    "action.confirmed",
    "proposed",
    "log.continued",
)


def duties() -> FiledFacts:
    """The projection, filed under the event type; `proposed` are facts that wait for a second subject."""
    return FiledFacts(table, TYPES, lambda fact: fact.short)


def confirmed_positions(connection: Connection) -> set[int]:
    """The facts that a second subject has confirmed."""
    chosen = select(table.c.data).where(table.c.key == "action.confirmed")
    return {orjson.loads(data)["position"] for data in connection.execute(chosen).scalars()}


def duties_of(view: View, kind: str) -> list[Filed]:
    """The facts of one type that stand, in the order of the log."""
    return view.once(("duties", kind), lambda: filed(view, table, kind, dated=False))


def pending(view: View) -> list[Filed]:
    """What was posted and waits for its confirmation."""
    confirmed = {fact.data["position"] for fact in duties_of(view, "action.confirmed")}
    return [fact for fact in duties_of(view, "proposed") if fact.origin not in confirmed]


def rule_sets(view: View) -> Model:
    """A model that knows the rule sets in force up to the view's position, and nothing else."""
    return view.once("rule-sets", lambda: _adopted(view))


def rule_set(view: View, date: str) -> RuleSet | None:
    """The rule set in force on a date; None before the first entry."""
    model = rule_sets(view)
    return rule_set_on(model, date) if model.rule_sets.rows() else None


def _adopted(view: View) -> Model:
    model = Model()
    origins = [fact.origin for fact in duties_of(view, "rules.adopted")]
    found = log_copy.entries_at(view.connection, origins)
    for origin in origins:
        adopt(model, found[origin])
    return model
