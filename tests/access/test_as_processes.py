"""Both services as processes: what they make is private, what they log holds no secret, and requests that no careful
client sends lead nowhere."""

import json
import os
import socket
from contextlib import closing

import pytest
import requests

from bench.pair import Pair
from tests.access.leaks import in_none, mode, open_to_others, secrets_under
from tests.ledger.clerks import EVENT, interest
from tests.pages.serving import TOKEN
from tests.pair.desk import Desk, gift

SIGN_IN_SECRET = "session-secret-marked-" + "s" * 32


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Both services, started under a umask that keeps nothing from anybody."""
    folder = tmp_path_factory.mktemp("processes")
    secret = folder / "session.secret"
    secret.write_text(SIGN_IN_SECRET)
    before = os.umask(0)
    settings = {"SESSION_SECRET_FILE": str(secret)}
    with Pair(folder / "fund", settings=settings, output=folder / "services.log") as started:
        yield started
    os.umask(before)


def test_what_the_services_make_is_for_their_owner_alone(pair, tmp_path):
    Desk(pair).accepted(gift("p-1", "12.00"))
    assert {path.name for path in pair.home.iterdir()} >= {"ledger.db", "ledger.db-wal", "reporting.db", "keys"}
    assert not open_to_others(pair.home)
    pair.asked("ledger", "backup", str(tmp_path / "backup.db"))
    assert mode(tmp_path / "backup.db") == 0o600


def test_what_the_services_log_holds_no_secret(pair):
    tokens = [pair.token("finance"), pair.token("auditor"), pair.token("council")]
    secrets = {*tokens, *_used(pair, tokens), SIGN_IN_SECRET, (pair.home / "reporting.token").read_text().strip()}
    secrets |= {token.split(".")[2] for token in tokens} | secrets_under(pair.home)
    said = pair.output.read_text()
    assert '"access refused"' in said
    in_none(said, secrets)


def _used(pair, tokens):
    """Every door tried with good, bad and misplaced tokens; pages signed in to. The cookies that were given."""
    for url in (pair.ledger_url, pair.reporting_url):
        for token in (*tokens, tokens[0][:-3] + "abc"):
            for headers in ({"Authorization": f"Bearer {token}"}, {"Authorization": token}, {"Cookie": f"a={token}"}):
                for path in ("/v1/events", "/v1/facility?year=2008", "/v1/nothing", "/metrics"):
                    requests.get(url + path, headers=headers, timeout=20)
        requests.get(f"{url}/sign-in/back?code={tokens[0]}&state={tokens[1]}", timeout=20)
        requests.get(f"{url}/v1/facility?token={tokens[0]}", timeout=20)
        with requests.Session() as person:
            form = TOKEN.search(person.get(f"{url}/sign-in", timeout=20).text)[1]
            person.post(f"{url}/sign-in", {"token": form, "role": "auditor", "next": "/"}, timeout=20)
            yield from person.cookies.values()
    headers = {"Authorization": f"Bearer {tokens[0]}", "Content-Type": EVENT}
    assert requests.post(f"{pair.ledger_url}/v1/events", json.dumps(interest()), headers=headers, timeout=20).ok
    requests.post(f"{pair.ledger_url}/v1/events", tokens[0], headers=headers, timeout=20)


def sent(bind, *parts):
    """All that is answered to these bytes until the connection closes or rests for two seconds."""
    host, _, port = bind.rpartition(":")
    answered = b""
    with closing(socket.create_connection((host, int(port)), 10)) as connection:
        connection.sendall(b"".join(part.encode() if isinstance(part, str) else part for part in parts))
        connection.settimeout(2)
        try:
            while more := connection.recv(65_536):
                answered += more
        except (TimeoutError, ConnectionResetError):
            pass
    return answered


def head(pair):
    """The ledger's last position."""
    return Desk(pair).ledger("/v1/events", limit=1).json()["position"]


def statuses(answered):
    """The statuses of the answers in what came back."""
    return [line.split(b" ")[1] for line in answered.split(b"\r\n") if line.startswith(b"HTTP/1.")]


def post(pair, *headers):
    """The head of a POST with a finance token."""
    token = pair.token("finance")
    given = ["POST /v1/events HTTP/1.1", "Host: x", f"Authorization: Bearer {token}", f"Content-Type: {EVENT}"]
    return "\r\n".join([*given, *headers, "", ""])


def smuggled(pair):
    """A whole second request, as an attacker would have it taken for somebody else's."""
    body = json.dumps(interest(year=2010))
    return post(pair, f"Content-Length: {len(body)}") + body


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: 4", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 4"),
        ("Content-Length: 4", "Content-Length: 400"),
        ("Content-Length: 4, 400",),
        ("Content-Length: +4",),
        ("Content-Length: -1",),
        ("Content-Length: 0x4",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding : chunked",),
        ("Content-Length : 4",),
        (" Content-Length: 4",),
    ],
    ids=repr,
)
def test_a_request_of_two_lengths_smuggles_no_other(pair, headers):
    before = head(pair)
    answered = sent(pair.ledger_bind, post(pair, *headers), "0\r\n\r\n", smuggled(pair))
    assert not {b"200", b"201"} & set(statuses(answered)), answered[:2_000]
    assert head(pair) == before


@pytest.mark.parametrize("bind", ["ledger_bind", "reporting_bind"])
def test_a_header_of_64_kilobytes_is_refused_and_nobody_waits(pair, bind):
    at = getattr(pair, bind)
    for line in (f"Authorization: Bearer {'x' * 65_536}", f"Cookie: a={'x' * 65_536}", f"X-{'y' * 65_536}: z"):
        answered = sent(at, f"GET /v1/facility?year=2008 HTTP/1.1\r\nHost: x\r\n{line}\r\nConnection: close\r\n\r\n")
        assert statuses(answered) in ([b"401"], [b"400"], [b"431"], []), answered[:300]
    assert requests.get(f"http://{at}/livez", timeout=5).status_code == 200


@pytest.mark.parametrize("bind", ["ledger_bind", "reporting_bind"])
def test_a_thousand_headers_or_a_mad_first_line_are_refused(pair, bind):
    at = getattr(pair, bind)
    many = "".join(f"X-{number}: {number}\r\n" for number in range(1_000))
    firsts = [
        "GET / HTTP/9.9\r\n",
        "GET\r\n",
        "\r\n\r\n\x00",
        "G\x00T / HTTP/1.1\r\n",
        f"GET /{'a' * 70_000} HTTP/1.1\r\n",
    ]
    for request in (
        f"GET /v1/facility HTTP/1.1\r\nHost: x\r\n{many}\r\n",
        *(f"{one}Host: x\r\n\r\n" for one in firsts),
    ):
        answered = sent(at, request)
        assert not {b"200", b"500"} & set(statuses(answered)), answered[:300]
    assert requests.get(f"http://{at}/livez", timeout=5).status_code == 200


def test_a_compressed_body_costs_its_own_size(pair):
    token = pair.token("finance")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": EVENT, "Content-Encoding": "gzip"}
    answer = requests.post(f"{pair.ledger_url}/v1/events", b"\x1f\x8b" + b"\0" * 1_000_000, headers=headers, timeout=20)
    assert answer.status_code == 415
