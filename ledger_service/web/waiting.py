"""What waits for a second person of the same role to confirm it."""

from typing import Any

from werkzeug.wrappers import Response

from ledger_service.api.ledger import caller, ledger
from ledger_service.web.effects import stored_entry
from ledger_service.web.pages import answer, pages
from shared.rules.model import Model


def _pending(model: Model) -> list[int]:
    return sorted(model.pending.rows())


@pages.route("/waiting", methods=["GET"])
def waiting() -> Response:
    """Each waiting action, with who posted it, and whether the reader may confirm it."""
    me = caller()
    found: list[dict[str, Any]] = []
    for position in ledger().journal.ask(_pending):
        entry = stored_entry(ledger(), position)
        if entry is not None:
            same_role = entry["recorded_role"] in me.roles
            found.append({"entry": entry, "same_role": same_role, "own": entry["recorded_by"] == me.subject})
    return answer("waiting.html", found=found)
