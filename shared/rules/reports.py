"""Reports issued and noted, and what of the control totals and overrides the rules look at."""

from shared.rules.case import Case, Entry
from shared.rules.model import Model
from shared.rules.refusals import Finding, rule


@rule("report/edition")
def edition_in_order(case: Case) -> Finding:
    """Editions of a report are numbered 1, 2, 3; one is noted only after it was issued."""
    last = case.model.editions.get((case.data["year"], case.data["kind"]), 0)
    edition, issuing = case.data["edition"], case.short == "report.issued"
    known_at = case.data["checkpoint"]["size"] if issuing else 0
    return case.finding(
        "report/edition",
        (edition == last + 1 if issuing else edition <= last) and known_at < case.position,
        {"edition": str(edition), "last_issued": str(last), "known_at": str(known_at)},
        f"The last edition issued of this report is {last}; the log has {case.position - 1} entries.",
        f"edition {last + 1}, over a checkpoint of at most {case.position - 1}"
        if issuing
        else f"an edition up to {last}",
    )


def apply_issued(model: Model, entry: Entry) -> None:
    """An edition stands."""
    model.editions.put((entry["data"]["year"], entry["data"]["kind"]), entry["data"]["edition"])
