"""The books as an hledger journal: accounts and commodity declared, one transaction an entry, balances asserted.

The file is plain ASCII, because hledger reads in whatever encoding its user's locale has: other characters, and those
that would end a tag, stand percent-encoded as in a URL.
"""

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from ledger_service.exports.chart import CHART, title_of
from ledger_service.exports.movements import Balances, Movement
from shared.money import text

SAFE = " !#$&'()*+-./:=?@[]_~"
TYPES = {"Assets": "A", "Equity": "E", "Income": "R", "Expenses": "X"}
HEAD = ("; The books of the 1035 Facility", "decimal-mark .", "commodity 1000.00 USD", "")


def encoded(value: str) -> str:
    """A tag's value that no comma, newline or encoding can cut."""
    return quote(value, safe=SAFE)


def lines(movements: Iterable[Movement]) -> Iterator[str]:
    """The journal, line by line."""
    balances = Balances()
    yield from HEAD
    for account, name in CHART.items():
        yield f"account {name}  ; account:{account}, type:{TYPES[name.partition(':')[0]]}"
    for movement in movements:
        balances.move(movement)
        yield from _transaction(movement)
    yield from _asserted(balances)


def _transaction(movement: Movement) -> Iterator[str]:
    entry = movement.entry
    yield ""
    yield f"{movement.on} * ({entry['position']}) {encoded(title_of(entry['type']))}"
    for name in ("id", "source", "stream", "type"):
        yield f"    ; {name}:{encoded(entry[name])}"
    if project := entry["data"].get("project"):
        yield f"    ; project:{encoded(project)}"
    for posting in movement.postings:
        row = f", row:{posting.row}" if posting.row else ""
        yield f"    {CHART[posting.account]}  {text(posting.amount)} USD  ; year:{posting.year}{row}"


def _asserted(balances: Balances) -> Iterator[str]:
    """A last transaction that moves nothing and states every balance."""
    if not balances.of:
        return
    yield ""
    yield f"{balances.last_on} * Balances as the ledger has them"
    for account, balance in sorted(balances.of.items()):
        yield f"    {CHART[account]}  0.00 USD = {text(balance)} USD"
