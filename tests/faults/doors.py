"""Where clients find a ledger other than at its own address: through a proxy, or at a second one on the same store."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import TypeVar

from bench.pair import Pair
from tests.faults.ground import Client, Ground
from tests.faults.said import Said

CLIENTS = 32
Got = TypeVar("Got")


@dataclass(frozen=True)
class Door:
    """What a client needs to know of the services."""

    said: Said
    pair: Pair
    ledger_url: str

    @classmethod
    def of(cls, ground: Ground, url: str = "") -> "Door":
        """A ground's ledger, under another address if one is given."""
        return cls(ground.said, ground.pair, url or ground.ledger_url)

    def client(self, name: str) -> Client:
        """A client that comes through here."""
        return Client(self, name)  # type: ignore[arg-type]


def at_once(clients: int, do: Callable[[int], Got]) -> list[Got]:
    """What do(index) gives in so many threads that begin together."""
    barrier = Barrier(clients)

    def run(index: int) -> Got:
        barrier.wait()
        return do(index)

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(run, range(clients)))
