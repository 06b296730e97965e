"""The door: who is let in, who is turned away and how, and when it is calm again."""

import json
from types import SimpleNamespace

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from ledger_service.api import admitting as ledger_door
from ledger_service.api.intake import BATCH
from ledger_service.journal.waiting import WAITING_REQUESTS_MAX
from reporting_service.api import admitting as reporting_door
from shared import admission
from shared.admission import AGAIN_SECONDS_MAX, SECOND, Admission, Asked, Bound, Room, outside
from shared.bodies import slots_of
from shared.serving import threads_of


class Clock:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self):
        return self.now


class House:
    """An application behind a door; requests go in and stay until they are let out."""

    def __init__(self, **bounds):
        self.clock = Clock()
        self.door = Admission("house", bounds, self._asked, [("X-House", "yes")], self.clock)
        self.inside = []
        self._behind = self.door.before(self._application)

    @staticmethod
    def _asked(environ):
        kind = environ["PATH_INFO"].strip("/")
        return None if kind == "always" else Asked(kind, environ.get("places", 1))

    def _application(self, environ, start_response):
        self.inside.append(environ)
        environ["then"](environ)
        self.inside.remove(environ)
        start_response("200 OK", [])
        return [b"done"]

    def ask(self, path, then=lambda _: None, **more):
        """The status, headers and body of an answer; `then` happens while the request is in work."""
        said = []
        body = self._behind({"PATH_INFO": path, "then": then, **more}, lambda *what: said.extend(what))
        return said[0], dict(said[1]), b"".join(body)

    def status_beside(self, others, path="/posts", **more):
        """What one more is answered while so many are in work."""
        if not others:
            return self.ask(path, **more)[0]
        got = []
        status, *_ = self.ask("/posts", lambda _: got.append(self.status_beside(others - 1, path, **more)))
        assert status == "200 OK"
        return got[0]


BUSY = "503 Service Unavailable"


def test_as_many_as_the_bound_are_let_in():
    house = House(posts=Bound(3, 1))
    assert house.status_beside(2) == "200 OK"
    assert house.status_beside(3) == BUSY


def room_after(seconds, silent=0.0):
    """A room for three, or for one when crowded, from when one was turned away: so many let in and turned away in each
    second, then nobody for a while."""
    clock = Clock()
    room = Room("posts", Bound(3, 1), clock)
    turn_away(room, 1)
    for let_in, away in seconds:
        for _ in range(let_in):
            assert room.enter(1)
            room.leave(1)
        turn_away(room, away)
        clock.now += SECOND
    clock.now += silent
    return room


def turn_away(room, times):
    room.take(3)
    assert not any(room.enter(1) for _ in range(times))
    room.leave(3)


@pytest.mark.parametrize(
    ("seconds", "places"),
    [
        pytest.param([], 3, id="one turned away makes it not crowded"),
        pytest.param([(8, 1)], 3, id="a quarter turned away, the first among them, is not too much"),
        pytest.param([(8, 2)], 1, id="more than a quarter is"),
        pytest.param([(8, 1), (8, 3)], 1, id="in a later second too"),
        pytest.param([(8, 1), (8, 2)], 3, id="each second counts by itself"),
        pytest.param([(8, 2), (4, 6)], 1, id="it stays crowded while half as many more are turned away than let in"),
        pytest.param([(8, 2), (4, 5)], 3, id="it is calm when a quarter more are"),
        pytest.param([(8, 2), (2, 7)], 3, id="it is calm when hardly more come than were let in in the best second"),
        pytest.param([(8, 2), (2, 8)], 1, id="and crowded when more do"),
        pytest.param([(8, 2), *[(2, 8)] * 4, (2, 7)], 1, id="what the best second was is forgotten in the end"),
        pytest.param([(8, 2), (1, 0)], 3, id="it is calm when nobody is turned away"),
        pytest.param([(8, 2), (1, 0), (8, 0)], 3, id="and stays so"),
    ],
)
def test_how_many_are_let_in_after(seconds, places):
    room = room_after(seconds)
    assert [room.enter(1) for _ in range(4)] == [True] * places + [False] * (4 - places)


