"""Rule sets as data: adoption and review."""

from shared.contract.agreement import any_of
from shared.contract.event_type import PART_III, event_type
from shared.contract.fields import (
    LINES,
    STATUSES,
    Amount,
    Boolean,
    Checked,
    Choice,
    Date,
    Integer,
    ListOf,
    Share,
    Text,
    Year,
)
from shared.contract.roles import ADMINISTRATOR
from shared.contract.schema import EventData, Nested


def _ceiling(meaning: str) -> Amount:
    return Amount(meaning, "zero", optional=True, nullable=True)


def _flag(meaning: str) -> Boolean:
    return Boolean(meaning, optional=True)


PARAMETERS: dict[str, Checked] = {
    "share": Share("Line 2's share of the excess; null: no share", optional=True, nullable=True),
    "baseline": _ceiling("baseline of Discretionary Income without security, USD"),
    "line_1_amount": _ceiling("yearly amount of Line 1, USD"),
    "national_ceiling": _ceiling("ceiling of a national project in Line 2, USD; null: none"),
    "regional_ceiling": _ceiling("ceiling of a regional project in Line 2, USD; null: none"),
    "line_1_national_ceiling": _ceiling("ceiling of a national project in Line 1, USD; null: none"),
    "line_1_regional_ceiling": _ceiling("ceiling of a regional project in Line 1, USD; null: none"),
    "first_year": Year("first year with a Line 2 allocation", optional=True),
    "article_4_years": Integer("assessed years that make the Article 4 threshold", 1, 10, optional=True),
    "regional_minimum_states": Integer("least eligible States of a regional project", 1, 40, optional=True),
    "article_4_comparison": Choice("how arrears meet the threshold", "at-least", "more-than", optional=True),
    "cap": Choice("what caps new money", "miscellaneous-income", "none", optional=True),
    "cap_counts": Choice("what counts against the cap", "new-money", "all", optional=True),
    "protect_line_1": _flag("whether Line 1 stays whole when the cap binds"),
    "cap_retest_at_close": _flag("whether the cap is retested on actual income"),
    "exclude_eu": _flag("whether members of the European Union are excluded"),
    "endorsement_required": _flag("whether eligible States must endorse in writing"),
    "regional_majority": _flag("whether eligible Members must be the majority of a regional project"),
    "article_4_bars": ListOf("lines barred to States under Article 4", Choice("line", *LINES), 2, optional=True),
    "eligible_statuses": ListOf(
        "development statuses that are eligible", Choice("status", *STATUSES), 3, 1, optional=True
    ),
}


class _Parameters(EventData):
    """The parameters that a rule set changes."""

    together = (any_of(*PARAMETERS, words="at least one parameter"),)


_CITATIONS = {name: Text(f"paragraph for {name}", optional=True) for name in PARAMETERS}


class RulesAdopted(EventData):
    """A rule set: the parameters that a resolution changes, each with its paragraph."""

    version = Text("name of the rule set", 64)
    resolution = Text("the resolution")
    adopted_on = Date("day of adoption")
    effective_from = Date("first day it is in force")
    review_by = Date("day by which it must be reviewed; null: no review is asked for", nullable=True)
    parameters = Nested(
        "the parameters it changes; the rest stays", _Parameters.of("Parameters", PARAMETERS), "Parameters"
    )
    citations = Nested(
        "paragraph of the resolution for each parameter", EventData.of("Citations", _CITATIONS), "Citations"
    )


class RulesReviewed(EventData):
    """A review of a rule set."""

    version = Text("the reviewed rule set", 64)
    reviewed_on = Date("day of the review")
    outcome = Text("outcome", 1000)
    document = Text("document of the review")


TYPES = (
    event_type("rules.adopted", "A rule set adopted", RulesAdopted(), "rules", PART_III, ADMINISTRATOR),
    event_type("rules.reviewed", "A rule set reviewed", RulesReviewed(), "rules", f"{PART_III}, para 5", ADMINISTRATOR),
)
