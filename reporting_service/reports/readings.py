"""Where the texts allow two readings, ours: stated in every report (DOMAIN section 6)."""

ARTICLE_4 = (
    "The Article 4 test is the text in force since 21 November 2013, applied to earlier years by analogy: the older"
    " wording was not available."
)
READINGS = (
    "The 25 per cent of the excess feeds Line 2, on top of Line 1.",
    "USD 1.4 million is Line 1's amount for each year.",
    "USD 20.5 million is a literal constant, compared with Discretionary Income without security; it is not indexed.",
    "Line 1 comes first where the cap binds.",
    "Recovered balances and carry-forward were capped when first allocated and stay outside the cap.",
    ARTICLE_4,
    "The link to outstanding contributions is the Article 4 bar alone.",
    "Eligibility, the exclusion of the European Union and endorsement are later practice, applied by default.",
    "A regional project's money is never split among its States.",
    "Ceilings are nominal and per project; a follow-up is a new project.",
    "Line balances do not expire.",
)
