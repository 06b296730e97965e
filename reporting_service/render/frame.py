"""What every form for people says around the tables."""

from typing import Any

ORGANIZATION = "International Organization for Migration"
MEANING = (
    "Every figure follows from the {position} log entries covered by the root above, each of them verified against the"
    " log’s signed checkpoints. Anyone who holds these entries and the log’s public key can recompute this report. The"
    " log proves what was recorded, when, by whom, and by which rule it was judged; it does not prove that a source"
    " told the truth or that nothing was withheld."
)
ILLUSTRATIVE = (
    "The log marks figures of this report as illustrative: they are examples, not accounts of the Organization."
)
CLOSING = (
    "Amounts in United States dollars unless a column says otherwise; negative amounts in parentheses; a dash where"
    " there is no figure."
)
RESTATED = (
    "{number} figures of this report differ from those of the last edition; each is marked “changed”, with what was"
    " printed then."
)


def is_illustrative(report: dict[str, Any]) -> bool:
    """Whether a report holds figures that the log marks as illustrative."""
    tables = report["tables"].values()
    return any("illustrative" in cell for table in tables for row in table["rows"] for cell in row["cells"].values())