def test_when_nobody_came_for_a_second_it_is_calm_again():
    room = room_after([(8, 2)], silent=SECOND)
    assert [room.enter(1) for _ in range(3)] == [True] * 3


def test_what_came_before_anybody_was_turned_away_does_not_count():
    clock = Clock()
    room = Room("posts", Bound(3, 1), clock)
    for _ in range(100):
        assert room.enter(1)
        room.leave(1)
    turn_away(room, 3)
    clock.now += SECOND
    assert [room.enter(1) for _ in range(3)] == [True, False, False]


def test_of_a_crowd_the_first_one_turned_away_leaves_a_line(monkeypatch):
    lines = []
    said = SimpleNamespace(warning=lambda event, **more: lines.append((event, more["at_once"])))
    monkeypatch.setattr(admission, "log", said)
    room = room_after([(8, 2), (2, 4), (2, 4)], silent=SECOND)
    turn_away(room, 2)
    assert lines == [("turning requests away", 3)] * 2


def times_told(room, away=12):
    """The seconds that so many are told, one after the other."""
    told = []
    for _ in range(away):
        turn_away(room, 1)
        told.append(room.again())
    return told


@pytest.mark.parametrize(
    ("seconds", "most"),
    [
        pytest.param([], 1, id="in the first second all come again at once"),
        pytest.param([(1, 2)], 2, id="when too many were turned away, within twice the time"),
        pytest.param([(1, 2), (1, 2)], 4, id="and twice that when it goes on"),
        pytest.param([(1, 2), (1, 2), (8, 2)], 2, id="half of it when no more than a quarter is"),
        pytest.param([(1, 2), (8, 2), (8, 2), (8, 2)], 1, id="at once when that goes on"),
        pytest.param([(1, 2)] * 5 + [(8, 0)] * 6, 1, id="also when nobody is turned away any more"),
        pytest.param([(1, 2)] * 20, AGAIN_SECONDS_MAX, id="never more than a minute"),
    ],
)
def test_those_turned_away_come_again_one_after_the_other(seconds, most):
    room = room_after(seconds)
    turn_away(room, 1)
    assert sorted(set(times_told(room, 3 * most))) == list(range(1, most + 1))


def test_after_a_second_of_peace_all_come_again_at_once():
    room = room_after([(1, 2)] * 5, silent=SECOND)
    turn_away(room, 1)
    assert times_told(room) == [1] * 12


def test_who_is_turned_away_is_told_when_to_come_again():
    house, answers = House(posts=Bound(1, 1)), []
    house.ask("/posts", lambda _: answers.append(house.ask("/posts")))
    status, headers, body = answers[0]
    assert (status, headers["Retry-After"], headers["X-House"]) == (BUSY, "1", "yes")
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["X-Request-Id"]
    assert int(headers["Content-Length"]) == len(body)
    said = json.loads(body)
    assert (said["type"], said["status"], said["instance"]) == ("urn:fund1035:problem:unavailable", 503, "/posts")


def test_kinds_do_not_take_each_others_places():
    house = House(posts=Bound(2, 2), reads=Bound(1, 1))
    assert house.status_beside(2, "/reads") == "200 OK"
    assert house.status_beside(2, "/posts") == BUSY


def test_what_asks_for_nothing_is_always_let_in():
    house = House(posts=Bound(1, 1))
    assert house.status_beside(1, "/always") == "200 OK"


def test_large_requests_take_several_places_and_one_is_let_in_alone():
    house = House(posts=Bound(4, 4))
    assert house.status_beside(2, places=2) == "200 OK"
    assert house.status_beside(2, places=3) == BUSY
    assert house.status_beside(0, places=9) == "200 OK"


