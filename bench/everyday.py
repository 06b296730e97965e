"""What many clients can post at once on top of the canonical history: finance's everyday facts, in its proportions.

Whatever order the requests of several clients arrive in, all of it is accepted: a client pays and spends on projects
of its own, a cent at a time, and income, dues and gifts rest on nothing.
"""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import count, cycle
from random import Random

from bench.workload.canonical_money import DONORS, KINDS, receipt, usd
from bench.workload.diary import Event, Step, fact, short
from bench.workload.sample_parts import contribution, disbursed, spent
from bench.workload.sample_states import paid

SOURCE = "https://finance.example/everyday"
MIX = {"income": 76, "project": 16, "dues": 4, "gift": 3, "overhead": 1}
"""Per cent of the events; the canonical history's own finance facts."""
GIFTS = 1_000
"""Among which an endless stream's gifts are shared out."""
_UNPAID = {"grant.approved": 1, "grant.increased": 1, "grant.decreased": -1, "grant.disbursed": -1}
_ENDINGS = frozenset({"grant.cancelled", "project.financially-closed", "project.completed", "project.withdrawn"})


class Everyday:
    """Reads a history as it is posted, and goes on where it ended."""

    def __init__(self) -> None:
        self.year = 2007
        self._states: list[str] = []
        self._unpaid: Counter[str] = Counter()
        self._clients = count(1)

    def saw(self, step: Step) -> None:
        """Remember what the history leaves to go on with: its open year, States, and projects that have a grant."""
        for event in step.events:
            data, kind = event["data"], short(event)
            if kind == "income.budgeted":
                self.year = max(self.year, data["year"])
            elif kind == "member-state.admitted":
                self._states.append(data["state"])
            elif kind in _UNPAID:
                self._unpaid[data["project"]] += _UNPAID[kind] * int(data["amount"].replace(".", ""))
            elif kind in _ENDINGS:
                del self._unpaid[data["project"]]

    @property
    def on(self) -> str:
        """The day of everything that is posted: the last of the open year."""
        return f"{self.year}-12-31"

    def bodies(self, clients: int, requests: int, events: int) -> list[list[bytes]]:
        """Prepared bodies: for each client so many requests of so many events each; single events when it is 1."""
        made = []
        for share in self._shares(clients):
            facts = self._facts(next(self._clients), share)
            chunks = [[next(facts) for _ in range(events)] for _ in range(requests)]
            made.append([json.dumps(chunk if events > 1 else chunk[0]).encode() for chunk in chunks])
        return made

    def endless(self) -> "Endless":
        """Single events without end, none of which rests on another: any of them may be turned away."""
        return Endless(self, next(self._clients))

    def independent(self, client: int) -> Iterator[Event]:
        """What `endless` posts: of projects, payments alone; gifts come in instalments of a bounded number of them."""
        for event in self._facts(client, self._shares(1)[0], spend=False):
            if short(event) == "contribution.received":
                at = int(event["id"][-7:]) % GIFTS
                event["data"] |= {"contribution": f"E.{client}.{at}", "donor": DONORS[at % len(DONORS)]}
            yield event

    def _shares(self, clients: int) -> list[list[str]]:
        """The running projects with a thousand dollars still to pay, dealt out: no two clients pay the same one."""
        projects = [project for project, cents in self._unpaid.items() if cents >= 100_000]
        return [projects[client::clients] for client in range(clients)]

    def _facts(self, client: int, projects: list[str], *, spend: bool = True) -> Iterator[Event]:
        rng = Random(client)
        payments = self._payments(projects, spend)
        kinds, weights = list(MIX), list(MIX.values())
        for number in count(1):
            kind = rng.choices(kinds, weights)[0]
            event = next(payments, None) if kind == "project" else self._simple(rng, kind, client, number)
            yield {
                "specversion": "1.0",
                "id": f"everyday-{client}-{number:07d}",
                "source": SOURCE,
                "datacontenttype": "application/json",
                **(event or self._simple(rng, "income", client, number)),
            }

    def _payments(self, projects: list[str], spend: bool) -> Iterator[Event]:
        """A cent paid and the cent spent, project after project; both are within any grant."""
        for project in cycle(projects):
            yield disbursed(project, "0.01", self.on)
            if spend:
                yield spent(project, "0.01", self.on)

    def _simple(self, rng: Random, kind: str, client: int, number: int) -> Event:
        cents = rng.randint(10_000, 2_000_000)
        if kind == "dues" and self._states:
            return paid(rng.choice(self._states), usd(cents), self.on)
        if kind == "gift":
            return contribution("received", f"E.{client}.{number}", rng.choice(DONORS), "line-2", usd(cents), self.on)
        if kind == "overhead":
            charge = {"amount": "0.01", "purpose": "staff-position", "description": "Monthly charge, illustrative"}
            reference = f"Charge {client} {number}, illustrative"
            return fact("overhead.applied", year=self.year, on=self.on, reference=reference, **charge)
        earned = rng.choices([name for name, _ in KINDS], [weight for _, weight in KINDS])[0]
        return receipt(rng, self.year, earned, cents, self.on, number)


class Endless:
    """Bodies of single events, made as they are asked for; it can be handed to another process before the first."""

    def __init__(self, everyday: Everyday, client: int) -> None:
        self._everyday = everyday
        self._client = client
        self._facts: Iterator[Event] | None = None

    def __iter__(self) -> "Endless":
        return self

    def __next__(self) -> bytes:
        if self._facts is None:
            self._facts = self._everyday.independent(self._client)
        return json.dumps(next(self._facts)).encode()
