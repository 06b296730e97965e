"""Other programs on the same machine in the same run, each used plainly; what is not installed is named as not run."""

from collections.abc import Callable

from bench.figures import Figure
from bench.peers.absent import Absent
from bench.peers.beancount import beancount
from bench.peers.eventsourcing import eventsourcing
from bench.peers.hledger import hledger
from bench.peers.umadb import umadb

__all__ = ["PEERS", "Absent"]

PEERS: dict[str, Callable[[int], list[Figure]]] = {
    "eventsourcing": eventsourcing,
    "umadb": umadb,
    "hledger": hledger,
    "beancount": beancount,
}
