"""A real ledger beside clients that nobody wants: whoever posts meanwhile is answered as ever."""

import json
import socket
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from bench.figures import percentile
from bench.nuisances import aborting, dripping, dripping_forms, half_heads, idle, large, unread
from bench.pair import Pair, wait_until
from bench.watching import resident
from shared.serving import HEAD_SECONDS
from shared.sockets import unread_for
from tests.ledger.clerks import EVENT, interest

MEBIBYTE = 1 << 20
POSTS = 100
SECONDS = 0.5
"""Far more than an ordinary post takes, and far less than any of these clients do."""
MEMORY = 300 * MEBIBYTE


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    home = tmp_path_factory.mktemp("unwanted")
    with Pair(home, output=home / "services.log", reporting=False) as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def silent(pair):
    """A connection that asks nothing, opened before everything else."""
    host, _, port = pair.ledger_bind.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=2 * HEAD_SECONDS) as one:
        yield one


def post(pair, session):
    headers = {"Content-Type": EVENT, "Authorization": f"Bearer {pair.token('finance', 'ordinary')}"}
    began = time.perf_counter()
    answer = session.post(f"{pair.ledger_url}/v1/events", json.dumps(interest()), headers=headers, timeout=60)
    assert answer.status_code == 201, answer.text
    return time.perf_counter() - began


def ordinary_p99(pair):
    """Of an ordinary client's posts, all of them accepted."""
    session = requests.Session()
    return percentile([post(pair, session) for _ in range(POSTS)], 0.99)


@pytest.mark.parametrize(
    ("nuisance", "clients"),
    [(idle, 1_000), (half_heads, 200), (dripping, 40), (aborting, 4), (large, 4)],
    ids=lambda given: getattr(given, "__name__", str(given)),
)
def test_an_ordinary_client_is_answered_beside_clients_that_nobody_wants(pair, nuisance, clients):
    with within_memory(pair), nuisance(pair, clients):
        assert ordinary_p99(pair) < SECONDS
        assert requests.get(f"{pair.ledger_url}/readyz", timeout=5).status_code == 200


@contextmanager
def within_memory(pair):
    before = sum(resident(pair.home).values())
    yield
    assert sum(resident(pair.home).values()) - before < MEMORY


def stuck(pair):
    """How many of the ledger's connections have something to send that the other end does not take."""
    port = pair.ledger_bind.rpartition(":")[2]
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sending = [row[4].split(":")[0] for row in rows if int(row[1].split(":")[1], 16) == int(port)]
    return sum(int(queue, 16) > 0 for queue in sending)


def test_an_ordinary_client_is_answered_beside_answers_that_nobody_takes(pair):
    with within_memory(pair), unread(pair, 100):
        wait_until(lambda: stuck(pair) >= 100, 15, "a hundred answers to be stuck")
        assert ordinary_p99(pair) < SECONDS
        assert requests.get(f"{pair.ledger_url}/v1/events?limit=1", timeout=5).status_code == 401


def test_strangers_whose_forms_never_end_hold_up_each_other_only(pair):
    page = requests.get(f"{pair.ledger_url}/sign-in", timeout=5)

    def told():
        return requests.post(page.url, {"token": "no"}, cookies=page.cookies, timeout=5).status_code

    assert told() == 403
    with dripping_forms(pair, 90):
        wait_until(lambda: told() == 503, 10, "all slots for forms to be taken")
        assert ordinary_p99(pair) < SECONDS
        assert requests.get(page.url, timeout=5).status_code == 200


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/post/interest"])
@pytest.mark.parametrize(("length", "cookie", "status"), [(500, "", 403), (16_000_000, "known", 413)])
def test_a_strangers_form_is_answered_before_it_comes(pair, path, length, cookie, status):
    own = f"{pair.ledger_url}/sign-in"
    wait_until(lambda: requests.post(own, timeout=5).status_code != 503, 15, "the clients of before to be gone")
    known = requests.get(own, timeout=5).headers["Set-Cookie"] if cookie else ""
    host, _, port = pair.ledger_bind.rpartition(":")
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {known}\r\n"
    form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=10) as one:
        one.sendall(f"{head}{form}a=".encode())
        answered = one.recv(100)
    away = path.startswith("/post/")
    assert answered.startswith(f"HTTP/1.1 {303 if away else status} ".encode()), "not signed in"


def test_a_connection_that_asks_nothing_is_closed(silent):
    assert silent.recv(1) == b""


def test_a_head_that_does_not_end_is_cut_off(pair):
    host, _, port = pair.ledger_bind.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as one:
        one.sendall(b"GET /livez HTTP/1.1\r\nX-Long: ")
        with pytest.raises(OSError, match=r"reset|pipe"):
            while True:
                one.sendall(b"x" * 65_536)
    assert ordinary_p99(pair) < SECONDS


def test_the_kernel_ends_a_connection_of_which_nothing_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert unread_for(1)
        with socket.create_connection(server.getsockname()), server.accept()[0] as answering:
            answering.settimeout(10)
            with pytest.raises(OSError, match=r"Connection timed out|reset|pipe"):
                while True:
                    answering.sendall(b"x" * MEBIBYTE)
