"""The ids of all rules, in the order of the rule book: what a refusal may name and an override may cite."""

PART_III = (
    "line-2/share",
    "line-2/first-year",
    "facility/cap",
    "facility/cap-actual",
    "overhead/resolution-1110",
    "facility/contributions",
    "line-1/amount",
    "line-2/article-4",
    "line-2/national-ceiling",
    "line-2/regional-ceiling",
    "line-2/follow-up",
    "lines/segregation",
    "line/available",
)
PRACTICE = (
    "member-state/eligible",
    "project/regional-states",
    "project/endorsed",
    "project/follow-up-direction",
    "line-1/national-ceiling",
    "line-1/regional-ceiling",
    "project/unknown",
    "project/life-cycle",
    "grant/disbursement",
    "grant/expenditure",
    "grant/recovery",
    "grant/closure",
    "year/closed",
    "entry/reversible",
    "fact/not-in-the-future",
    "duties/separate",
    "action/confirmed",
    "income/basis",
    "report/edition",
)
RULE_IDS = PART_III + PRACTICE
