"""The books as a beancount file: accounts opened, one transaction an entry, the balances asserted at the end."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from ledger_service.exports.chart import CHART, title_of
from ledger_service.exports.movements import Balances, Movement
from shared.money import text

OPENED_ON = "1900-01-01"
TOLERANCE = 'option "inferred_tolerance_default" "USD:0"'


def quoted(value: str) -> str:
    """A string literal of beancount; what stands in it comes out as it went in."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t") + '"'


def lines(movements: Iterable[Movement]) -> Iterator[str]:
    """The file, line by line."""
    balances = Balances()
    yield from ('option "title" "1035 Facility"', 'option "operating_currency" "USD"', TOLERANCE, "")
    yield f"{OPENED_ON} commodity USD"
    for account, name in CHART.items():
        yield f"{OPENED_ON} open {name} USD"
        yield f"  account: {quoted(account)}"
    for movement in movements:
        balances.move(movement)
        yield from _transaction(movement)
    yield from _asserted(balances)


def _transaction(movement: Movement) -> Iterator[str]:
    entry = movement.entry
    project = entry["data"].get("project", "")
    yield ""
    yield f"{movement.on} * {quoted(project)} {quoted(title_of(entry['type']))}"
    yield f"  position: {entry['position']}"
    for name in ("id", "source", "stream", "type"):
        yield f"  {name}: {quoted(entry[name])}"
    for posting in movement.postings:
        yield f"  {CHART[posting.account]}  {text(posting.amount)} USD"
        yield f"    year: {posting.year}"
        if posting.row:
            yield f"    row: {quoted(posting.row)}"


def _asserted(balances: Balances) -> Iterator[str]:
    """Every account's balance on the day after the last booking."""
    if not balances.of:
        return
    on = date.fromisoformat(balances.last_on) + timedelta(days=1)
    yield ""
    for account, balance in sorted(balances.of.items()):
        yield f"{on} balance {CHART[account]}  {text(balance)} USD"