def test_who_waits_for_a_client_keeps_nobody_out():
    house = House(posts=Bound(1, 1))
    got = []

    def waiting(environ):
        with outside(environ):
            got.append(house.status_beside(0))
        got.append(house.status_beside(0))

    house.ask("/posts", waiting)
    assert got == ["200 OK", BUSY]


def test_who_waits_with_a_large_body_keeps_the_places_of_its_size():
    house, got = House(posts=Bound(4, 4)), []

    def waiting(environ):
        with outside(environ):
            got.extend([house.status_beside(0, places=2), house.status_beside(0, places=3)])

    house.ask("/posts", waiting, places=3)
    assert got == ["200 OK", BUSY]


def test_a_place_is_free_again_after_a_failure():
    house = House(posts=Bound(1, 1))

    def fail(_):
        raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        house.ask("/posts", fail)
    assert house.status_beside(0) == "200 OK"


def test_places_and_turned_away_are_measured():
    house, registry = House(posts=Bound(1, 1)), CollectorRegistry()
    registry.register(house.door)
    seen = []
    house.ask("/posts", lambda _: seen.append((house.ask("/posts"), generate_latest(registry).decode())))
    said = seen[0][1]
    assert 'house_places_taken{kind="posts"} 1.0' in said
    assert 'house_turned_away_total{kind="posts"} 1.0' in said


@pytest.mark.parametrize("door", [ledger_door, reporting_door])
@pytest.mark.parametrize("threads", [32, 96, 512])
def test_there_are_more_threads_than_places_and_the_writer_takes_as_many(door, threads):
    rooms = door.admission(threads)._rooms.values()
    waiting_for_their_bodies = slots_of(threads)
    places = sum(room._bound.calm for room in rooms) + waiting_for_their_bodies
    assert places < min(threads_of(threads), WAITING_REQUESTS_MAX)


@pytest.mark.parametrize(
    ("method", "path", "more", "asked"),
    [
        ("POST", "/v1/events", {"CONTENT_TYPE": "application/cloudevents+json"}, Asked("posts")),
        ("POST", "/v1/events", {"CONTENT_TYPE": BATCH, "CONTENT_LENGTH": "90000"}, Asked("batches", 1)),
        ("POST", "/v1/events", {"CONTENT_TYPE": BATCH, "CONTENT_LENGTH": "10485760"}, Asked("batches", 11)),
        ("POST", "/v1/events", {"CONTENT_TYPE": BATCH}, Asked("batches", 17)),
        ("POST", "/v1/events", {"CONTENT_TYPE": BATCH, "CONTENT_LENGTH": "9" * 40}, Asked("batches", 17)),
        ("POST", "/v1/events", {"CONTENT_TYPE": BATCH.upper(), "CONTENT_LENGTH": "5"}, Asked("batches", 1)),
        ("POST", "/v1/events", {"CONTENT_TYPE": "text/plain", "CONTENT_LENGTH": "10485760"}, Asked("batches", 11)),
        ("GET", "/v1/events", {}, Asked("rest")),
        ("POST", "/sign-in", {}, Asked("rest")),
        ("GET", "/checkpoint", {}, Asked("polls")),
        ("GET", "/readyz", {}, None),
    ],
)
def test_the_ledger_knows_kinds_of_work(method, path, more, asked):
    assert ledger_door._asked({"REQUEST_METHOD": method, "PATH_INFO": path, **more}) == asked


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/v1/reports/2015.pdf", Asked("renderings")),
        ("/v1/reports/2015/bundle", Asked("renderings")),
        ("/v1/reports/2015", Asked("requests")),
        ("/livez", None),
        ("/static/style.css", None),
    ],
)
def test_reporting_knows_kinds_of_work(path, asked):
    assert reporting_door._asked({"REQUEST_METHOD": "GET", "PATH_INFO": path}) == asked
