"""Clients that post all the while: single events and batches, so that every fault meets work in flight."""

import random
from threading import Condition, Event, Thread
from typing import Any

from tests.faults.ground import Client, Ground
from tests.pair.desk import event, gift

LINES = ("line-1", "line-2")
YEARS = (2008, 2009)
BATCH = range(20, 181)
"""How many events a batch has; the larger ones go through the ledger's checking process."""
CONTRIBUTIONS = 20
"""Of each client to each line; gifts are their instalments, so that reports stay as long as those of an office."""
GIVES_UP = 0.3
"""How often a client that got no answer asks no more, and nobody knows what became of its post."""
PAUSE_SECONDS = 0.03
THINKS_SECONDS = {True: 0.2, False: 0.02}
"""How long a client, of batches or not, may think before its next post: histories stay as long as they are planned."""
REST_SECONDS = 120

Posted = dict[str, Any] | list[dict[str, Any]]


class Load:
    """Posts while it is told to; at rest every client's last post was answered, or given up."""

    def __init__(self, ground: Ground, seed: int, singles: int = 2, batches: int = 2) -> None:
        names = [f"single-{number}" for number in range(singles)] + [f"batch-{number}" for number in range(batches)]
        self._gate = Gate(len(names))
        self._clients = [
            Clerk(ground, name, random.Random(f"{seed} {name}"), self._gate, batches=name.startswith("batch"))
            for name in names
        ]
        for client in self._clients:
            client.start()

    def resume(self) -> None:
        """Go on posting."""
        self._gate.open()

    def hold(self) -> None:
        """Have every client finish its post, and begin no other."""
        self._gate.close()

    def rest(self) -> None:
        """Hold, and wait until every client has finished."""
        self.hold()
        self._gate.wait_all_waiting(REST_SECONDS)
        assert not (wrong := self.wrong), wrong

    @property
    def wrong(self) -> list[str]:
        """Answers that no client should get, and clients that failed."""
        return [said for client in self._clients for said in client.wrong]

    def end(self) -> None:
        """Have every client finish its post and go home."""
        self._gate.end()
        for client in self._clients:
            client.join(REST_SECONDS)
        assert not (wrong := self.wrong), wrong


class Gate:
    """Lets the clients go on, or holds them between two posts."""

    def __init__(self, clients: int) -> None:
        self._clients, self._waiting = clients, 0
        self._is_open, self.ended = False, False
        self._changed = Condition()

    def passes(self) -> bool:
        """Wait until it is open; False when nobody is to go on any more."""
        with self._changed:
            self._waiting += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._is_open or self.ended)
            self._waiting -= 1
            return not self.ended

    def leave(self) -> None:
        """One client comes no more."""
        with self._changed:
            self._clients -= 1
            self._changed.notify_all()

    def open(self) -> None:
        """Go on."""
        with self._changed:
            self._is_open = True
            self._changed.notify_all()

    def close(self) -> None:
        """Hold everybody who comes."""
        with self._changed:
            self._is_open = False

    def end(self) -> None:
        """Nobody goes on."""
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def wait_all_waiting(self, seconds: float) -> None:
        """Until every client is held; AssertionError when that takes too long."""
        with self._changed:
            held = self._changed.wait_for(lambda: self._waiting >= self._clients, seconds)
        assert held, f"a client got no answer within {seconds:.0f} s"


class Clerk(Thread):
    """One client: gifts, refunds of gifts that it knows to stand, and now and then what must be refused."""

    def __init__(self, ground: Ground, name: str, chance: random.Random, gate: Gate, *, batches: bool) -> None:
        super().__init__(name=name, daemon=True)
        self.wrong: list[str] = []
        self._client = Client(ground, name)
        self._said, self._chance, self._gate, self._batches = ground.said, chance, gate, batches
        self._made = 0
        self._refundable: list[dict[str, Any]] = []
        self._pause = Event()

    def run(self) -> None:
        try:
            while not self.wrong and self._gate.passes():
                self._tell(*self._posting())
        except Exception as error:
            self.wrong.append(f"{self.name}: {error!r}")
        finally:
            self._gate.leave()

    def _posting(self) -> tuple[Posted, bool]:
        """What to post next, and whether the rules allow it."""
        if self._chance.random() < 0.05:
            wrong = self._refund(gift(f"{self.name}-never-{self._made}", "1.00"))
            return ([self._gift(), wrong] if self._batches else wrong), False
        self._pause.wait(self._chance.uniform(0, THINKS_SECONDS[self._batches]))
        if not self._batches:
            return (self._refund(self._refundable.pop()) if self._refunds() else self._gift()), True
        return [self._gift() for _ in range(self._chance.choice(BATCH))], True

    def _refunds(self) -> bool:
        return bool(self._refundable) and self._chance.random() < 0.2

    def _tell(self, posted: Posted, allowed: bool) -> None:
        while (answer := self._client.once(posted)) is None:
            if self._chance.random() < GIVES_UP:
                self._said.give_up(posted if isinstance(posted, list) else [posted])
                return
            self._pause.wait(PAUSE_SECONDS)
        if answer.status_code not in ((200, 201) if allowed else (422,)):
            self.wrong.append(f"{self.name}: {answer.status_code}: {answer.text[:500]}")
        elif allowed and isinstance(posted, dict) and "received" in posted["type"]:
            self._refundable.append(posted)

    def _gift(self) -> dict[str, Any]:
        self._made += 1
        amount, line = f"{self._chance.randrange(1, 10**7) / 100:.2f}", self._chance.choice(LINES)
        made = gift(f"{self.name}-{self._made}", amount, line, f"{self._chance.choice(YEARS)}-03-03")
        made["data"]["contribution"] = f"C-{self.name}-{line}-{self._made % CONTRIBUTIONS}"
        return made

    def _refund(self, given: dict[str, Any]) -> dict[str, Any]:
        """Some or all of a gift, back to its donor."""
        self._made += 1
        data = dict(given["data"])
        cents = self._chance.randrange(1, int(data["amount"].replace(".", "")) + 1)
        data |= {"amount": f"{cents // 100}.{cents % 100:02}", "designated_by": "donor"}
        return event(f"{self.name}-back-{self._made}", "contribution.refunded", **data)
