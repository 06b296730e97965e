"""What waits for a second person of the same role to confirm it."""

from typing import Any

import orjson
from werkzeug.wrappers import Response

from ledger_service.api.ledger import caller, ledger
from ledger_service.web.pages import answer, pages


@pages.route("/waiting", methods=["GET"])
def waiting() -> Response:
    """Each waiting action, with who posted it, and whether the reader may confirm it."""
    me = caller()
    found: list[dict[str, Any]] = []
    positions = orjson.loads(ledger().journal.ask("pending"))
    with ledger().journal.reading() as reader:
        bodies = reader.entries_at(positions)
    for position in sorted(bodies):
        entry = orjson.loads(bodies[position])
        same_role = entry["recorded_role"] in me.roles
        found.append({"entry": entry, "same_role": same_role, "own": entry["recorded_by"] == me.subject})
    return answer("waiting.html", found=found)
