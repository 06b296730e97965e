"""How many requests are in work at once: for whom there is no place is turned away at the door, at once and cheaply.

What is let in is then answered quickly, however many come. There are two bounds for each kind of request. The larger
one takes up what comes unevenly, and a writer that takes many at once writes more. When in a second more than a quarter
as many are turned away as let in, there is more to do than can be done: then the smaller one holds, under which what is
let in waits for little else, until in a second no more than a quarter more are turned away than let in, or hardly more
come than were let in in the best second lately.

Those turned away are told to come again after some seconds, each another number of them, up to a bound that doubles in
every second in which more than a quarter as many are turned away as let in: if they all came again at once, there would
be more to do than can be done for ever.
"""

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import orjson
import structlog
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from shared.contract.problems import MEDIA_TYPE, Unavailable

log = structlog.get_logger("http")
SECOND = 1.0
CROWDS, STAYS_CROWDED = 0.25, 1.25
"""Turned away for each one let in, in a second: by more than this it becomes crowded, and stays so."""
AS_MANY, FORGETS = 1.2, 0.98
"""It is calm again when no more than so many times the most that were let in in a second come; of that most so much is
left after a second: a half after half a minute."""
AGAIN_SECONDS_MAX = 60
PLACE = "fund.place"
"""Where a request's environment holds its place."""
CROWDED = "Too many requests are in work."


@dataclass(frozen=True, slots=True)
class Bound:
    """How many of a kind may be in work at once: while there is a place for everybody, and while there is not."""

    calm: int
    crowded: int


class Asked(NamedTuple):
    """What a request asks for: a kind, and how many of its places; one is let in alone, however many it asks for."""

    kind: str
    places: int = 1


class Room:
    """The places for one kind of request."""

    def __init__(self, kind: str, bound: Bound, clock: Callable[[], float]) -> None:
        self.kind = kind
        self.taken = 0
        self.turned_away = 0
        self._bound = bound
        self._clock = clock
        self._crowded = False
        self._counts = False
        self._ends = 0.0
        self._let_in = self._away = 0
        self._most = 0.0
        self._again_max = 1
        self._lock = Lock()

    def enter(self, places: int) -> bool:
        """Take so many places if they are free."""
        with self._lock:
            now = self._clock()
            if now >= self._ends:
                self._judge(now)
            bound = self._bound.crowded if self._crowded else self._bound.calm
            if not self.taken or self.taken + places <= bound:
                self.taken += places
                self._let_in += 1
                return True
            self.turned_away += 1
            self._away += 1
            begins = not self._counts
            if begins:
                self._counts, self._ends, self._let_in = True, now + SECOND, 0
        if begins:
            log.warning("turning requests away", kind=self.kind, at_once=bound)
        return False

    def again(self) -> int:
        """After how many seconds one who was turned away is to come again."""
        return 1 + self.turned_away % self._again_max

    def _judge(self, now: float) -> None:
        """What a second has shown; the first of several that count began with somebody turned away. After one in which
        nobody came it is calm."""
        too_many = self._away > CROWDS * self._let_in
        came, as_many = self._let_in + self._away, AS_MANY * self._most
        stays = self._away > STAYS_CROWDED * self._let_in and came > as_many
        goes_on = self._counts and now < self._ends + SECOND
        self._most = max(self._let_in, FORGETS * self._most)
        self._crowded = goes_on and (stays if self._crowded else too_many)
        again_max = 2 * self._again_max if too_many else self._again_max // 2
        self._again_max = min(max(again_max, 1), AGAIN_SECONDS_MAX) if goes_on else 1
        self._counts = goes_on and (self._away > 0 or self._again_max > 1)
        self._ends = now + SECOND
        self._let_in = self._away = 0

    def take(self, places: int) -> None:
        """Take so many places, also beyond the bound."""
        with self._lock:
            self.taken += places

    def leave(self, places: int) -> None:
        """Give so many places back."""
        with self._lock:
            self.taken -= places


class Admission(Collector):
    """The door of a service: lets requests in by their kind, and counts them for whoever watches."""

    def __init__(
        self,
        service: str,
        bounds: Mapping[str, Bound],
        asked: Callable[[WSGIEnvironment], Asked | None],
        headers: Sequence[tuple[str, str]] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`asked` says what a request asks for; None is always let in. `headers` go with every 503."""
        self._service = service
        self._rooms = {kind: Room(kind, bound, clock) for kind, bound in bounds.items()}
        self._asked = asked
        self._headers = [("Content-Type", MEDIA_TYPE), *headers]

    def taken(self, kind: str) -> int:
        """How many places of a kind are taken."""
        return self._rooms[kind].taken

    def before(self, application: WSGIApplication) -> WSGIApplication:
        """The application behind this door."""

        def admitted(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            asked = self._asked(environ)
            if asked is None:
                return application(environ, start_response)
            room = self._rooms[asked.kind]
            if not room.enter(asked.places):
                return self._turned_away(room.again(), environ, start_response)
            environ[PLACE] = room, asked.places
            try:
                return application(environ, start_response)
            finally:
                room.leave(asked.places)

        return admitted

    def _turned_away(self, again: int, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        problem = Unavailable(CROWDED, again)
        document = orjson.dumps(problem.as_dict(environ["PATH_INFO"]))
        own = [*problem.headers.items(), ("X-Request-Id", secrets.token_hex(8)), ("Content-Length", str(len(document)))]
        start_response("503 Service Unavailable", self._headers + own)
        return [document]

    def collect(self) -> Iterator[Metric]:
        """For Prometheus: who is in work, and who was turned away."""
        taken = GaugeMetricFamily(f"{self._service}_places_taken", "Requests in work, by kind.", labels=["kind"])
        away = CounterMetricFamily(
            f"{self._service}_turned_away", "Requests for which there was no place, by kind.", labels=["kind"]
        )
        for kind, room in self._rooms.items():
            taken.add_metric([kind], room.taken)
            away.add_metric([kind], room.turned_away)
        yield taken
        yield away


@contextmanager
def outside(environ: Mapping[str, Any]) -> Iterator[None]:
    """Give one place back while a request only waits for its client, and take it again afterwards; places that it has
    for the size of its body it keeps."""
    if PLACE not in environ:
        yield
        return
    room, _ = environ[PLACE]
    room.leave(1)
    try:
        yield
    finally:
        room.take(1)


def places_of(environ: Mapping[str, Any]) -> int | None:
    """How many places a request has; None where there is no door."""
    return environ[PLACE][1] if PLACE in environ else None
